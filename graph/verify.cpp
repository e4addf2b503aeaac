#include "graph/verify.h"

#include "accrue/text.hpp"

namespace accrue {

namespace {

class Verifier {
 public:
  explicit Verifier(const Arena& graph) : graph_(graph) {}

  void run() {
    for (NodeId id = 0; id < graph_.size(); ++id) check_node(id);
    for (const Arena::Output& output : graph_.outputs)
      if (output.node >= graph_.size()) fail("output " + output.name + " is no node of the graph");
    for (const Arena::OutBinding& binding : graph_.outs) check_binding(binding);
  }

 private:
  void check_node(NodeId id) {
    const Node& node = graph_[id];
    for (NodeId input : node.inputs)
      if (input >= id)
        fail(name(id) + " reads %" + std::to_string(input) + ", which does not come before it");
    printable_ = id + 1;
    Node inferred = node;
    try {
      infer(graph_, inferred);
    } catch (const Error& error) {
      fail(name(id) + " is not legal: " + error.message());
    }
    if (node.dtype != inferred.dtype || !(node.shape == inferred.shape))
      fail(name(id) + " is said to be " + type_text(node) + ", but is " + type_text(inferred));
  }

  void check_binding(const Arena::OutBinding& binding) {
    if (binding.node >= graph_.size()) fail("a provided out is bound to no node of the graph");
    const Node& node = graph_[binding.node];
    const Tensor& out = binding.out;
    if (out.dtype() != node.dtype || !(out.shape() == node.shape))
      fail("the out of " + name(binding.node) + ", " + type_text(node) + ", is " +
           type_text(out.dtype(), out.shape()));
  }

  std::string name(NodeId id) const {
    return "%" + std::to_string(id) + " (" + std::string(op_name(graph_[id])) + ")";
  }

  /// The graph up to the first node that could not be printed.
  std::string text() const {
    if (printable_ == 0) return {};
    const auto unowned = std::shared_ptr<Arena>(std::shared_ptr<void>(), const_cast<Arena*>(&graph_));
    std::vector<NamedExpr> values;
    for (const Arena::Output& output : graph_.outputs)
      if (output.node < printable_) values.push_back({output.name, Expr(unowned, output.node)});
    if (values.empty()) values.push_back({"last", Expr(unowned, printable_ - 1)});
    return "\n" + print(Graph(unowned), values);
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw InternalError("a fault of accrue's own: the graph is broken: " + what + text());
  }

  const Arena& graph_;
  NodeId printable_ = 0;  // nodes below are sound
};

}  // namespace

void verify(const Arena& graph) { Verifier(graph).run(); }

}  // namespace accrue
