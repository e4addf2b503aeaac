#include "graph/rewrite.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace accrue {

std::span<const Rewrite> rewrites() {
  // Constants first, so that later patterns see numbers; then views, so that maps, casts and scans meet.
  static constexpr std::array list{
      Rewrite{"fold_constants", fold_constants, concerns_fold_constants},
      Rewrite{"fold_views", fold_views, concerns_fold_views},
      Rewrite{"simplify", simplify, concerns_simplify},
      Rewrite{"fold_casts", fold_casts, concerns_fold_casts},
      Rewrite{"scan_algebra", scan_algebra, concerns_scan_algebra},
      Rewrite{"drop_dead", drop_dead, [](const Arena&, const Node&) { return false; }},
  };
  return list;
}

std::size_t first_to_apply(const Arena& graph, std::span<const Rewrite> rewrites) {
  std::vector<bool> needed(graph.size(), false);
  for (const Arena::Output& output : graph.outputs) needed[output.node] = true;
  for (const Arena::OutBinding& binding : graph.outs) needed[binding.node] = true;
  std::size_t first = rewrites.size();
  for (std::size_t id = graph.size(); id-- > 0 && first > 0;) {
    const Node& node = graph[static_cast<NodeId>(id)];
    if (!needed[id] && node.kind != Kind::input) return 0;  // any rewrite drops dead nodes
    for (NodeId input : node.inputs) needed[input] = true;
    for (std::size_t r = 0; r < first; ++r)
      if (rewrites[r].concerns(graph, node)) first = r;
  }
  return first;
}

std::vector<std::uint32_t> count_readers(const Arena& graph) {
  std::vector<std::uint32_t> readers(graph.size(), 0);
  for (const Arena::Output& output : graph.outputs) ++readers[output.node];
  for (const Arena::OutBinding& binding : graph.outs) ++readers[binding.node];
  for (std::size_t id = graph.size(); id-- > 0;) {
    if (readers[id] == 0) continue;
    for (NodeId input : graph[static_cast<NodeId>(id)].inputs) ++readers[input];
  }
  return readers;
}

bool same_graph(const Arena& a, const Arena& b) {
  if (a.size() != b.size()) return false;
  for (NodeId id = 0; id < a.size(); ++id)
    if (!same_operation(a[id], b[id])) return false;
  const auto same_output = [](const auto& x, const auto& y) { return x.node == y.node; };
  return std::equal(a.outputs.begin(), a.outputs.end(), b.outputs.begin(), b.outputs.end(), same_output) &&
         std::equal(a.outs.begin(), a.outs.end(), b.outs.begin(), b.outs.end(), same_output);
}

CopiedNodes copy_nodes(const Arena& graph, const std::vector<bool>& wanted) {
  CopiedNodes copy{Arena(graph.name), std::vector<NodeId>(graph.size(), no_node)};
  if (std::find(wanted.begin(), wanted.end(), false) == wanted.end()) {
    copy.graph = graph.share();
    std::iota(copy.place.begin(), copy.place.end(), NodeId{0});
    return copy;
  }
  for (NodeId id = 0; id < graph.size(); ++id) {
    if (!wanted[id]) continue;
    Node node = graph[id];
    for (NodeId& input : node.inputs) input = copy.place[input];
    copy.place[id] =
        node.kind == Kind::input ? copy.graph.add(std::move(node)) : copy.graph.append(std::move(node));
  }
  return copy;
}

Arena rebuild(const Arena& graph, const Replace& replace) {
  const std::vector<std::uint32_t> readers = count_readers(graph);
  Arena to(graph.name);
  std::vector<NodeId> place(graph.size(), no_node);
  for (NodeId id = 0; id < graph.size(); ++id) {
    Node node = graph[id];
    if (node.kind == Kind::input) {
      place[id] = to.add(std::move(node));
    } else if (readers[id] > 0) {
      for (NodeId& input : node.inputs) input = place[input];
      const std::optional<NodeId> replaced = replace(to, node, id);
      place[id] = replaced ? *replaced : to.add_inferred(std::move(node));
    }
  }
  for (const Arena::Output& output : graph.outputs) to.outputs.push_back({output.name, place[output.node]});
  for (const Arena::OutBinding& binding : graph.outs) to.outs.push_back({place[binding.node], binding.out});
  return to;
}

}  // namespace accrue
