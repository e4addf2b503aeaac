// Rewrites: pure functions from a graph to a graph with the same outputs, bit for bit.
#pragma once

#include <functional>
#include <span>

#include "graph/graph.h"

namespace accrue {

struct Rewrite {
  const char* name;
  Arena (*apply)(const Arena& graph);
};

/// Every rewrite, in the order in which they run. Their names are what CompileOptions::disable takes.
std::span<const Rewrite> rewrites();

Arena fold_constants(const Arena& graph);
Arena fold_casts(const Arena& graph);
Arena fold_views(const Arena& graph);
Arena scan_algebra(const Arena& graph);
Arena simplify(const Arena& graph);
Arena drop_dead(const Arena& graph);

/// The frame of most rewrites: a new graph with the inputs, outputs and out bindings of `graph`, built node
/// by node. `replace` is given each node with its inputs already renumbered for the new graph, and returns
/// what stands for it there: to.add(node) keeps it.
Arena rebuild(const Arena& graph, const std::function<NodeId(Arena& to, Node node)>& replace);

}  // namespace accrue
