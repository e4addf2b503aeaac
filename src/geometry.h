// What shapes a tensor may have.
#pragma once

#include <string>

#include "accrue/dtype.hpp"
#include "accrue/shape.hpp"
#include "graph/graph.h"

namespace accrue {

/// What keeps a tensor of this dtype from having the shape, or "": more than max_rank dims, a negative dim,
/// or more than 2^63-1 bytes. A dim of 0 counts as 1 in that product, so that the strides fit as well.
std::string shape_fault(DType dtype, const Shape& shape);

}  // namespace accrue
