// All of accrue but the interop headers (eigen.hpp).
#pragma once

#include "accrue/compile.hpp"
#include "accrue/dtype.hpp"
#include "accrue/error.hpp"
#include "accrue/graph.hpp"
#include "accrue/npy.hpp"
#include "accrue/ops.hpp"
#include "accrue/shape.hpp"
#include "accrue/tensor.hpp"
#include "accrue/text.hpp"

namespace accrue {

/// "0.1.0"
ACCRUE_API const char* version();

}  // namespace accrue
