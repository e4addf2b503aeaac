// Views one after another, as few as can be.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "graph/access.h"
#include "graph/graph.h"

namespace accrue {

/// Views applied one after another, the first one to the value itself: nodes without inputs, each with its
/// shape.
using ViewChain = std::vector<Node>;

/// A chain that one Access expresses, over a value of a known shape.
struct FoldedViews {
  ViewChain chain;  // at most a reshape, a slice, a permute and a broadcast in this order, and between them a
                    // reshape that adds or drops dims of length 1
  Access access;
  Shape shape;  // of the result
};

/// Views that do what `chain` does to a value of `shape`: at most one of each kind, a broadcast last; or
/// nothing where no Access expresses them (a reshape that cuts a sliced or permuted dim), or where there are
/// no elements.
std::optional<FoldedViews> fold_chain(const Shape& shape, const ViewChain& chain);

/// The broadcast or reshape of a value to a shape, as a view without input.
Node broadcast_view(const Shape& shape);
Node reshape_view(const Shape& shape);

inline bool is_broadcast(const Node& node) { return node.kind == Kind::view && node.view == View::broadcast; }

}  // namespace accrue
