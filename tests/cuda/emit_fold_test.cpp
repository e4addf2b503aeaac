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
  for (const DType dtype : all_dtypes)
    for (const Shape& shape : {Shape{5, 13}, Shape{2, 300}}) {
      Graph graph;
      const Expr x = graph.input("x", dtype, shape);
      batch.add(name_of(dtype) + to_string(shape), graph, every_fold(x, 1),
                {{"x", random_tensor(random, dtype, shape)}});
    }
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: sums of lengths around every edge of the tree") {
  EmulatedBatch batch;
  Random random(12);
  for (const std::int64_t n :
       {0,   1,   7,   8,   9,   15,  16,   17,   31,   33,   63,   65,   127,  128,   129,
        255, 256, 257, 511, 512, 513, 1025, 2047, 2049, 3968, 8191, 8192, 8193, 16384, 20001}) {
    Graph graph;
    const Expr x = graph.input("x", float32, {3, n});
    batch.add(
        "n = " + std::to_string(n), graph,
        {{"inclusive", cumsum(x, 1)}, {"exclusive", cumsum(x, 1, {.exclusive = true})}, {"whole", sum(x, 1)}},
        {{"x", random_tensor(random, float32, {3, n})}});
  }
  CHECK(batch.first_difference() == "");
}

}  // namespace accrue::test
