// Matrix products as CUDA C++, on the emulator: integers have the reference's bits, and so have
// floats where no sum is rounded.
#include "accrue/accrue.hpp"
#include "tests/cuda/emulated_batch.h"
#include "tests/support/catch.h"
#include "tests/support/compare.h"
#include "tests/support/random_values.h"

namespace accrue::test {
namespace {

/// Small whole numbers: their sums are exact in any order and in every dtype.
Tensor whole_numbers(Random& random, DType dtype, const Shape& shape) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < elements(shape); ++i)
    values.push_back(static_cast<double>(random.between(is_unsigned_integer(dtype) ? 0 : -3, 3)));
  Graph graph;
  return eval(cast(graph.constant(Tensor::copy_of<double>(values, shape)), dtype), {.device = reference()});
}

}  // namespace

TEST_CASE("emulated kernels: matrix products of shapes around a tile's edges") {
  EmulatedBatch batch;
  Random random(21);
  const std::pair<Shape, Shape> shapes[] = {
      {{1, 1}, {1, 1}},       {{3, 5}, {5, 2}},          {{64, 16}, {16, 64}},     {{65, 17}, {17, 63}},
      {{2, 4, 0}, {2, 0, 3}}, {{3, 1, 7, 9}, {2, 9, 5}}, {{130, 40}, {3, 40, 129}}};
  for (const auto& [left, right] : shapes)
    for (const DType dtype : {int8, uint16, int32, uint64, float16, bfloat16, float32, float64}) {
      Graph graph;
      const Expr a = graph.input("a", dtype, left), b = graph.input("b", dtype, right);
      const Expr turned = matmul(transpose(b, -1, -2), transpose(a, -1, -2));
      batch.add(to_string(left) + " x " + to_string(right), graph,
                {{"plain", matmul(a, b)}, {"turned", turned}},
                {{"a", whole_numbers(random, dtype, left)}, {"b", whole_numbers(random, dtype, right)}});
    }
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: products of integers wrap") {
  EmulatedBatch batch;
  Random random(22);
  for (const DType dtype : {int8, int16, int32, int64, uint8, uint32, uint64}) {
    Graph graph;
    const Expr a = graph.input("a", dtype, {9, 33}), b = graph.input("b", dtype, {33, 4});
    batch.add(std::string(to_string(dtype)), graph, {{"product", matmul(a, b)}},
              {{"a", to_tensor(random_values(random, dtype, {9, 33}))},
               {"b", to_tensor(random_values(random, dtype, {33, 4}))}});
  }
  CHECK(batch.first_difference() == "");
}

}  // namespace accrue::test
