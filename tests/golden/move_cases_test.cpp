// Views, joins, sources and matmul.
#include <limits>

#include "accrue/ops.hpp"
#include "tests/support/catch.h"
#include "tests/support/check.h"

namespace accrue::test {
namespace {

using Inputs = std::vector<Expr>;

Array counting(DType dtype, const Shape& shape) {
  std::vector<double> numbers(static_cast<std::size_t>(elements(shape)));
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<double>(i);
  return values(dtype, shape, numbers);
}

}  // namespace

TEST_CASE("reshape, permute, transpose, squeeze, unsqueeze") {
  const Array x = counting(int32, {2, 3});
  check_value(
      {x},
      [](const Inputs& e) {
        return reshape(e[0], {3, -1});
      },
      counting(int32, {3, 2}));
  check_value(
      {counting(int32, {4, 1, 3, 4, 1})},
      [](const Inputs& e) {
        return reshape(e[0], {2, 24});
      },
      counting(int32, {2, 24}));
  check_value(
      {counting(int32, {2, 0, 6})},
      [](const Inputs& e) {
        return sum(reshape(cumsum(e[0], 1), {3, 0, 4}), 1);
      },
      values(int64, {3, 4}, std::vector<double>(12, 0)));
  check_value(
      {x},
      [](const Inputs& e) {
        return e[0] + reshape(arange(Graph(e[0].arena()), 4, 10, 1, int32), {2, 3});
      },
      values(int32, {2, 3}, {4, 6, 8, 10, 12, 14}));
  check_value(
      {x}, [](const Inputs& e) { return transpose(e[0], 0, 1); }, values(int32, {3, 2}, {0, 3, 1, 4, 2, 5}));
  check_value(
      {counting(float16, {1, 2, 3})},
      [](const Inputs& e) {
        return permute(e[0], {2, 0, 1});
      },
      values(float16, {3, 1, 2}, {0, 3, 1, 4, 2, 5}));
  check_value(
      {counting(int8, {1, 3, 1})}, [](const Inputs& e) { return squeeze(e[0]); }, counting(int8, {3}));
  check_value(
      {counting(int8, {3})}, [](const Inputs& e) { return unsqueeze(e[0], -1); }, counting(int8, {3, 1}));
}

TEST_CASE("slices, negative steps included; flip; select") {
  const Array x = counting(float32, {8});
  check_value(
      {x}, [](const Inputs& e) { return slice(e[0], 0, {.start = 1, .step = 2}); },
      values(float32, {1, 3, 5, 7}));
  check_value(
      {x}, [](const Inputs& e) { return slice(e[0], 0, {.step = -3}); }, values(float32, {7, 4, 1}));
  check_value(
      {x}, [](const Inputs& e) { return slice(e[0], 0, {.start = -2}); }, values(float32, {6, 7}));
  check_value(
      {x}, [](const Inputs& e) { return slice(e[0], 0, {.start = 5, .stop = 2}); },
      values(float32, Shape{0}, {}));
  check_value(
      {x}, [](const Inputs& e) { return slice(e[0], 0, {.start = 99, .step = -1}); },
      values(float32, {7, 6, 5, 4, 3, 2, 1, 0}));
  const Array m = counting(int16, {2, 3});
  check_value(
      {m}, [](const Inputs& e) { return flip(e[0]); }, values(int16, {2, 3}, {5, 4, 3, 2, 1, 0}));
  check_value(
      {m}, [](const Inputs& e) { return flip(e[0], 1); }, values(int16, {2, 3}, {2, 1, 0, 5, 4, 3}));
  check_value(
      {m}, [](const Inputs& e) { return select(e[0], 1, -1); }, values(int16, {2, 5}));
  check_value(
      {m},
      [](const Inputs& e) {
        return slice(flip(e[0], 0), {{.start = 1}, {.step = 2}});
      },
      values(int16, {1, 2}, {0, 2}));
}

TEST_CASE("scans of views") {
  const auto scan = [](const Expr& e, std::int64_t dim) { return cumsum(e, dim, {.dtype = float32}); };
  check_value(
      {counting(float32, {8})},
      [=](const Inputs& e) { return scan(slice(e[0], 0, {.start = 1, .step = 2}), 0); },
      values(float32, {1, 4, 9, 16}));
  check_value(
      {values(float32, {1, 2, 3})}, [=](const Inputs& e) { return scan(flip(e[0]), 0); },
      values(float32, {3, 5, 6}));
  check_value(
      {values(float32, {1, 2})},
      [=](const Inputs& e) {
        return scan(broadcast_to(e[0], {3, 2}), 0);
      },
      values(float32, {3, 2}, {1, 2, 2, 4, 3, 6}));
  check_value(
      {counting(float32, {1, 6})}, [=](const Inputs& e) { return scan(slice(e[0], 1, {.start = 3}), 0); },
      values(float32, {1, 3}, {3, 4, 5}));
}

TEST_CASE("broadcast_to") {
  check_value(
      {values(int32, {2, 1}, {1, 2})},
      [](const Inputs& e) {
        return broadcast_to(e[0], {2, 2, 3});
      },
      values(int32, {2, 2, 3}, {1, 1, 1, 2, 2, 2, 1, 1, 1, 2, 2, 2}));
  check_value(
      {values(int32, {1}, {1})}, [](const Inputs& e) { return broadcast_to(e[0], {0}); },
      values(int32, Shape{0}, {}));
}

TEST_CASE("concat and stack promote") {
  const Array a = values(int8, {2, 1}, {1, 2}), b = values(float32, {2, 2}, {3, 4, 5, 6});
  check_value(
      {a, b},
      [](const Inputs& e) {
        return concat({e[0], e[1]}, 1);
      },
      values(float32, {2, 3}, {1, 3, 4, 2, 5, 6}));
  check_value(
      {a, a},
      [](const Inputs& e) {
        return concat({e[0], e[1], e[0]}, 0);
      },
      values(int8, {6, 1}, {1, 2, 1, 2, 1, 2}));
  check_value(
      {values(int8, {0, 2}, {}), values(int8, {1, 2}, {1, 2})},
      [](const Inputs& e) {
        return concat({e[0], e[1]}, 0);
      },
      values(int8, {1, 2}, {1, 2}));
  check_value(
      {values(int8, {1, 2}), values(int8, {3, 4})},
      [](const Inputs& e) {
        return stack({e[0], e[1]}, -1);
      },
      values(int8, {2, 2}, {1, 3, 2, 4}));
}

TEST_CASE("arange and full") {
  const Array none = values(float32, Shape{}, {0});  // gives the graph its handle
  const auto graph_of = [](const Inputs& e) { return Graph(e[0].arena()); };
  check_value(
      {none}, [=](const Inputs& e) { return arange(graph_of(e), 2, 9, 3); }, values(int64, {2, 5, 8}));
  check_value(
      {none}, [=](const Inputs& e) { return arange(graph_of(e), 5, 0, -2); }, values(int64, {5, 3, 1}));
  check_value(
      {none}, [=](const Inputs& e) { return arange(graph_of(e), 0, 1, 0.25); },
      values(float32, {0, 0.25, 0.5, 0.75}));
  check_value(
      {none}, [=](const Inputs& e) { return arange(graph_of(e), 0, 1, 0.1, float64); },
      values(float64, {0, 0.1, 0.2, 3 * 0.1, 0.4, 0.5, 6 * 0.1, 7 * 0.1, 0.8, 0.9}));
  check_value(
      {none}, [=](const Inputs& e) { return arange(graph_of(e), 0, 3, 1, uint8); }, values(uint8, {0, 1, 2}));
  check_value(
      {none}, [=](const Inputs& e) { return arange(graph_of(e), 3, 3); }, values(int64, Shape{0}, {}));
  check_value(
      {none}, [=](const Inputs& e) { return full(graph_of(e), {2}, 0.1); }, values(float32, {0.1, 0.1}));
  check_value(
      {none}, [=](const Inputs& e) { return full(graph_of(e), {2}, true); }, values(boolean, {1, 1}));
}

TEST_CASE("matmul: batches broadcast, 1-d operands are a row and a column") {
  const Array a = values(int32, {2, 3}, {1, 2, 3, 4, 5, 6}), b = values(int32, {3, 2}, {1, 0, 0, 1, 1, 1});
  const Build product = [](const Inputs& e) { return matmul(e[0], e[1]); };
  check_value({a, b}, product, values(int32, {2, 2}, {4, 5, 10, 11}));
  check_value({values(float32, {1, 2, 3}), values(float32, {4, 5, 6})}, product,
              values(float32, Shape{}, {32}));
  check_value({values(float64, {1, 2}), values(float64, {2, 1}, {3, 4})}, product, values(float64, {11}));
  check_value({values(float32, {2, 2}, {1, 2, 3, 4}), values(float32, {1, 1})}, product,
              values(float32, {3, 7}));
  check_value({values(int64, {2, 1, 2}, {1, 2, 3, 4}), values(int64, {2, 1}, {1, 1})}, product,
              values(int64, {2, 1, 1}, {3, 7}));
  check_value({values(float32, {2, 0}, {}), values(float32, {0, 2}, {})}, product,
              values(float32, {2, 2}, {0, 0, 0, 0}));
  check_value({values(uint8, {16}), values(uint8, {16})}, product, values(uint8, Shape{}, {0}));
  check_value({values(bfloat16, {256, 1}), values(bfloat16, {1, 1})}, product,
              values(bfloat16, Shape{}, {256}));
}

TEST_CASE("softmax and its relatives") {
  const Array x = values(float64, {0, 0, 0, 0});
  check_value(
      {x}, [](const Inputs& e) { return softmax(e[0], 0); }, values(float64, {.25, .25, .25, .25}));
  check_value({x}, [](const Inputs& e) { return log_softmax(e[0], 0); },
              values(float64, std::vector<double>(4, -1.3862943611198906)), {.relative = 1e-15});
  check_value({values(float32, {1000, 1000})}, [](const Inputs& e) { return logsumexp(e[0]); },
              values(float32, Shape{}, {1000.6931471805599}), {.relative = 1e-6});
}

}  // namespace accrue::test
