#include "graph/rewrite.h"

#include <array>

namespace accrue {

std::span<const Rewrite> rewrites() {
  // Constants first, so that later patterns see numbers; then views, so that maps, casts and scans meet.
  static constexpr std::array list{
      Rewrite{"fold_constants", fold_constants},
      Rewrite{"fold_views", fold_views},
      Rewrite{"simplify", simplify},
      Rewrite{"fold_casts", fold_casts},
      Rewrite{"scan_algebra", scan_algebra},
      Rewrite{"drop_dead", drop_dead},
  };
  return list;
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

NodeId keep(Arena& to, Node node, NodeId) { return to.add(std::move(node)); }

CopiedNodes copy_nodes(const Arena& graph, const std::vector<bool>& wanted, const Replace& replace) {
  CopiedNodes copy{Arena(graph.name), std::vector<NodeId>(graph.size(), no_node)};
  for (NodeId id = 0; id < graph.size(); ++id) {
    if (!wanted[id]) continue;
    Node node = graph[id];
    for (NodeId& input : node.inputs) input = copy.place[input];
    const bool is_input = node.kind == Kind::input;
    copy.place[id] = is_input ? copy.graph.add(std::move(node)) : replace(copy.graph, std::move(node), id);
  }
  return copy;
}

Arena rebuild(const Arena& graph, const Replace& replace) {
  const std::vector<std::uint32_t> readers = count_readers(graph);
  std::vector<bool> wanted(graph.size());
  for (NodeId id = 0; id < graph.size(); ++id) wanted[id] = readers[id] > 0 || graph[id].kind == Kind::input;
  auto [to, place] = copy_nodes(graph, wanted, replace);
  for (const Arena::Output& output : graph.outputs) to.outputs.push_back({output.name, place[output.node]});
  for (const Arena::OutBinding& binding : graph.outs) to.outs.push_back({place[binding.node], binding.out});
  return std::move(to);
}

}  // namespace accrue
