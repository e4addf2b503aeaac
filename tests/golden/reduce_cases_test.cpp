// Reductions: values, dtypes, several dims, no elements.
#include <limits>

#include "accrue/ops.hpp"
#include "tests/support/catch.h"
#include "tests/support/check.h"

namespace accrue::test {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

using Reduce = Expr (*)(Operand, const DimList&, const ReduceOptions&);
Build of(Reduce reduce, const DimList& dims = all_dims, const ReduceOptions& options = {}) {
  return [=](const std::vector<Expr>& x) { return reduce(x[0], dims, options); };
}

const Shape scalar_shape{};

}  // namespace

TEST_CASE("sum, prod and mean follow the dtypes of scans; mean of integers is float32") {
  check_value({values(uint8, {200, 100})}, of(sum), values(int64, scalar_shape, {300}));
  check_value({values(uint64, {3, 4})}, of(prod), values(uint64, scalar_shape, {12}));
  check_value({values(int8, {100, 100})}, of(sum, all_dims, {.dtype = int8}),
              values(int8, scalar_shape, {-56}));
  check_value({values(float32, {1.5, 2.5})}, of(sum, all_dims, {.dtype = int32}),
              values(int32, scalar_shape, {3}));
  check_value({values(int32, {1, 2})}, of(mean), values(float32, scalar_shape, {1.5}));
  check_value({values(boolean, {1, 0, 0, 0})}, of(mean), values(float32, scalar_shape, {0.25}));
  check_value({values(float16, {65504, 65504})}, of(mean), values(float16, scalar_shape, {65504}));
  check_value({values(float32, {1, 1, 2})}, of(mean, all_dims, {.dtype = float64}),
              values(float64, scalar_shape, {4.0 / 3.0}));
}

TEST_CASE("dims: one, several, none left, keepdim") {
  const Array x = values(int32, {2, 3}, {1, 2, 3, 4, 5, 6});
  check_value({x}, of(sum, 0), values(int64, {5, 7, 9}));
  check_value({x}, of(sum, -1), values(int64, {6, 15}));
  check_value({x}, of(sum, 1, {.keepdim = true}), values(int64, {2, 1}, {6, 15}));
  check_value({x}, of(max, all_dims, {.keepdim = true}), values(int32, {1, 1}, {6}));
  const Array cube = values(float32, {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  check_value({cube}, of(sum, {0, 2}), values(float32, {14, 22}));
  check_value({cube}, of(sum, {2, 0}), values(float32, {14, 22}));
  check_value({values(float32, scalar_shape, {7})}, of(sum), values(float32, scalar_shape, {7}));
}

TEST_CASE("the row of several dims is they in ascending order, flattened row-major") {
  // Row-major it is (1 + 0) + (1e16 - 1e16); column by column the 1 would be lost.
  const Array y = values(float64, {2, 2}, {1, 0, 1e16, -1e16});
  check_value({y}, of(sum), values(float64, scalar_shape, {1}));
  check_value({y}, of(sum, {1, 0}), values(float64, scalar_shape, {1}));
}

TEST_CASE("over no elements: sum 0, prod 1, any false, all true, mean NaN") {
  const Array none = values(float32, {2, 0}, {});
  check_value({none}, of(sum, 1), values(float32, {0, 0}));
  check_value({none}, of(prod, 1), values(float32, {1, 1}));
  check_value({none}, of(mean, 1), values(float32, {nan, nan}));
  check_value({none}, of(any, 1), values(boolean, {0, 0}));
  check_value({none}, of(all, 1), values(boolean, {1, 1}));
  check_value({none}, of(max, 0), values(float32, Shape{0}, {}));
  check_value({none}, of(argmin, 0), values(int64, Shape{0}, {}));
  check_value({values(int32, {0}, {})}, of(sum), values(int64, scalar_shape, {0}));
}

TEST_CASE("max and min: NaN if one is met, -0 is less than +0") {
  check_value({values(float32, {1, nan, 2})}, of(max), values(float32, scalar_shape, {nan}));
  check_value({values(float32, {1, nan, 2})}, of(min), values(float32, scalar_shape, {nan}));
  check_value({values(float32, {-0.0, 0.0, -0.0})}, of(max), values(float32, scalar_shape, {0.0}));
  check_value({values(float32, {0.0, -0.0, 0.0})}, of(min), values(float32, scalar_shape, {-0.0}));
  check_value({values(float32, {-inf, -inf})}, of(max), values(float32, scalar_shape, {-inf}));
  check_value({values(int8, {-128, 127})}, of(min), values(int8, scalar_shape, {-128}));
  check_value({values(boolean, {0, 1})}, of(max), values(boolean, scalar_shape, {1}));
}

TEST_CASE("argmax and argmin: the first of equals, the first NaN if there is one") {
  check_value({values(float32, {1, 3, 3, 2})}, of(argmax), values(int64, scalar_shape, {1}));
  check_value({values(float32, {2, 1, 1})}, of(argmin), values(int64, scalar_shape, {1}));
  check_value({values(float32, {5, nan, 9, nan})}, of(argmax), values(int64, scalar_shape, {1}));
  check_value({values(float32, {5, nan, -9})}, of(argmin), values(int64, scalar_shape, {1}));
  check_value({values(int8, {-128, -128})}, of(argmax), values(int64, scalar_shape, {0}));
  check_value({values(float32, {-inf, -inf})}, of(argmax), values(int64, scalar_shape, {0}));
  check_value({values(boolean, {0, 1, 1})}, of(argmax), values(int64, scalar_shape, {1}));
  check_value({values(float32, {0.0, -0.0})}, of(argmin), values(int64, scalar_shape, {0}));
  check_value({values(int32, {2, 2}, {1, 2, 4, 3})}, of(argmax), values(int64, scalar_shape, {2}));
  check_value({values(int32, {2, 2}, {1, 2, 4, 3})}, of(argmax, 1, {.keepdim = true}),
              values(int64, {2, 1}, {1, 0}));
}

TEST_CASE("any and all of every dtype; NaN is not 0") {
  check_value({values(float32, {0, nan})}, of(any), values(boolean, scalar_shape, {1}));
  check_value({values(float32, {0, -0.0})}, of(any), values(boolean, scalar_shape, {0}));
  check_value({values(float16, {nan, 0x1p-24})}, of(all), values(boolean, scalar_shape, {1}));
  check_value({values(int64, {0x1p32, 1})}, of(all), values(boolean, scalar_shape, {1}));
  check_value({values(int64, {0x1p32, 0})}, of(all), values(boolean, scalar_shape, {0}));
}

TEST_CASE("var and std: correction 1") {
  const Array x = values(float64, {1, 2, 3, 4});
  const auto variance = [](std::int64_t correction) {
    return [=](const std::vector<Expr>& e) { return var(e[0], all_dims, correction); };
  };
  check_value({x}, variance(1), values(float64, scalar_shape, {5.0 / 3.0}), {.relative = 1e-15});
  check_value({x}, variance(0), values(float64, scalar_shape, {1.25}));
  check_value(
      {values(float32, {2, 2}, {1, 3, 5, 5})},
      [](const std::vector<Expr>& e) { return accrue::std(e[0], 1, 0); }, values(float32, {1, 0}));
}

}  // namespace accrue::test
