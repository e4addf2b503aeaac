// What each kind of node means: one function per kind, in plain loops. evaluate_node calls them.
#pragma once

#include <vector>

#include "graph/node.h"

namespace accrue::plain {

using Inputs = std::vector<const Array*>;

Array constant(const Node& node);
Array iota(const Node& node);
Array map(const Node& node, const Inputs& inputs);
Array cast(const Array& x, DType dtype);
Array scan(const Node& node, const Array& x);
Array reduce(const Node& node, const Array& x);
Array view(const Node& node, const Array& x);
Array concat(const Node& node, const Inputs& inputs);
Array matmul(const Node& node, const Array& a, const Array& b);

/// x with dims of length 1 repeated and leading dims added.
Array broadcast(const Array& x, const Shape& shape);
/// Dim i of the result is dim order[i] of x.
Array permute(const Array& x, const Dims& order);

}  // namespace accrue::plain
