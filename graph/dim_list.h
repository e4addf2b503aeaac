// A user's list of dims, resolved.
#pragma once

#include "accrue/ops.hpp"
#include "graph/call.h"

namespace accrue {

/// The dims as indices into x's shape, ascending; of a 0-d value none.
///   throws  Error: a dim out of range or named twice
Dims resolve_dims(const Call& call, const DimList& list, const Node& x);

}  // namespace accrue
