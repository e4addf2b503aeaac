#include "tests/support/same_graph.h"

#include <cmath>
#include <cstring>

#include "accrue/text.hpp"
#include "graph/graph.h"
#include "graph/text/numbers.h"

namespace accrue::test {
namespace {

std::string number_text(DType dtype, std::uint64_t bits) {
  std::string text;
  append_number(text, dtype, bits);
  return text;
}

// Bits that one text gives: a NaN's vary.
bool same_bits(DType dtype, std::uint64_t a, std::uint64_t b) {
  return a == b || (number_text(dtype, a) == "nan" && number_text(dtype, b) == "nan");
}

bool same_data(const Node& a, const Node& b) {
  if ((a.data == nullptr) != (b.data == nullptr)) return false;
  if (a.data == nullptr) return same_bits(a.dtype, a.bits, b.bits);
  const std::size_t width = byte_width(a.dtype);
  for (std::size_t i = 0; i < a.data->bytes.size(); i += width)
    if (!same_bits(a.dtype, element_bits(&a.data->bytes[i], a.dtype),
                   element_bits(&b.data->bytes[i], a.dtype)))
      return false;
  return true;
}

/// Two graphs walked side by side.
class Comparison {
 public:
  Comparison(const Graph& a, const Graph& b) : a_(*a.arena()), b_(*b.arena()), in_b_(a_.size(), no_node) {}

  std::string difference(const std::vector<NamedExpr>& a_outputs, const std::vector<NamedExpr>& b_outputs) {
    if (a_.inputs().size() != b_.inputs().size()) return "the numbers of inputs differ";
    for (std::size_t i = 0; i < a_.inputs().size(); ++i) {
      const NodeId a = a_.inputs()[i], b = b_.inputs()[i];
      if (std::strcmp(a_[a].name, b_[b].name) != 0) return "the inputs' order differs";
      if (!same_node(a, b)) return describe("input", a);
      in_b_[a] = b;
    }
    NodeId b = 0;
    for (NodeId a = 0; a < a_.size(); ++a) {
      if (!is_operation(a_[a])) continue;
      while (b < b_.size() && !is_operation(b_[b])) ++b;
      if (b == b_.size() || !same_node(a, b)) return describe("node", a);
      in_b_[a] = b++;
    }
    while (b < b_.size() && !is_operation(b_[b])) ++b;
    if (b != b_.size()) return "the second graph has more nodes";
    if (a_outputs.size() != b_outputs.size()) return "the numbers of outputs differ";
    for (std::size_t i = 0; i < a_outputs.size(); ++i)
      if (a_outputs[i].name != b_outputs[i].name ||
          !same_value(a_outputs[i].expr.id(), b_outputs[i].expr.id()))
        return "output " + a_outputs[i].name + " differs";
    return {};
  }

 private:
  /// A dump declares inputs before all else and writes literals where they are used.
  static bool is_operation(const Node& node) { return node.kind != Kind::input && !node.is_literal(); }

  bool same_value(NodeId a, NodeId b) const {
    if (!a_[a].is_literal()) return in_b_[a] == b;
    return b_[b].is_literal() && a_[a].dtype == b_[b].dtype && same_data(a_[a], b_[b]);
  }

  bool same_node(NodeId a_id, NodeId b_id) const {
    Node a = a_[a_id], b = b_[b_id];
    if (a.inputs.size() != b.inputs.size() || a.shape != b.shape || a.dtype != b.dtype) return false;
    for (std::size_t i = 0; i < a.inputs.size(); ++i)
      if (!same_value(a.inputs[i], b.inputs[i])) return false;
    if (a.kind == Kind::constant && (b.kind != Kind::constant || !same_data(a, b))) return false;
    if (a.kind == Kind::constant) return true;
    a.inputs = b.inputs;
    return same_operation(a, b);
  }

  std::string describe(const char* what, NodeId id) const {
    return std::string(what) + " " + std::to_string(id) + ", " + std::string(op_name(a_[id])) + ", differs";
  }

  const Arena &a_, &b_;
  std::vector<NodeId> in_b_;  // for each node of a
};

}  // namespace

std::string without_comments(const std::string& dump) {
  std::string kept;
  for (std::size_t begin = 0; begin < dump.size();) {
    const std::size_t end = std::min(dump.find('\n', begin), dump.size());
    std::string line = dump.substr(begin, end - begin);
    line = line.substr(0, line.find("   # "));
    line.erase(line.find_last_not_of(' ') + 1);
    kept += line + '\n';
    begin = end + 1;
  }
  return kept;
}

std::string graph_difference(const Graph& a, const std::vector<NamedExpr>& a_outputs, const Graph& b,
                             const std::vector<NamedExpr>& b_outputs) {
  return Comparison(a, b).difference(a_outputs, b_outputs);
}

std::string round_trip_difference(const Graph& g, const std::vector<NamedExpr>& outputs) {
  const std::string text = print(g, outputs);
  try {
    const ParsedScript read = parse(text);
    const std::string difference = graph_difference(g, outputs, read.graph, read.outputs);
    if (!difference.empty()) return difference + " in\n" + text;
    // The places are those of the dump now.
    const std::string again = print(read.graph, read.outputs);
    if (without_comments(again) != without_comments(text))
      return "printed again it is\n" + again + "not\n" + text;
  } catch (const Error& e) {
    return std::string(e.what()) + "\nin\n" + text;
  }
  return {};
}

}  // namespace accrue::test
