// Launches that repeat, as one call of the driver.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "src/cuda/kernel_cache.h"
#include "src/cuda/multiplier.h"

namespace accrue::gpu {

/// One piece of work, with every address in place.
struct Step {
  std::size_t kernel = 0;  // of the plan
  // A product of cuBLAS's, or a launch, or where there is no function, memory that becomes zero.
  std::optional<PlacedProduct> product;
  std::shared_ptr<const LoadedKernel> function;
  std::array<std::uint32_t, 3> grid{}, block{};
  std::uint32_t dynamic_shared_bytes = 0;
  std::vector<std::byte> parameters;
  Address cleared = 0;
  std::size_t cleared_bytes = 0;
};

/// Steps one after another, as a graph of the driver's: enqueuing them costs one call, however many they are.
class Replay {
 public:
  /// throws  Error: the driver makes no graph
  Replay(Gpu& gpu, const std::vector<Step>& steps);
  ~Replay();  // waits for a launch under way
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  /// Whether these steps differ from its own in the parameters of kernels at most. Neither have products.
  bool fits(const std::vector<Step>& steps) const;
  /// Takes over the parameters of steps that it fits; launches under way keep theirs.
  ///   cost    a call of the driver for each kernel whose parameters differ
  ///   throws  Error: the GPU has failed
  void take_parameters(const std::vector<Step>& steps);

  Result launch() const { return gpu_.driver().launch_graph(exec_.get(), gpu_.stream()); }

 private:
  Gpu& gpu_;
  std::vector<Step> steps_;
  std::vector<GraphNode> nodes_;  // of graph_, by step
  OwnedGraph graph_;
  OwnedGraphExec exec_;
};

}  // namespace accrue::gpu
