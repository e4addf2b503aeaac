// Constants as the script language writes them.
#pragma once

#include <string>

#include "accrue/text.hpp"
#include "graph/graph.h"

namespace accrue {

/// Appends the call that makes a constant: constant(1.0, dtype=float16), full((2, 3), 1.5, dtype=float32),
/// constant([[1, 2]], dtype=int64), or for a large one constant("SIDECAR:c0", dtype=int64, shape=(2000,)),
/// which then joins options.sidecar_constants.
void append_constant(std::string& out, const Node& node, const PrintOptions& options);

}  // namespace accrue
