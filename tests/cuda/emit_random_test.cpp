// Random graphs as CUDA C++, on the emulator: the reference's bits.
#include "graph/graph.h"
#include "tests/cuda/emulated_batch.h"
#include "tests/support/catch.h"
#include "tests/support/random_graphs.h"

namespace accrue::test {
namespace {

/// Whether sums are rounded in an order that is the device's own.
bool has_rounding_matmul(const Graph& graph) {
  for (NodeId id = 0; id < graph.arena()->size(); ++id)
    if (const Node& node = (*graph.arena())[id]; node.kind == Kind::matmul && is_floating(node.dtype))
      return true;
  return false;
}

void add_samples(EmulatedBatch& batch, std::uint64_t first_seed, int count, Size size,
                 const CompileOptions& options = {}) {
  for (std::uint64_t seed = first_seed; count > 0; ++seed) {
    const Sample sample = random_sample(seed, Functions::all, size);
    if (has_rounding_matmul(sample.graph)) continue;
    batch.add("seed " + std::to_string(seed), sample.graph, sample.outputs, bind(sample.inputs), {}, options);
    --count;
  }
}

}  // namespace

TEST_CASE("emulated kernels: small random graphs") {
  EmulatedBatch batch;
  add_samples(batch, 1, 100, Size::small);
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: small random graphs, unfused") {
  EmulatedBatch batch;
  add_samples(batch, 1000, 40, Size::small, {.disable = {"fusion"}});
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: large random graphs") {
  EmulatedBatch batch;
  add_samples(batch, 1, 10, Size::large);
  CHECK(batch.first_difference() == "");
}

}  // namespace accrue::test
