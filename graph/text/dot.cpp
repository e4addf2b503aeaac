// A graph for Graphviz.
#include "accrue/text.hpp"
#include "graph/graph.h"
#include "graph/text/attributes.h"
#include "graph/text/json_text.h"

namespace accrue {
namespace {

std::string node_label(const Arena& graph, const Node& n) {
  std::string label = n.kind == Kind::input ? std::string(n.name) : std::string(op_name(n));
  for (const Attribute& a : attributes(graph, n)) label += "\n" + std::string(a.name) + " " + a.text;
  return json_string(label);
}

}  // namespace

std::string dot(const Graph& graph, const std::vector<NamedExpr>& outputs, std::size_t max_nodes) {
  const Arena& arena = *graph.arena();
  const std::size_t size = arena.size(), head = max_nodes / 2;
  const std::size_t folded = size > max_nodes ? size - max_nodes : 0;
  const auto is_folded = [&](NodeId id) { return folded > 0 && id >= head && id < head + folded; };
  const auto box = [&](NodeId id) {
    return is_folded(id) ? std::string("folded") : "n" + std::to_string(id);
  };
  const auto edge = [&](NodeId from, const std::string& to) {
    return "  " + box(from) + " -> " + to + " [label=" + json_string(type_text(arena[from])) + "];\n";
  };
  std::string text = "digraph " + json_string(arena.name) + " {\n";
  if (folded > 0) text += "  folded [shape=box3d, label=\"" + std::to_string(folded) + " operations\"];\n";
  for (NodeId id = 0; id < size; ++id) {
    if (is_folded(id)) continue;
    const char* shape = arena[id].kind == Kind::input ? "ellipse" : "box";
    text += "  " + box(id) + " [shape=" + shape + ", label=" + node_label(arena, arena[id]) + "];\n";
    for (NodeId input : arena[id].inputs) text += edge(input, box(id));
  }
  for (const NamedExpr& output : outputs) {
    const std::string name = "out_" + output.name;
    text += "  " + name + " [shape=ellipse, label=" + json_string(output.name) + "];\n";
    text += edge(output.expr.id(), name);
  }
  return text + "}\n";
}

}  // namespace accrue
