#include "src/cuda/replay.h"

#include <algorithm>

namespace accrue::gpu {
namespace {

Result add(const Gpu& gpu, Graph graph, const Step& step, GraphNode& last) {
  GraphNode after = last;
  const std::size_t after_count = after == nullptr ? 0 : 1;
  if (step.function == nullptr) {
    const MemsetNode node = {step.cleared, 0, 0, 1, step.cleared_bytes, 1};
    return gpu.driver().add_memset_node(&last, graph, &after, after_count, &node, gpu.context().handle());
  }
  void* parameters[] = {const_cast<std::byte*>(step.parameters.data())};  // the driver copies them
  KernelNode node = {};
  node.function = step.function->function();
  std::copy(step.grid.begin(), step.grid.end(), node.grid);
  std::copy(step.block.begin(), step.block.end(), node.block);
  node.dynamic_shared_bytes = step.dynamic_shared_bytes;
  node.parameters = parameters;
  return gpu.driver().add_kernel_node(&last, graph, &after, after_count, &node);
}

}  // namespace

Replay::Replay(Gpu& gpu, const std::vector<Step>& steps) : gpu_(gpu) {
  constexpr const char* what = "making a graph of kernels";
  const Entered here(gpu.context());
  Graph made = nullptr;
  gpu.require(gpu.driver().create_graph(&made, 0), what);
  const OwnedGraph graph(gpu.context(), made);
  GraphNode last = nullptr;
  for (const Step& step : steps) gpu.require(add(gpu, made, step, last), what);
  GraphExec exec = nullptr;
  gpu.require(gpu.driver().instantiate_graph(&exec, made, 0), what);
  graph_ = OwnedGraphExec(gpu.context(), exec);
}

Replay::~Replay() {
  const Entered here(gpu_.context());
  gpu_.driver().synchronize_stream(gpu_.stream());
}

}  // namespace accrue::gpu
