// Inputs that nobody gave.
#pragma once

#include <cstdint>

#include "accrue/tensor.hpp"

namespace accrue::cli {

/// Values that a seed determines, the same on every machine: bools, integers from -100 to 100 (from 0 where
/// the dtype has no sign), floats from -8 to 8.
Tensor random_tensor(DType dtype, const Shape& shape, std::uint64_t seed);

}  // namespace accrue::cli
