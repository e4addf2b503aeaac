// A graph as JSON (examples/README.md says what each key means).
#include "graph/text/attributes.h"
#include "graph/text/json_text.h"
#include "graph/text/numbers.h"
#include "graph/text/outputs.h"
#include "graph/text/print.h"

namespace accrue {
namespace {

std::string where_json(const SourceLoc& where) {
  if (where.file == nullptr) return "null";
  return "{\"file\": " + json_string(where.file) + ", \"line\": " + std::to_string(where.line) +
         ", \"column\": " + std::to_string(where.column) + "}";
}

// Spelt as the script language does; a constant's is its value, an input's there is none.
std::string attributes_json(const Arena& graph, const Node& node) {
  if (node.kind == Kind::constant && node.data == nullptr) {
    std::string value;
    append_number(value, node.dtype, node.bits);
    return "{\"value\": " + json_string(value) + "}";
  }
  if (node.kind == Kind::constant || node.kind == Kind::input) return "{}";
  std::string text = "{";
  for (const Attribute& a : attributes(graph, node))
    text += (text.size() > 1 ? ", " : "") + json_string(a.name) + ": " + json_string(a.text);
  return text + "}";
}

std::string node_json(const Arena& graph, NodeId id, const std::string& name) {
  const Node& node = graph[id];
  const std::size_t bytes = static_cast<std::size_t>(elements(node.shape)) * byte_width(node.dtype);
  return "{\"id\": " + std::to_string(id) + ", \"name\": " + json_string(name) +
         ", \"op\": " + json_string(op_name(node)) +
         ", \"inputs\": " + json_list(node.inputs, [](NodeId input) { return std::to_string(input); }) +
         ", \"attributes\": " + attributes_json(graph, node) +
         ", \"dtype\": " + json_string(to_string(node.dtype)) + ", \"shape\": " + to_string(node.shape) +
         ", \"bytes\": " + std::to_string(bytes) + ", \"where\": " + where_json(node.where) + "}";
}

std::string output_json(const Arena::Output& output) {
  return "{\"name\": " + json_string(output.name) + ", \"node\": " + std::to_string(output.node) + "}";
}

}  // namespace

std::string json(const Graph& graph, const std::vector<NamedExpr>& outputs) {
  const Arena& arena = *graph.arena();
  const std::vector<Arena::Output> named = checked_outputs(graph, outputs);
  const std::vector<std::string> names = node_names(arena, named);
  std::vector<NodeId> ids;
  for (NodeId id = 0; id < arena.size(); ++id) ids.push_back(id);
  return "{\n  \"graph\": {\"name\": " + json_string(arena.name) +
         ", \"nodes\": " + json_lines(ids, [&](NodeId id) { return node_json(arena, id, names[id]); }) +
         ",\n    \"outputs\": " + json_list(named, output_json) + "}\n}\n";
}

}  // namespace accrue
