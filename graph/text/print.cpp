#include "graph/text/print.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "graph/promote.h"
#include "graph/text/attributes.h"
#include "graph/text/builtins.h"
#include "graph/text/constant_text.h"
#include "graph/text/numbers.h"
#include "graph/text/outputs.h"
#include "graph/words.h"

namespace accrue {
namespace {

using Outputs = std::span<const Arena::Output>;

constexpr std::size_t widest_aligned = 100;  // a longer line does not push the comments of the others

std::unordered_set<std::string_view> input_names(const Arena& graph) {
  std::unordered_set<std::string_view> names;
  for (NodeId id : graph.inputs()) names.insert(graph[id].name);
  return names;
}

class Printer {
 public:
  Printer(const Arena& graph, Outputs outputs, const PrintOptions& options)
      : graph_(graph), outputs_(outputs), options_(options), names_(node_names(graph, outputs)) {
    for (const Arena::OutBinding& binding : graph.outs) bound_[binding.node] = &binding.out;
  }

  std::string print() {
    for (NodeId id = 0; id < graph_.size(); ++id) add_operation(id);
    add_output_names();
    return header() + with_comments() + returned();
  }

 private:
  struct Line {
    std::size_t end;  // in body_
    NodeId node;      // whose place the comment shows
  };

  void add_operation(NodeId id) {
    const Node& node = graph_[id];
    if (node.kind == Kind::input || names_[id].empty()) return;
    begin_line(names_[id], node);
    append_operation(node);
    end_line(id);
  }

  void begin_line(const std::string& name, const Node& node) {
    body_ += "    " + name + ": " + type_text(node) + " = ";
  }
  void end_line(NodeId node) { lines_.push_back({body_.size(), node}); }

  void append_operation(const Node& node) {
    if (node.kind == Kind::constant) return append_constant(body_, node, options_);
    if (node.kind == Kind::view && node.view == View::slice) {
      append_operand(node, 0);
      body_ += '[' + attributes(graph_, node)[0].text + ']';
      return;
    }
    body_ += op_name(node);
    body_ += '(';
    append_operands(node);
    append_attributes(node);
    body_ += ')';
  }

  void append_operands(const Node& node) {
    if (node.kind == Kind::concat) body_ += '(';
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (i > 0) body_ += ", ";
      append_operand(node, i);
    }
    if (node.kind == Kind::concat) body_ += node.inputs.size() == 1 ? ",)" : ")";
  }

  void append_attributes(const Node& node) {
    bool first = node.inputs.empty();
    for (const Attribute& a : attributes(graph_, node)) {
      if (!first) body_ += ", ";
      first = false;
      if (a.keyword) body_.append(a.name) += '=';
      body_ += a.text;
    }
  }

  void append_operand(const Node& node, std::size_t i) {
    const NodeId id = node.inputs[i];
    const Node& operand = graph_[id];
    if (!operand.is_literal())
      body_ += names_[id];
    else if (dtype_follows(node, i))
      append_number(body_, operand.dtype, operand.bits);
    else
      append_constant(body_, operand, options_);
  }

  // Whether operand i, a literal, gets its dtype back when it is read as a plain number.
  bool dtype_follows(const Node& node, std::size_t i) const {
    if (node.kind != Kind::map) return false;
    const auto unpromoted = static_cast<std::size_t>(info(node.fn).spec.unpromoted);
    if (i < unpromoted) return true;
    if (i == 1 && node.fn == fn("pow") && is_negative_integer(graph_[node.inputs[i]])) return false;
    for (std::size_t k = unpromoted; k < node.inputs.size(); ++k)
      if (!graph_[node.inputs[k]].is_literal()) return true;
    const bool is_default =
        default_dtype(category_of(graph_[node.inputs[i]].dtype)) == graph_[node.inputs[i]].dtype;
    if (unpromoted > 0 && !graph_[node.inputs[0]].is_literal() && is_default) return true;
    return i > unpromoted;  // the first literal states the dtype of the rest
  }

  static Literal::Category category_of(DType dtype) {
    if (dtype == boolean) return Literal::Category::boolean;
    return is_floating(dtype) ? Literal::Category::real : Literal::Category::integer;
  }

  // As an exponent it is refused when it is a plain number.
  static bool is_negative_integer(const Node& literal) {
    const int shift = 64 - 8 * static_cast<int>(byte_width(literal.dtype));
    return is_signed_integer(literal.dtype) && static_cast<std::int64_t>(literal.bits << shift) < 0;
  }

  // Outputs that are inputs, literals, or have a second name. Those that take over the name of an input come
  // last, and what they stand for is put aside first where it may be such an input itself.
  void add_output_names() {
    const auto inputs = input_names(graph_);
    std::vector<const Arena::Output*> taking_over;
    for (const Arena::Output& output : outputs_) {
      if (names_[output.node] == output.name) continue;
      if (inputs.contains(output.name))
        taking_over.push_back(&output);
      else
        add_name(output.name, output.node);
    }
    std::unordered_map<NodeId, std::string> aside;
    for (const Arena::Output* output : taking_over) {
      if (graph_[output->node].kind != Kind::input || aside.contains(output->node)) continue;
      aside[output->node] = free_name();
      add_name(aside[output->node], output->node);
    }
    for (const Arena::Output* output : taking_over) {
      if (aside.contains(output->node)) names_[output->node] = aside[output->node];
      add_name(output->name, output->node);
    }
  }

  void add_name(const std::string& name, NodeId id) {
    begin_line(name, graph_[id]);
    if (graph_[id].is_literal())
      append_constant(body_, graph_[id], options_);
    else
      body_ += names_[id];
    end_line(no_node);
  }

  std::string free_name() {
    const auto is_taken = [&](const std::string& name) {
      return std::find(names_.begin(), names_.end(), name) != names_.end() ||
             std::any_of(outputs_.begin(), outputs_.end(), [&](const auto& o) { return o.name == name; });
    };
    for (;; ++next_free_) {
      std::string name = "saved" + std::to_string(next_free_);
      if (is_taken(name)) continue;
      ++next_free_;
      return name;
    }
  }

  std::string header() const {
    const bool usable = is_name(graph_.name) && !is_operation(graph_.name);
    std::string text = "def " + (usable ? graph_.name : "main") + "(";
    for (NodeId id : graph_.inputs()) {
      if (text.back() != '(') text += ", ";
      text += graph_[id].name + (": " + type_text(graph_[id]));
    }
    text += ") -> ";
    if (outputs_.size() == 1) return text + type_text(graph_[outputs_[0].node]) + ":\n";
    text += '(';
    for (const Arena::Output& output : outputs_) {
      if (text.back() != '(') text += ", ";
      text += type_text(graph_[output.node]);
    }
    return text + "):\n";
  }

  std::string comment(NodeId id) const {
    if (id == no_node) return {};
    std::string text = place_text(graph_[id].where);
    const auto bound = bound_.find(id);
    if (bound == bound_.end()) return text;
    const Tensor& out = *bound->second;
    return text + (text.empty() ? "" : "; ") + "written to an out of strides " + to_string(out.strides());
  }

  std::string with_comments() const {
    std::size_t width = 0, begin = 0;
    for (const Line& line : lines_) {
      const std::size_t columns = line.end - begin;
      if (columns <= widest_aligned) width = std::max(width, columns);
      begin = line.end;
    }
    std::string text;
    text.reserve(body_.size() + lines_.size());
    begin = 0;
    for (const Line& line : lines_) {
      text.append(body_, begin, line.end - begin);
      const std::size_t columns = line.end - begin;
      begin = line.end;
      const std::string note = comment(line.node);
      if (!note.empty()) text.append(columns < width ? width - columns + 3 : 3, ' ').append("# ") += note;
      text += '\n';
    }
    return text;
  }

  std::string returned() const {
    if (outputs_.empty()) return {};
    std::string text = "    return ";
    for (std::size_t i = 0; i < outputs_.size(); ++i) text += (i > 0 ? ", " : "") + outputs_[i].name;
    return text + '\n';
  }

  const Arena& graph_;
  Outputs outputs_;
  const PrintOptions& options_;
  std::vector<std::string> names_;
  std::unordered_map<NodeId, const Tensor*> bound_;
  std::string body_;  // the lines, one after another
  std::vector<Line> lines_;
  int next_free_ = 0;
};

}  // namespace

std::vector<std::string> node_names(const Arena& graph, Outputs outputs) {
  const auto inputs = input_names(graph);
  std::unordered_set<std::string_view> taken = inputs;
  std::vector<std::string> names(graph.size());
  for (NodeId id : graph.inputs()) names[id] = graph[id].name;
  for (const Arena::Output& output : outputs) {
    taken.insert(output.name);
    if (names[output.node].empty() && !graph[output.node].is_literal() && !inputs.contains(output.name))
      names[output.node] = output.name;
  }
  std::size_t next = 0;
  for (NodeId id = 0; id < graph.size(); ++id) {
    if (!names[id].empty() || graph[id].is_literal()) continue;
    do names[id] = "t" + std::to_string(next++);
    while (taken.contains(names[id]));
  }
  return names;
}

std::string place_text(const SourceLoc& where) {
  if (where.file == nullptr || *where.file == '\0') return {};
  const std::string_view path = where.file;
  std::string text(path.substr(path.find_last_of("/\\") + 1));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ') c = '?';  // a comment is one line
  if (where.line > 0) text += ':' + std::to_string(where.line);
  return text;
}

std::string print(const Arena& graph, const PrintOptions& options) {
  return Printer(graph, graph.outputs, options).print();
}

std::string print(const Graph& graph, const std::vector<NamedExpr>& outputs, const PrintOptions& options) {
  return Printer(*graph.arena(), checked_outputs(graph, outputs), options).print();
}

std::string print(const ParsedScript& script, const PrintOptions& options) {
  std::string text;
  for (const auto& [name, length] : script.dims) {
    if (std::find(script.stand_ins.begin(), script.stand_ins.end(), name) == script.stand_ins.end()) continue;
    text += (text.empty() ? "# " : ", ") + name + " = " + std::to_string(length);
  }
  if (!text.empty()) text += script.stand_ins.size() == 1 ? " (a stand-in)\n" : " (stand-ins)\n";
  return text + print(script.graph, script.outputs, options);
}

}  // namespace accrue
