#include "src/cuda/replay.h"

#include <algorithm>

namespace accrue::gpu {
namespace {

constexpr const char* making = "making a graph of kernels";

/// A step's launch as the driver takes it. The step must stay where it is.
class NodeOf {
 public:
  explicit NodeOf(const Step& step) : parameters_{const_cast<std::byte*>(step.parameters.data())} {
    node_.function = step.function->function();
    std::copy(step.grid.begin(), step.grid.end(), node_.grid);
    std::copy(step.block.begin(), step.block.end(), node_.block);
    node_.dynamic_shared_bytes = step.dynamic_shared_bytes;
    node_.parameters = parameters_;
  }
  NodeOf(const NodeOf&) = delete;
  NodeOf& operator=(const NodeOf&) = delete;

  const KernelNode* get() const { return &node_; }

 private:
  void* parameters_[1];  // the driver copies what they point to
  KernelNode node_ = {};
};

// Adds a node that waits for `last`, which becomes that node.
Result add(Gpu& gpu, Graph graph, const Step& step, GraphNode& last) {
  GraphNode after = last;
  const std::size_t after_count = after == nullptr ? 0 : 1;
  if (step.product) {
    const OwnedGraph recorded = gpu.multiplier()->record(*step.product, making);
    return gpu.driver().add_graph_node(&last, graph, &after, after_count, recorded.get());
  }
  if (step.function != nullptr)
    return gpu.driver().add_kernel_node(&last, graph, &after, after_count, NodeOf(step).get());
  const MemsetNode node = {step.cleared, 0, 0, 1, step.cleared_bytes, 1};
  return gpu.driver().add_memset_node(&last, graph, &after, after_count, &node, gpu.context().handle());
}

bool differ_in_parameters_only(const Step& a, const Step& b) {
  return a.function == b.function && a.grid == b.grid && a.block == b.block &&
         a.dynamic_shared_bytes == b.dynamic_shared_bytes && a.cleared == b.cleared &&
         a.cleared_bytes == b.cleared_bytes;
}

}  // namespace

Replay::Replay(Gpu& gpu, const std::vector<Step>& steps) : gpu_(gpu), steps_(steps) {
  const Entered here(gpu.context());
  Graph graph = nullptr;
  gpu.require(gpu.driver().create_graph(&graph, 0), making);
  graph_ = OwnedGraph(gpu.context(), graph);
  GraphNode last = nullptr;
  for (const Step& step : steps_) {
    gpu.require(add(gpu, graph, step, last), making);
    nodes_.push_back(last);
  }
  GraphExec exec = nullptr;
  gpu.require(gpu.driver().instantiate_graph(&exec, graph, 0), making);
  exec_ = OwnedGraphExec(gpu.context(), exec);
}

Replay::~Replay() {
  const Entered here(gpu_.context());
  gpu_.driver().synchronize_stream(gpu_.stream());
}

bool Replay::fits(const std::vector<Step>& steps) const {
  return std::equal(steps.begin(), steps.end(), steps_.begin(), steps_.end(), differ_in_parameters_only);
}

void Replay::take_parameters(const std::vector<Step>& steps) {
  const Entered here(gpu_.context());
  for (std::size_t s = 0; s < steps.size(); ++s) {
    if (steps[s].parameters == steps_[s].parameters) continue;
    gpu_.require(gpu_.driver().set_kernel_node(exec_.get(), nodes_[s], NodeOf(steps[s]).get()),
                 "changing a graph of kernels");
    steps_[s].parameters = steps[s].parameters;
  }
}

}  // namespace accrue::gpu
