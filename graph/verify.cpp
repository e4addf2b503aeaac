#include "graph/verify.h"

#include "graph/text/print.h"

namespace accrue {

namespace {

class Verifier {
 public:
  explicit Verifier(const Arena& graph) : graph_(graph) {}

  void run() {
    printable_ = false;
    for (NodeId id = 0; id < graph_.size(); ++id) check_order(id);
    for (const Arena::Output& output : graph_.outputs)
      if (output.node >= graph_.size()) fail("output " + output.name + " is no node of the graph");
    for (const Arena::OutBinding& binding : graph_.outs)
      if (binding.node >= graph_.size()) fail("a provided out is bound to no node of the graph");
    printable_ = true;
    for (NodeId id = 0; id < graph_.size(); ++id) check_type(id);
    for (const Arena::OutBinding& binding : graph_.outs) check_binding(binding);
  }

 private:
  void check_order(NodeId id) const {
    for (NodeId input : graph_[id].inputs)
      if (input >= id)
        fail(name(id) + " reads %" + std::to_string(input) + ", which does not come before it");
  }

  void check_type(NodeId id) const {
    const Node& node = graph_[id];
    Node inferred = node;
    try {
      infer(graph_, inferred);
    } catch (const Error& error) {
      fail(name(id) + " is not legal: " + error.message());
    }
    if (node.dtype != inferred.dtype || !(node.shape == inferred.shape))
      fail(name(id) + " is said to be " + type_text(node) + ", but is " + type_text(inferred));
  }

  void check_binding(const Arena::OutBinding& binding) const {
    const Node& node = graph_[binding.node];
    const Tensor& out = binding.out;
    if (out.dtype() != node.dtype || !(out.shape() == node.shape))
      fail("the out of " + name(binding.node) + ", " + type_text(node) + ", is " +
           type_text(out.dtype(), out.shape()));
  }

  std::string name(NodeId id) const {
    return "%" + std::to_string(id) + " (" + std::string(op_name(graph_[id])) + ")";
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw InternalError("a fault of accrue's own: the graph is broken: " + what +
                        (printable_ ? "\n" + print(graph_) : ""));
  }

  const Arena& graph_;
  bool printable_ = true;  // every node and output is there
};

}  // namespace

void verify(const Arena& graph) { Verifier(graph).run(); }

}  // namespace accrue
