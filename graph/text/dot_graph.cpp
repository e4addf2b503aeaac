// A graph for Graphviz.
#include "graph/text/attributes.h"
#include "graph/text/json_text.h"
#include "graph/text/numbers.h"
#include "graph/text/outputs.h"
#include "graph/text/print.h"

namespace accrue {
namespace {

std::string attributes_text(const Arena& graph, const Node& node) {
  if (node.kind == Kind::input) return {};
  std::string text;
  if (node.kind == Kind::constant) {
    if (node.data == nullptr) append_number(text, node.dtype, node.bits);
    return text;
  }
  for (const Attribute& a : attributes(graph, node)) {
    if (!text.empty()) text += ", ";
    if (a.keyword) text += std::string(a.name) + "=";
    text += a.text;
  }
  return text;
}

class Drawing {
 public:
  Drawing(const Arena& graph, const std::vector<Arena::Output>& outputs, std::size_t max_nodes)
      : graph_(graph), outputs_(outputs), names_(node_names(graph, outputs)) {
    const std::size_t folded = graph.size() > max_nodes ? graph.size() - max_nodes : 0;
    first_folded_ = max_nodes / 2;
    end_folded_ = first_folded_ + folded;
  }

  std::string text() {
    // Graphviz takes the same escapes in quotes as JSON.
    text_ = "digraph " + json_string(graph_.name) + " {\n";
    for (NodeId id = 0; id < graph_.size(); ++id)
      if (!is_folded(id)) add_node(id);
    if (end_folded_ > first_folded_)
      text_ += "  folded [shape=box3d, label=\"" + std::to_string(end_folded_ - first_folded_) +
               " operations\"];\n";
    for (NodeId id = 0; id < graph_.size(); ++id)
      if (!is_folded(id)) add_edges(id);
    for (std::size_t i = 0; i < outputs_.size(); ++i) add_output(i);
    return text_ + "}\n";
  }

 private:
  bool is_folded(NodeId id) const { return id >= first_folded_ && id < end_folded_; }
  std::string place(NodeId id) const { return is_folded(id) ? "folded" : "n" + std::to_string(id); }

  void add_node(NodeId id) {
    const Node& node = graph_[id];
    std::string label = node.kind == Kind::input ? names_[id] : std::string(op_name(node));
    if (const std::string more = attributes_text(graph_, node); !more.empty()) label += "\n" + more;
    const char* const shape = node.kind == Kind::input || node.kind == Kind::constant ? "ellipse" : "box";
    text_ += "  " + place(id) + " [shape=" + shape + ", label=" + json_string(label) + "];\n";
  }

  void add_edge(NodeId from, const std::string& to) {
    text_ += "  " + place(from) + " -> " + to + " [label=" + json_string(type_text(graph_[from])) + "];\n";
  }

  // What reads the folded part is drawn, what the folded part reads is not.
  void add_edges(NodeId id) {
    for (NodeId input : graph_[id].inputs) add_edge(input, place(id));
  }

  void add_output(std::size_t i) {
    const std::string to = "out" + std::to_string(i);
    text_ += "  " + to + " [shape=ellipse, label=" + json_string(outputs_[i].name) + "];\n";
    add_edge(outputs_[i].node, to);
  }

  const Arena& graph_;
  const std::vector<Arena::Output>& outputs_;
  const std::vector<std::string> names_;
  std::size_t first_folded_, end_folded_;
  std::string text_;
};

}  // namespace

std::string dot(const Graph& graph, const std::vector<NamedExpr>& outputs, std::size_t max_nodes) {
  const std::vector<Arena::Output> named = checked_outputs(graph, outputs);
  return Drawing(*graph.arena(), named, max_nodes).text();
}

}  // namespace accrue
