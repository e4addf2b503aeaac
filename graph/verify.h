// The legality check of a graph.
#pragma once

#include "graph/graph.h"

namespace accrue {

/// Throws InternalError, with the graph's text, where a node is not what infer() would have made of it, or
/// reads a later one.
void verify(const Arena& graph);

}  // namespace accrue
