// NVIDIA's own compiler takes the emitted text, for each architecture, where it is there: no GPU is needed.
#include <cstdlib>

#include "accrue/accrue.hpp"
#include "graph/pipeline.h"
#include "src/cuda/emit.h"
#include "src/cuda/nvrtc.h"
#include "tests/support/catch.h"

namespace accrue::test {
namespace {

constexpr int architectures[] = {80, 90, 100};

/// The sum of all numbers in front of this text in the compiler's log: "8 bytes spill stores".
int count_in(const std::string& log, const std::string& text) {
  int sum = 0;
  for (std::size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1))
    sum += std::atoi(&log[log.find_last_not_of("0123456789", at - 1) + 1]);
  return sum;
}

struct Case {
  std::string what;
  int spills_allowed;  // bytes, of every launch: 8-byte values in registers for two blocks
  Expr value;
};

std::vector<Case> cases(Graph& g) {
  const Expr row = g.input("row", float32, {1 << 20}), half_row = g.input("half_row", bfloat16, {1 << 20}),
             integers = g.input("integers", int32, {1 << 20}), rows = g.input("rows", float32, {4096, 4096}),
             wide = g.input("wide", float16, {4096, 4096}),
             short_rows = g.input("short_rows", float32, {4096, 64}),
             long_rows = g.input("long_rows", float64, {4096, 65536}),
             tall = g.input("tall", float32, {1 << 20, 32}), two = g.input("two", float32, {1 << 20, 2}),
             three = g.input("three", bfloat16, {500, 100'000, 3});
  return {
      {"maps", 0, relu(rows * 2 + 1)},
      {"maps of float16", 0, tanh(wide) + transpose(wide, 0, 1)},
      {"cumsum of a row", 64, cumsum(row, 0)},
      {"cumsum of a bfloat16 row, fused", 0, relu(cumsum(half_row, 0) + 1)},
      {"cumsum of an int32 row", 128, cumsum(integers, 0)},
      {"sum of a row", 64, sum(row)},
      {"two folds of a row", 0, cumsum(cummax(row, 0), 0, {.exclusive = true})},
      {"cumsum of rows", 0, cumsum(rows, 1)},
      {"cumsum of long rows", 16, cumsum(long_rows, 1)},
      {"cumsum of short rows", 0, cumsum(short_rows, 1)},
      {"cumsum of columns", 64, cumsum(rows, 0)},
      {"cumsum of a few columns", 64, cumsum(tall, 0)},
      {"cumsum of two columns", 64, cumsum(two, 0)},
      {"cumsum of three columns, often", 0, cumsum(three, 1)},
      {"softmax of rows", 0, softmax(rows, 1)},
      {"softmax of long rows", 64, softmax(long_rows, 1)},
      {"argmax of columns", 0, argmax(rows, 0)},
      {"matmul", 0, matmul(rows, rows)},
  };
}

}  // namespace

TEST_CASE("NVRTC compiles every kind of kernel for every architecture, within its registers") {
  const gpu::Nvrtc* compiler = nullptr;
  try {
    compiler = &gpu::nvrtc();
  } catch (const Error& e) {
    WARN("SKIPPED: " << e.what());
    return;
  }
  Graph graph;
  for (const Case& c : cases(graph)) {
    const auto plan =
        std::make_shared<const Plan>(run_pipeline(select(graph, {{"value", c.value}}, false), {}, true).plan);
    const gpu::LoweredKernels lowered(plan);
    for (const gpu::KernelLaunches& kernel : lowered.row_major())
      for (const gpu::Launch& launch : kernel.launches)
        for (const int sm : architectures) {
          const std::string architecture = compiler->architecture(sm);
          const gpu::Image image =
              compiler->compile(launch.source->program(), launch.source->entry + ".cu", architecture);
          INFO(c.what << ", " << launch.source->entry << ", " << architecture << "\n" << image.log);
          CHECK(image.bytes.size() > 0);
          CHECK(count_in(image.log, " bytes spill stores") <= c.spills_allowed);
        }
  }
}

}  // namespace accrue::test
