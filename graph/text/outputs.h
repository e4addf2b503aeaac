// The outputs that a caller names, checked.
#pragma once

#include <vector>

#include "accrue/compile.hpp"
#include "graph/graph.h"

namespace accrue {

/// The outputs as the arena's own.
///   throws  Error: a value of another graph, a doubled name, one that a script could not have
std::vector<Arena::Output> checked_outputs(const Graph& graph, const std::vector<NamedExpr>& outputs);

}  // namespace accrue
