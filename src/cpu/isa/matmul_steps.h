// Products of packed panels: Eigen for floats, a plain loop modulo 2^k for integers.
#pragma once

#include "src/cpu/isa/types.h"

namespace accrue::ACCRUE_ISA_NS {

extern const MatmulSteps matmul_steps[dtypes];

}  // namespace accrue::ACCRUE_ISA_NS
