// Kernels of scans and reductions as CUDA C++, on the emulator: the reference's bits.
#include "accrue/accrue.hpp"
#include "tests/cuda/emulated_batch.h"
#include "tests/support/catch.h"
#include "tests/support/compare.h"
#include "tests/support/random_layout.h"
#include "tests/support/random_values.h"

namespace accrue::test {
namespace {

constexpr DType all_dtypes[] = {boolean, int8,   int16,   int32,    int64,   uint8,  uint16,
                                uint32,  uint64, float16, bfloat16, float32, float64};

std::string name_of(DType dtype) { return std::string(to_string(dtype)); }

using Scan = Expr (*)(Operand, std::int64_t, const ScanOptions&);
using Reduce = Expr (*)(Operand, const DimList&, const ReduceOptions&);
constexpr Scan scans[] = {cumsum, cumprod, cummax, cummin};
constexpr Reduce reduces[] = {sum, prod, max, min, mean, any, all, argmax, argmin};

/// Every scan, in every direction, and every reduction along a dim; those that the dtype has.
std::vector<NamedExpr> every_fold(const Expr& x, std::int64_t dim) {
  std::vector<NamedExpr> outputs;
  const auto add = [&](const auto& make) {
    try {
      outputs.push_back({"o" + std::to_string(outputs.size()), make()});
    } catch (const Error&) {
    }
  };
  for (const Scan scan : scans)
    for (const bool exclusive : {false, true})
      for (const bool reverse : {false, true})
        add([&] { return scan(x, dim, {.exclusive = exclusive, .reverse = reverse}); });
  for (const Reduce reduce : reduces) add([&] { return reduce(x, dim, {}); });
  return outputs;
}

Tensor random_tensor(Random& random, DType dtype, const Shape& shape) {
  return to_tensor(random_values(random, dtype, shape));
}

}  // namespace

TEST_CASE("emulated kernels: every fold of every dtype") {
  EmulatedBatch batch;
  Random random(11);
  const auto add = [&](DType dtype, const Shape& shape) {
    Graph graph;
    const Expr x = graph.input("x", dtype, shape);
    batch.add(name_of(dtype) + to_string(shape), graph, every_fold(x, 1),
              {{"x", random_tensor(random, dtype, shape)}});
  };
  for (const DType dtype : all_dtypes) add(dtype, {5, 13});
  for (const DType dtype : {boolean, int8, uint64, bfloat16, float32}) add(dtype, {2, 300});
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: sums of lengths around every edge of the tree") {
  EmulatedBatch batch;
  Random random(12);
  for (const std::int64_t n :
       {0,   1,   7,   8,   9,   15,  16,   17,   31,   33,   63,   65,   127,  128,   129,
        255, 256, 257, 511, 512, 513, 1025, 2047, 2049, 3968, 8191, 8192, 8193, 16384, 20001})
    for (const std::int64_t lines : {2, 5}) {  // long ones are spread over blocks, and are not
      Graph graph;
      const Expr x = graph.input("x", float32, {lines, n});
      batch.add("n = " + std::to_string(n), graph,
                {{"inclusive", cumsum(x, 1)},
                 {"exclusive", cumsum(x, 1, {.exclusive = true})},
                 {"whole", sum(x, 1)}},
                {{"x", random_tensor(random, float32, {lines, n})}});
    }
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: lines of more tiles than a node has children") {
  for (const int multiprocessors : {1, 2}) {  // a block for each line, and lines spread over blocks
    EmulatedBatch batch({.multiprocessors = multiprocessors});
    Random random(16);
    for (const std::int64_t n : {32 * 8192, 33 * 8192 + 5}) {
      Graph graph;
      const Expr x = graph.input("x", float64, {3, n});
      batch.add("n = " + std::to_string(n), graph, {{"running", cumsum(x, 1)}, {"whole", sum(x, 1)}},
                {{"x", random_tensor(random, float64, {3, n})}});
    }
    CHECK(batch.first_difference() == "");
  }
}

/// Folds of every kind along the first dim, or the middle one.
void add_column_folds(EmulatedBatch& batch, Random& random, DType dtype, const Shape& shape) {
  Graph graph;
  const Expr x = graph.input("x", dtype, shape);
  const std::int64_t dim = shape.size() == 3 ? 1 : 0;
  const Expr running = cumsum(x, dim);
  batch.add(name_of(dtype) + to_string(shape), graph,
            {{"inclusive", running},
             {"exclusive", cumprod(x, dim, {.exclusive = true})},
             {"reverse", cumsum(x, dim, {.reverse = true})},
             {"twice", cummax(running, dim)},
             {"whole", mean(x, dim)},
             {"where", argmin(x, dim)},
             {"soft", softmax(x, dim)}},
            {{"x", random_tensor(random, dtype, shape)}});
}

TEST_CASE("emulated kernels: folds of columns and of middle dims") {
  EmulatedBatch batch;  // strips of 32: one of many rows is spread over blocks, two are not
  Random random(13);
  for (const DType dtype : {int32, bfloat16, float32, float64})
    for (const Shape& shape : {Shape{5, 40}, Shape{9, 33}, Shape{2, 70, 3}, Shape{200, 32}, Shape{300, 64}})
      add_column_folds(batch, random, dtype, shape);
  for (const Shape& shape : {Shape{600, 32}, Shape{2, 600, 33}, Shape{8500, 64}})
    add_column_folds(batch, random, float32, shape);
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: folds of columns of which fewer than 32 lie together") {
  for (const int multiprocessors : {1, 8}) {  // one block for a stretch, and stretches spread over blocks
    EmulatedBatch batch({.multiprocessors = multiprocessors});
    Random random(17);
    for (const DType dtype : {int32, bfloat16, float32, float64})
      for (const Shape& shape : {Shape{70, 9}, Shape{3, 130, 11}, Shape{300, 31}, Shape{12, 520, 3}})
        add_column_folds(batch, random, dtype, shape);
    for (const Shape& shape : {Shape{8, 8500, 2}, Shape{700, 16}, Shape{5, 300, 17}})
      add_column_folds(batch, random, float32, shape);
    CHECK(batch.first_difference() == "");
  }
}

TEST_CASE("emulated kernels: folds where shared memory has little room") {
  for (const std::size_t bytes : {0, 6000}) {  // for no group of columns; for no elements beside their states
    EmulatedBatch batch({.multiprocessors = 8, .shared_bytes_per_block = bytes});
    Random random(18);
    for (const Shape& shape : {Shape{300, 9}, Shape{3, 270, 5}, Shape{2, 9000, 2}})
      for (const DType dtype : {int16, float64}) add_column_folds(batch, random, dtype, shape);
    Graph graph;
    const Expr x = graph.input("x", float32, {5, 2001});
    batch.add("rows", graph, {{"forth", cumsum(x, 1)}, {"back", cumsum(x, 1, {.reverse = true})}},
              {{"x", random_tensor(random, float32, {5, 2001})}});
    CHECK(batch.first_difference() == "");
  }
}

TEST_CASE("emulated kernels: float32 sums by integer conversions") {
  EmulatedBatch batch({.multiprocessors = 2, .has_slow_float64 = true});
  Random random(19);
  for (const Shape& shape : {Shape{3, 9}, Shape{5, 700}, Shape{2, 9000}}) {
    Graph graph;
    const Expr x = graph.input("x", float32, shape), narrow = graph.input("narrow", float16, shape);
    batch.add(
        to_string(shape), graph,
        {{"running", cumsum(x, 1)},
         {"product", cumprod(x, 1, {.exclusive = true})},
         {"narrow", cumsum(narrow, 1, {.dtype = float32})},
         {"whole", sum(x, 1)},
         {"mean", mean(x, 0)},
         {"most", cummax(x, 1)}},
        {{"x", random_tensor(random, float32, shape)}, {"narrow", random_tensor(random, float16, shape)}});
  }
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: reductions over several dims, and of values that a line repeats") {
  EmulatedBatch batch;
  Random random(14);
  Graph graph;
  const Expr x = graph.input("x", float32, {4, 5, 6, 70}), row = graph.input("row", float32, {4, 1, 6, 1});
  batch.add("dims", graph,
            {{"outer_and_inner", sum(x, {0, 3})},
             {"middle", sum(x, {1, 2})},
             {"all", sum(x)},
             {"repeated", cumsum(broadcast_to(row, {4, 5, 6, 70}), 3)},
             {"scaled", x - sum(x * row, {1, 3}, {.keepdim = true})}},
            {{"x", random_tensor(random, float32, {4, 5, 6, 70})},
             {"row", random_tensor(random, float32, {4, 1, 6, 1})}});
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: folds of tensors that lie in memory in any way") {
  EmulatedBatch batch;
  Random random(15);
  std::vector<GuardedTensor> outs;
  for (int i = 0; i < 40; ++i) {
    const DType dtype = random.one_of({int8, float16, int32, float64});
    const Shape shape{random.between(1, 5), random.between(1, 300), random.between(1, 40)};
    const std::int64_t dim = random.between(0, 2);
    Graph graph;
    const Expr x = graph.input("x", dtype, shape);
    const GuardedTensor in = random_layout(random, random_values(random, dtype, shape));
    outs.push_back(random_layout(random, Array(float64, shape)));
    batch.add("layout " + std::to_string(i), graph, {{"y", cumsum(x, dim, {.dtype = float64})}},
              {{"x", in.tensor()}}, {{"y", outs.back().tensor()}});
  }
  CHECK(batch.first_difference() == "");
  for (const GuardedTensor& out : outs) CHECK(out.gaps_intact());
}

}  // namespace accrue::test
