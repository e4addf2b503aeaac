// The reference evaluator: what every node means, in plain loops made for reading. It shares no kernel with
// the backends.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "graph/graph.h"

namespace accrue {

/// Values of the arena's outputs, in their order.
///   inputs  by input name, of the declared dtypes and shapes
///   throws  Error: an input is missing, or of another dtype or shape
std::vector<Array> evaluate(const Arena& arena, const std::map<std::string, Array>& inputs);

/// The value of one node whose inputs' values are given (fold_constants uses it too).
Array evaluate_node(const Node& node, const std::vector<const Array*>& inputs);

}  // namespace accrue
