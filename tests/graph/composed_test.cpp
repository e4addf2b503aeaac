// Values of the composed operations, where their naive formulas would go wrong.
#include <cmath>
#include <limits>

#include "accrue/ops.hpp"
#include "graph/element_types.h"
#include "graph/reference.h"
#include "tests/support/catch.h"

using namespace accrue;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

// The elements of a value of a graph without inputs, as float32.
std::vector<float> values_of(const Graph& g, const Expr& value) {
  Arena& arena = *g.arena();
  arena.outputs = {{"y", cast(value, float32).id()}};
  const Array result = evaluate(arena, {})[0];
  const float* first = elements_as<float>(result);
  return {first, first + elements(result.shape)};
}

Expr row(const Graph& g, const std::vector<double>& values) {
  std::vector<Operand> parts;
  for (double value : values) parts.push_back(Operand(full(g, {}, value), SourceLoc{}));
  return stack(parts);
}

}  // namespace

TEST_CASE("softmax of large elements does not overflow") {
  Graph g;
  CHECK(values_of(g, softmax(row(g, {1000, 1000}), 0)) == std::vector<float>{0.5f, 0.5f});
  CHECK(values_of(g, softmax(row(g, {0, -infinity}), 0)) == std::vector<float>{1, 0});
}

TEST_CASE("softmax of a long float16 row sums beyond float16's range") {
  Graph g;
  const Expr x = zeros(g, {131072}, float16);
  CHECK(values_of(g, softmax(x, 0))[7] == 0x1p-17f);
}

TEST_CASE("log_softmax keeps small differences of large elements") {
  Graph g;
  const std::vector<float> y = values_of(g, log_softmax(row(g, {16777216, 16777216}), 0));
  CHECK(y[0] == std::log(0.5f));
}

TEST_CASE("logsumexp of infinite elements and of none") {
  Graph g;
  CHECK(values_of(g, logsumexp(row(g, {1, infinity}))) == std::vector<float>{infinity});
  CHECK(values_of(g, logsumexp(row(g, {-infinity, -infinity}))) == std::vector<float>{-infinity});
  CHECK(values_of(g, logsumexp(zeros(g, {0}))) == std::vector<float>{-infinity});
  CHECK(values_of(g, logsumexp(row(g, {500, -500}), 0, true)) == std::vector<float>{500});
}

TEST_CASE("var and std count one less, and give NaN where nothing is left") {
  Graph g;
  const Expr x = row(g, {1, 2, 3, 4});
  CHECK(values_of(g, var(x)) == std::vector<float>{static_cast<float>(5.0 / 3)});
  CHECK(values_of(g, var(x, 0, 0)) == std::vector<float>{1.25f});
  CHECK(values_of(g, accrue::std(x, 0, 0)) == std::vector<float>{std::sqrt(1.25f)});
  CHECK(std::isnan(values_of(g, var(row(g, {5})))[0]));
  CHECK(std::isnan(values_of(g, var(row(g, {5}), 0, 7))[0]));
}

TEST_CASE("select, flip and stack pick the elements they name") {
  Graph g;
  const Expr x = reshape(arange(g, 0, 6), {2, 3});
  CHECK(values_of(g, select(x, 1, -1)) == std::vector<float>{2, 5});
  CHECK(values_of(g, flip(x)) == std::vector<float>{5, 4, 3, 2, 1, 0});
  CHECK(values_of(g, stack({select(x, 0, 1), select(x, 0, 0)}, 1)) == std::vector<float>{3, 0, 4, 1, 5, 2});
  CHECK(values_of(g, matmul(x, select(x, 0, 0))) == std::vector<float>{5, 14});
  CHECK(values_of(g, arange(g, 0.5, 3.5, 1, int32)) == std::vector<float>{0, 1, 2});
}
