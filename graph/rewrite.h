// Rewrites: pure functions from a graph to a graph with the same outputs, bit for bit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace accrue {

struct Rewrite {
  std::string_view name;
  Arena (*apply)(const Arena& graph);
  /// Whether a node may give the rewrite something to do. Where no node does, and none is dead, apply()
  /// changes nothing.
  bool (*concerns)(const Arena& graph, const Node& node);
};

/// Every rewrite, in the order in which they run. Their names are what CompileOptions::disable takes.
std::span<const Rewrite> rewrites();

/// The index of the first of the rewrites that may change the graph, or how many they are where none may.
///   cost  one walk over the graph
std::size_t first_to_apply(const Arena& graph, std::span<const Rewrite> rewrites);

Arena fold_constants(const Arena& graph);
Arena fold_casts(const Arena& graph);
Arena fold_views(const Arena& graph);
Arena scan_algebra(const Arena& graph);
Arena simplify(const Arena& graph);
Arena drop_dead(const Arena& graph);

bool concerns_fold_constants(const Arena& graph, const Node& node);
bool concerns_fold_casts(const Arena& graph, const Node& node);
bool concerns_fold_views(const Arena& graph, const Node& node);
bool concerns_scan_algebra(const Arena& graph, const Node& node);
bool concerns_simplify(const Arena& graph, const Node& node);

/// How many readers each node has, among the nodes that the outputs and out bindings need; an output and an
/// out binding are a reader each. 0 for a node that nothing needs.
std::vector<std::uint32_t> count_readers(const Arena& graph);

/// Whether two graphs are the same operations in the same order with the same outputs and out bindings,
/// places apart.
bool same_graph(const Arena& a, const Arena& b);

/// Given a node with its inputs already renumbered for the new graph, and its id in the old one: what stands
/// for it in the new graph, a value of the same dtype and shape; nothing where the node itself does, whose
/// inputs are then of the dtypes and shapes that they had.
using Replace = std::function<std::optional<NodeId>(Arena& to, const Node& node, NodeId old)>;

/// The frame of most rewrites: a new graph with the inputs, outputs and out bindings of `graph`, built node
/// by node of those that they need. Inputs are kept as they are.
Arena rebuild(const Arena& graph, const Replace& replace);

struct CopiedNodes {
  Arena graph;                // without outputs and out bindings
  std::vector<NodeId> place;  // by old id: what stands for it, or no_node
};

/// The nodes that are `wanted`, which has to hold of the inputs of each, in a new graph; where that is all of
/// them, the graph shares them.
CopiedNodes copy_nodes(const Arena& graph, const std::vector<bool>& wanted);

}  // namespace accrue
