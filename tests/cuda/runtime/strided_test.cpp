// Kernels for buffers of other strides than row-major: emitted once for each, and kept.
#include "accrue/accrue.hpp"
#include "graph/pipeline.h"
#include "src/binding.h"
#include "src/cuda/executable.h"
#include "tests/cuda/runtime/fakes.h"
#include "tests/support/catch.h"

using namespace accrue;

namespace {

/// y = 2x + 1 of a 2 x 3 x, which may have any strides.
struct Doubler {
  Doubler() : executable(plan, gpu::open_gpu(0)) {}

  /// Runs it and returns y[1, 2].
  float run(const Strides& strides) {
    const Tensor x = Tensor::borrow(memory.data(), float32, {2, 3}, strides, cuda());
    const std::vector<NamedTensor> inputs = {{"x", x}};
    const BoundRun bound = Binder(plan, cuda()).bind(inputs, {});
    executable.bind(bound.buffers)->run({});
    return bound.results["y"].to(cpu()).item<float>(5);
  }

  Graph graph;
  std::shared_ptr<const Plan> plan = std::make_shared<const Plan>(
      run_pipeline(select(graph, {{"y", graph.input("x", float32, {2, 3}) * 2 + 1}}), {}, true).plan);
  gpu::GpuExecutable executable;
  Tensor memory = Tensor::copy_of<float>(std::vector<float>(200, 7), {200}).to(cuda());
};

}  // namespace

TEST_CASE("row-major buffers have their kernels from the beginning") {
  Doubler doubler;
  for (int i = 0; i < 3; ++i) CHECK(doubler.run({3, 1}) == 15);
  CHECK(doubler.executable.times_emitted() == 0);
}

TEST_CASE("a second call with the same strides emits nothing") {
  Doubler doubler;
  for (int i = 0; i < 3; ++i) CHECK(doubler.run({1, 2}) == 15);
  CHECK(doubler.executable.times_emitted() == 1);
  for (int i = 0; i < 3; ++i) {
    CHECK(doubler.run({4, 1}) == 15);
    CHECK(doubler.run({1, 2}) == 15);
  }
  CHECK(doubler.executable.times_emitted() == 2);
}

TEST_CASE("kernels for the strides used last are kept, and no more than so many") {
  Doubler doubler;
  constexpr auto kept = static_cast<std::int64_t>(gpu::GpuExecutable::most_strided);
  for (std::int64_t i = 0; i < kept; ++i) doubler.run({4 + i, 1});
  doubler.run({4, 1});  // the first ones, once more
  CHECK(doubler.executable.times_emitted() == kept);
  doubler.run({4 + kept, 1});  // in the place of the second
  doubler.run({4, 1});
  CHECK(doubler.executable.times_emitted() == kept + 1);
  doubler.run({5, 1});
  CHECK(doubler.executable.times_emitted() == kept + 2);
}
