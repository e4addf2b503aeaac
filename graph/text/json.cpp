// A graph as JSON (examples/README.md says what each key means).
#include "accrue/text.hpp"
#include "graph/graph.h"
#include "graph/text/attributes.h"
#include "graph/text/json_text.h"
#include "graph/text/print.h"

namespace accrue {
namespace {

std::string node_json(const Arena& graph, NodeId id) {
  const Node& n = graph[id];
  const auto attribute = [](const Attribute& a) { return json_string(a.name) + ": " + json_string(a.text); };
  std::string named = json_list(attributes(graph, n), attribute);
  named.front() = '{';
  named.back() = '}';
  return "{\"id\": " + std::to_string(id) + ", \"op\": " + json_string(op_name(n)) +
         (n.kind == Kind::input ? ", \"name\": " + json_string(n.name) : "") +
         ", \"inputs\": " + json_list(n.inputs, [](NodeId i) { return std::to_string(i); }) +
         ", \"attributes\": " + named + ", \"dtype\": " + json_string(to_string(n.dtype)) +
         ", \"shape\": " + to_string(n.shape) +
         ", \"bytes\": " + std::to_string(static_cast<std::size_t>(elements(n.shape)) * byte_width(n.dtype)) +
         ", \"where\": " + json_string(place_text(n.where)) + "}";
}

}  // namespace

std::string json(const Graph& graph, const std::vector<NamedExpr>& outputs) {
  const Arena& arena = *graph.arena();
  std::vector<NodeId> ids(arena.size());
  for (NodeId id = 0; id < arena.size(); ++id) ids[id] = id;
  const auto output = [](const NamedExpr& o) {
    return "{\"name\": " + json_string(o.name) + ", \"node\": " + std::to_string(o.expr.id()) + "}";
  };
  return "{\n  \"graph\": {\"name\": " + json_string(arena.name) +
         ", \"outputs\": " + json_list(outputs, output) +
         ",\n   \"nodes\": " + json_lines(ids, [&](NodeId id) { return node_json(arena, id); }) + "}\n}\n";
}

}  // namespace accrue
