#include "accrue/dtype.hpp"

#include "graph/scalar_ops.h"

namespace accrue {

Float16::Float16(double value) : bits(scalar::double_to_float16(value)) {}
Float16::operator float() const { return scalar::float16_to_float(bits); }
BFloat16::BFloat16(double value) : bits(scalar::double_to_bfloat16(value)) {}
BFloat16::operator float() const { return scalar::bfloat16_to_float(bits); }

}  // namespace accrue
