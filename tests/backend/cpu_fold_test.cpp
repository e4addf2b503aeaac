// Scans and reductions on the CPU backend: every fold, dtype and direction, along rows, columns and a middle
// dim, whatever the number of threads and the instruction set.
#include "tests/backend/cpu_check.h"
#include "tests/support/catch.h"
#include "tests/support/random_values.h"

namespace accrue::test {
namespace {

std::vector<NamedValue> folds_of(const Expr& x, int dim) {
  std::vector<NamedValue> folds;
  for (const bool exclusive : {false, true})
    for (const bool reverse : {false, true}) {
      const std::string suffix = std::string(exclusive ? " exclusive" : "") + (reverse ? " reverse" : "");
      const ScanOptions options{.exclusive = exclusive, .reverse = reverse};
      folds.push_back({"cumsum" + suffix, cumsum(x, dim, options)});
      folds.push_back({"cumprod" + suffix, cumprod(x, dim, options)});
      folds.push_back({"cummax" + suffix, cummax(x, dim, options)});
      folds.push_back({"cummin" + suffix, cummin(x, dim, options)});
    }
  folds.push_back({"sum", sum(x, dim)});
  folds.push_back({"prod", prod(x, dim)});
  folds.push_back({"mean", mean(x, dim)});
  folds.push_back({"any", any(x, dim)});
  folds.push_back({"all", all(x, dim)});
  if (x.shape()[static_cast<std::size_t>(dim)] == 0) return folds;
  folds.push_back({"max", max(x, dim)});
  folds.push_back({"min", min(x, dim)});
  folds.push_back({"argmax", argmax(x, dim)});
  folds.push_back({"argmin", argmin(x, dim)});
  return folds;
}

void check_folds(DType dtype, const Shape& shape, int dim, const std::vector<CompileOptions>& settings) {
  Graph graph;
  const Expr x = graph.input("x", dtype, shape);
  require_same(graph, folds_of(x, dim), {{"x", numbers(dtype, shape)}}, settings,
               std::string(to_string(dtype)) + to_string(shape) + " along " + std::to_string(dim));
}

}  // namespace

TEST_CASE("folds of every dtype along rows, columns and a middle dim") {
  for (const DType dtype : all_dtypes) {
    check_folds(dtype, {3, 300}, 1, every_instruction_set({1, 3}));
    check_folds(dtype, {300, 37}, 0, every_instruction_set({1, 3}));
    check_folds(dtype, {53, 45}, 1, every_instruction_set({1, 3}));
    check_folds(dtype, {2, 41, 19}, 1, every_instruction_set({1, 3}));
  }
}

TEST_CASE("folds of float32 over lengths around every edge of the tree") {
  for (const std::int64_t n :
       {0,    1,    2,    3,    7,    8,    9,    15,   16,   17,   31,    32,    33,
        63,   64,   65,   127,  128,  129,  255,  256,  257,  1023, 1024,  1025,  2047,
        2048, 2049, 3000, 3968, 4095, 4096, 4097, 8191, 8192, 8193, 65535, 65536, 65537})
    check_folds(float32, {n}, 0, threads({1}));
}

TEST_CASE("folds of short rows, and of whole lines of columns") {
  for (const DType dtype : all_dtypes) {
    check_folds(dtype, {70, 16}, 1, every_instruction_set({1, 3}));
    check_folds(dtype, {267, 80}, 0, every_instruction_set({1, 3}));
    check_folds(dtype, {2, 20, 64}, 1, every_instruction_set());
  }
  for (const DType dtype : {int32, float16, float32, float64})
    for (const std::int64_t rows : {2, 3, 4, 5, 7, 8, 9, 15, 17, 24, 31, 33, 64, 100, 249, 255})
      check_folds(dtype, {137, rows}, 1, every_instruction_set());
}

TEST_CASE("short rows scanned in place") {
  for (const std::int64_t rows : {2, 3, 4, 16, 21}) {
    Graph graph;
    const Expr x = graph.input("x", float32, {77, rows});
    const Program program = compile(graph, {{"y", cumsum(x, 1)}});
    const Tensor input = numbers(float32, {77, rows});
    const Tensor expected = program.run({{"x", input}})["y"];
    program.run({{"x", input}}, {{"y", input}});
    CHECK(difference(to_array(input), to_array(expected)) == "");
  }
}

TEST_CASE("folds whose rows are shared among threads") {
  const std::vector<CompileOptions> settings = threads({1, 2, 3, 8});
  for (const std::int64_t n : {65536, 65537, 262143, 262144, 262145}) check_folds(float32, {n}, 0, settings);
  for (const DType dtype : {int32, float16, float64}) check_folds(dtype, {100003}, 0, settings);
  check_folds(float32, {20000, 7}, 0, settings);
  check_folds(float32, {20000, 2}, 0, settings);
  check_folds(float32, {33000, 16}, 0, settings);
  check_folds(float32, {3, 70000}, 1, settings);
  check_folds(int64, {2, 9000, 5}, 1, settings);
}

TEST_CASE("running sums and extremes of every dtype as every other, of values that tell") {
  Random random(20);
  for (const DType from : all_dtypes)
    for (const DType to : all_dtypes) {
      Graph graph;
      const Expr x = graph.input("x", from, {4, 700});
      std::vector<NamedValue> values = {{"cummax", cummax(x, 1, {.dtype = to})},
                                        {"cummin exclusive", cummin(x, 1, {.dtype = to, .exclusive = true})}};
      if (to != boolean) {
        values.push_back({"cumsum", cumsum(x, 1, {.dtype = to})});
        values.push_back({"cumsum exclusive", cumsum(x, 1, {.dtype = to, .exclusive = true})});
        values.push_back({"cumsum reverse", cumsum(x, 1, {.dtype = to, .reverse = true})});
        values.push_back({"cumsum of columns", cumsum(x, 0, {.dtype = to})});
        values.push_back({"sum", sum(x, 1, {.dtype = to})});
      }
      for (int draw = 0; draw < 3; ++draw)
        require_same(graph, values, {{"x", to_tensor(random_values(random, from, {4, 700}))}},
                     every_instruction_set(),
                     std::string(to_string(from)) + " as " + std::string(to_string(to)));
    }
}

TEST_CASE("a reduction over several dims has the bits of the flattened one") {
  Graph graph;
  const Expr x = graph.input("x", float32, {30, 40, 50});
  const std::vector<NamedValue> values = {{"all", sum(x)},
                                          {"flattened", sum(reshape(x, {-1}))},
                                          {"outer two", sum(x, {0, 1})},
                                          {"inner two", sum(x, {1, 2})},
                                          {"first and last", sum(x, {0, 2})}};
  const Tensor input = numbers(float32, {30, 40, 50});
  require_same(graph, values, {{"x", input}}, threads({1, 3}));
  const Tensors both = compile(graph, {{"a", values[0].value}, {"b", values[1].value}}).run({{"x", input}});
  CHECK(difference(to_array(both[0]), to_array(both[1])) == "");
}

TEST_CASE("special values keep to their own column") {
  Graph graph;
  const Expr x = graph.input("x", float32, {9, 3});
  Tensor input = numbers(float32, {9, 3});
  const float inf = std::numeric_limits<float>::infinity(), nan = std::numeric_limits<float>::quiet_NaN();
  input.data<float>()[1 * 3 + 0] = nan;
  input.data<float>()[2 * 3 + 1] = inf;
  input.data<float>()[3 * 3 + 1] = -inf;
  input.data<float>()[0 * 3 + 2] = -0.0f;
  input.data<float>()[1 * 3 + 2] = 0.0f;
  require_same(graph, folds_of(x, 0), {{"x", input}}, every_instruction_set());
}

}  // namespace accrue::test
