// NVIDIA's own compiler takes the emitted text, for each architecture, where it is there: no GPU is needed.
#include "src/cuda/nvrtc.h"
#include "accrue/accrue.hpp"
#include "graph/pipeline.h"
#include "src/cuda/emit.h"
#include "tests/support/catch.h"

namespace accrue::test {
namespace {

constexpr int architectures[] = {80, 90, 100};

struct Case {
  std::string what;
  Expr value;
  int registers = 64;  // of a thread, at most: 1024 threads have room; else 128: 512, or 255
};

/// A sum of so many inputs.
Expr sum_of(Graph& g, int inputs) {
  const Shape shape{1000, 1000};
  const std::string name = "of_" + std::to_string(inputs) + "_";
  Expr sum = g.input(name + "0", float32, shape);
  for (int i = 1; i < inputs; ++i) sum = sum + g.input(name + std::to_string(i), float32, shape);
  return sum;
}

std::vector<Case> maps(Graph& g) {
  const Expr rows = g.input("rows", float32, {4096, 4096}), wide = g.input("wide", float16, {4096, 4096});
  return {
      {"maps", relu(rows * 2 + 1)},
      {"maps of float16", tanh(wide) + transpose(wide, 0, 1)},
      {"a map of 30 loads", sum_of(g, 30), 255},
      {"a map of 40 loads", sum_of(g, 40)},
      {"a map of 512 loads", sum_of(g, 512)},
      {"matmul", matmul(rows, rows), 128},
  };
}

std::vector<Case> long_lines(Graph& g) {
  constexpr std::int64_t n = 1 << 20;
  const Expr row = g.input("row", float32, {n}), other = g.input("other", float32, {n}),
             half_row = g.input("half_row", bfloat16, {n}), integers = g.input("integers", int32, {n}),
             long_integers = g.input("long_integers", int64, {n}), doubles = g.input("doubles", float64, {n}),
             mask = g.input("mask", boolean, {64, 1 << 16});
  return {
      {"cumsum of a row", cumsum(row, 0)},
      {"exclusive", cumsum(row, 0, {.exclusive = true})},
      {"reversed", cumsum(row, 0, {.reverse = true})},
      {"of every second element", cumsum(slice(row, {{0, n, 2}}), 0)},
      {"cumsum of a bfloat16 row, fused", relu(cumsum(half_row, 0) + 1)},
      {"cumsum of an int32 row", cumsum(integers, 0)},
      {"cumsum of an int64 row", cumsum(long_integers, 0)},
      {"cumsum of a float64 row", cumsum(doubles, 0)},
      {"cummax of a float64 row", cummax(doubles, 0)},
      {"position ids", maximum(cumsum(mask, 1) - 1, 0)},
      {"sum of a row", sum(row)},
      {"mean of a float64 row", mean(doubles)},
      {"argmax of a row", argmax(row, 0)},
      {"a row by its sum", row / sum(row)},
      {"a value behind the scan", relu(cumsum(row * 2, 0) * 3 + 1)},
      {"a load in front of the scan", cumsum(row * other, 0), 128},
      {"a load behind the scan", cumsum(row, 0) * row, 128},
      {"the same of 2 bytes", cumprod(half_row, 0) * half_row},
      {"six folds of a row", cumsum(cumsum(cumsum(cumsum(cumsum(cumsum(row, 0), 0), 0), 0), 0), 0), 128},
      {"two folds of a row", cumsum(cummax(row, 0), 0, {.exclusive = true})},
  };
}

std::vector<Case> rows(Graph& g) {
  const Expr rows = g.input("rows", float32, {4096, 4096}),
             short_rows = g.input("short_rows", float32, {4096, 64}),
             tiny_rows = g.input("tiny_rows", float32, {100'000, 5}),
             doubles = g.input("doubles", float64, {4096, 4096}),
             long_rows = g.input("long_rows", float64, {4096, 65536}),
             integers = g.input("integers", int32, {4096, 4096});
  return {
      {"cumsum of rows", cumsum(rows, 1)},
      {"cumsum of int32 rows", cumsum(integers, 1)},
      {"cumsum of float64 rows", cumsum(doubles, 1)},
      {"cumsum of long rows", cumsum(long_rows, 1)},
      {"cumsum of short rows", cumsum(short_rows, 1)},
      {"cumsum of tiny rows", cumsum(tiny_rows, 1)},
      {"rows less their means", rows - mean(rows, 1, {.keepdim = true}), 128},
      {"softmax of rows", softmax(rows, 1), 128},
      {"softmax of long rows", softmax(long_rows, 1), 128},
  };
}

std::vector<Case> columns(Graph& g) {
  const Expr rows = g.input("rows", float32, {4096, 4096});
  const auto tall = [&g](DType dtype, std::int64_t columns) {
    return g.input("tall" + std::to_string(columns), dtype, {1 << 20, columns});
  };
  const Expr five = tall(float32, 5);
  return {
      {"cumsum of columns", cumsum(rows, 0)},
      {"softmax of columns", softmax(rows, 0)},
      {"argmax of columns", argmax(rows, 0), 128},
      {"cumsum of many columns", cumsum(g.input("many", float64, {4096, 65536}), 0)},
      {"cumsum of 2 columns", cumsum(tall(float32, 2), 0)},
      {"cumsum of 4 int32 columns", cumsum(tall(int32, 4), 0)},
      {"cumsum of 5 columns, reversed", cumsum(five, 0, {.reverse = true})},
      {"mean of 5 columns", mean(five, 0)},
      {"cumsum of 16 columns", cumsum(tall(float32, 16), 0)},
      {"cumsum of 17 columns", cumsum(tall(float32, 17), 0), 72},  // 288 threads: three blocks
      {"cumsum of 31 float64 columns", cumsum(tall(float64, 31), 0), 128},
      {"cumsum of 32 columns", cumsum(tall(float32, 32), 0)},
      {"cumsum of 3 columns, often", cumsum(g.input("three", bfloat16, {500, 100'000, 3}), 1)},
  };
}

const gpu::Nvrtc* compiler_or_skip() {
  try {
    return &gpu::nvrtc();
  } catch (const Error& e) {
    WARN("SKIPPED: " << e.what());
    return nullptr;
  }
}

/// Compiles every kernel, and looks at what the compiler says of it.
void check(std::vector<Case> (*cases)(Graph&), const gpu::Target& target = {}) {
  const gpu::Nvrtc* const compiler = compiler_or_skip();
  if (compiler == nullptr) return;
  Graph graph;
  for (const Case& c : cases(graph)) {
    const auto plan =
        std::make_shared<const Plan>(run_pipeline(select(graph, {{"value", c.value}}, false), {}, true).plan);
    const gpu::LoweredKernels lowered(plan, target);
    for (const gpu::KernelLaunches& kernel : lowered.row_major())
      for (const gpu::Launch& launch : kernel.launches)
        for (const int sm : architectures) {
          const std::string architecture = compiler->architecture(sm);
          const gpu::Image image =
              compiler->compile(launch.source->program(), launch.source->entry + ".cu", architecture);
          INFO(c.what << ", " << launch.source->entry << ", " << architecture << "\n" << image.log);
          CHECK(image.bytes.size() > 0);
          CHECK(gpu::logged(image.log, " bytes spill stores") == 0);
          CHECK(gpu::logged(image.log, " bytes stack frame") == 0);
          CHECK(gpu::logged(image.log, " registers") <= c.registers);
        }
  }
}

}  // namespace

TEST_CASE("NVRTC makes one access of a float32 leaf from sm_100 on, and two before") {
  const gpu::Nvrtc* const compiler = compiler_or_skip();
  if (compiler == nullptr) return;
  Graph g;
  const auto plan = std::make_shared<const Plan>(
      run_pipeline(select(g, {{"value", cumsum(g.input("x", float32, {1 << 20}), 0)}}, false), {}, true)
          .plan);
  const std::string program = gpu::LoweredKernels(plan).row_major()[0].launches[0].source->program();
  const auto accesses = [&](const char* architecture, const std::string& access) {
    const std::string ptx = compiler->compile(program, "k0.cu", architecture).bytes;
    int count = 0;
    for (std::size_t at = 0; (at = ptx.find(access, at)) != std::string::npos; ++at) ++count;
    return count;
  };
  CHECK(accesses("compute_90", "ld.global.v4") == 4);  // of two leaves
  CHECK(accesses("compute_90", "st.global.v4") == 4);
  CHECK(accesses("compute_100", "ld.global.v8") == 2);
  CHECK(accesses("compute_100", "st.global.v8") == 2);
}

TEST_CASE("NVRTC compiles maps for every architecture, within their registers") { check(maps); }
TEST_CASE("NVRTC compiles folds of long lines for every architecture, within their registers") {
  check(long_lines);
}
TEST_CASE("NVRTC compiles folds of rows for every architecture, within their registers") { check(rows); }
TEST_CASE("NVRTC compiles folds of columns for every architecture, within their registers") {
  check(columns);
}
TEST_CASE("NVRTC compiles folds for a GPU whose float64 is slow, within their registers") {
  check(rows, {.has_slow_float64 = true});
}

}  // namespace accrue::test
