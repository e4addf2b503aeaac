// Scalar functions: values known from Python, NumPy or exact arithmetic, and the dtypes of results.
#include <cmath>
#include <limits>

#include "accrue/ops.hpp"
#include "tests/support/catch.h"
#include "tests/support/check.h"

namespace accrue::test {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

using Unary = Expr (*)(Operand);
using Binary = Expr (*)(Operand, Operand);
Build of(Unary f) {
  return [=](const std::vector<Expr>& x) { return f(x[0]); };
}
Build of(Binary f) {
  return [=](const std::vector<Expr>& x) { return f(x[0], x[1]); };
}

}  // namespace

TEST_CASE("// and % are Python's") {
  const Array a = values(int32, {7, -7, 7, -7, 7, 0}), b = values(int32, {2, 2, -2, -2, 0, 0});
  check_value({a, b}, of(floor_divide), values(int32, {3, -4, -4, 3, 0, 0}));
  check_value({a, b}, of(remainder), values(int32, {1, 1, -1, -1, 0, 0}));
  check_value({values(int8, {-128, -128}), values(int8, {-1, 0})}, of(floor_divide), values(int8, {-128, 0}));
  check_value({values(int64, {-0x1p63}), values(int64, {-1})}, of(floor_divide), values(int64, {-0x1p63}));
  check_value({values(int64, {-0x1p63}), values(int64, {-1})}, of(remainder), values(int64, {0}));
  check_value({values(uint8, {200}), values(uint8, {7})}, of(remainder), values(uint8, {4}));

  const Array x = values(float64, {1, 7, -7, 7, -7, 1, -1, 0, 5, -0.0});
  const Array y = values(float64, {0.1, 2, 2, -2, -2, 0, 0, 0, inf, 3});
  check_value({x, y}, of(floor_divide), values(float64, {9, 3, -4, -4, 3, inf, -inf, nan, 0, -0.0}));
  check_value({x, y}, of(remainder),
              values(float64, {0.09999999999999995, 1, 1, -1, -1, nan, nan, nan, 5, 0.0}));
  check_value({values(float64, {-1, 4}), values(float64, {inf, -2})}, of(floor_divide),
              values(float64, {-1, -2}));
  check_value({values(float64, {-1, 4}), values(float64, {inf, -2})}, of(remainder),
              values(float64, {inf, -0.0}));
}

TEST_CASE("pow of integers is exact modulo 2^k; a negative exponent keeps 1 and -1 only") {
  check_value({values(int8, {3, 2, -2, 0}), values(int8, {5, 7, 7, 0})}, of(pow),
              values(int8, {-13, -128, -128, 1}));
  check_value({values(int32, {1, -1, -1, 2, 0}), values(int32, {-3, -3, -4, -1, -1})}, of(pow),
              values(int32, {1, -1, 1, 0, 0}));
  check_value({values(uint64, {3}), values(uint64, {40})}, of(pow),
              to_array(Tensor::copy_of<std::uint64_t>({12157665459056928801u}, {1})));
}

TEST_CASE("shifts by a negative amount, or the width or more") {
  const Array by = values(int8, {1, 7, 8, -1, 100});
  check_value({values(int8, {3, 3, 3, 3, 3}), by}, of(bitwise_left_shift), values(int8, {6, -128, 0, 0, 0}));
  check_value({values(int8, {-3, -3, -3, -3, -3}), by}, of(bitwise_right_shift),
              values(int8, {-2, -1, -1, -1, -1}));
  check_value({values(int8, {3, 127, 3, 3, 3}), by}, of(bitwise_right_shift), values(int8, {1, 0, 0, 0, 0}));
  check_value({values(uint64, {1, 1}), values(uint64, {63, 64})}, of(bitwise_left_shift),
              values(uint64, {0x1p63, 0}));
}

TEST_CASE("maximum, minimum, relu, clamp: NaN stays, -0 is less than +0") {
  const Array a = values(float32, {1, nan, 1, -0.0, 0.0, inf}),
              b = values(float32, {2, 1, nan, 0.0, -0.0, -inf});
  check_value({a, b}, of(maximum), values(float32, {2, nan, nan, 0.0, 0.0, inf}));
  check_value({a, b}, of(minimum), values(float32, {1, nan, nan, -0.0, -0.0, -inf}));
  check_value({values(float16, {-0.0, nan, -1, 2})}, of(relu), values(float16, {0.0, nan, 0, 2}));
  check_value({values(int8, {-128, 5})}, of(relu), values(int8, {0, 5}));
  const auto clamp_1_to_0 = [](const std::vector<Expr>& x) { return clamp(x[0], 1, 0); };
  check_value({values(int32, {-5, 5})}, clamp_1_to_0, values(int32, {0, 0}));
  const auto from_0 = [](const std::vector<Expr>& x) { return clamp(x[0], 0); };
  check_value({values(float32, {-0.0, nan, -1, 1})}, from_0, values(float32, {0.0, nan, 0, 1}));
}

TEST_CASE("bools: + and * and the extremes are or and and") {
  const Array a = values(boolean, {0, 0, 1, 1}), b = values(boolean, {0, 1, 0, 1});
  check_value({a, b}, of(add), values(boolean, {0, 1, 1, 1}));
  check_value({a, b}, of(mul), values(boolean, {0, 0, 0, 1}));
  check_value({a, b}, of(maximum), values(boolean, {0, 1, 1, 1}));
  check_value({a, b}, of(minimum), values(boolean, {0, 0, 0, 1}));
  check_value({a, b}, of(bitwise_xor), values(boolean, {0, 1, 1, 0}));
  check_value({a}, of(bitwise_not), values(boolean, {1, 1, 0, 0}));
}

TEST_CASE("integers wrap") {
  check_value({values(int8, {127}), values(int8, {1})}, of(add), values(int8, {-128}));
  check_value({values(uint16, {0}), values(uint16, {1})}, of(sub), values(uint16, {65535}));
  check_value({values(int16, {300}), values(int16, {300})}, of(mul), values(int16, {24464}));
  check_value({values(int64, {-0x1p63})}, of(neg), values(int64, {-0x1p63}));
  check_value({values(int8, {-128})}, of(abs), values(int8, {-128}));
  check_value({values(uint32, {1})}, of(neg), values(uint32, {4294967295}));
  check_value({values(int8, {16})}, of(square), values(int8, {0}));
}

TEST_CASE("rounding functions keep integers; round is half to even") {
  const Array x = values(float32, {0.5, 1.5, 2.5, -0.5, -1.5, 1.2, -1.2, inf, nan});
  check_value({x}, of(round), values(float32, {0, 2, 2, -0.0, -2, 1, -1, inf, nan}));
  check_value({x}, of(floor), values(float32, {0, 1, 2, -1, -2, 1, -2, inf, nan}));
  check_value({x}, of(ceil), values(float32, {1, 2, 3, -0.0, -1, 2, -1, inf, nan}));
  check_value({x}, of(trunc), values(float32, {0, 1, 2, -0.0, -1, 1, -1, inf, nan}));
  check_value({values(int8, {-7})}, of(floor), values(int8, {-7}));
  check_value({values(float32, {-2, -0.0, 0, 3, nan})}, of(sign), values(float32, {-1, -0.0, 0, 1, nan}));
  check_value({values(uint8, {0, 9})}, of(sign), values(uint8, {0, 1}));
}

TEST_CASE("functions of real numbers give float32 for integers and bools") {
  check_value({values(int32, {1, 7}), values(int32, {2, -2})}, of(div), values(float32, {0.5, -3.5}));
  check_value({values(boolean, {0, 1})}, of(sqrt), values(float32, {0, 1}));
  check_value({values(uint8, {4, 0})}, of(reciprocal), values(float32, {0.25, inf}));
  check_value({values(float16, {4, -1})}, of(sqrt), values(float16, {2, nan}));
  check_value({values(float64, {2})}, of(sqrt), values(float64, {1.4142135623730951}));
  check_value({values(float32, {4, 0, -1})}, of(rsqrt), values(float32, {0.5, inf, nan}));
}

TEST_CASE("functions that are not exactly rounded, against float64") {
  struct Known {
    Unary function;
    double x, y;
  };
  const std::vector<Known> known = {
      {exp, 1, 2.718281828459045},      {expm1, 1e-10, 1.00000000005e-10}, {log, 10, 2.302585092994046},
      {log1p, 1e-10, 9.9999999995e-11}, {log2, 10, 3.321928094887362},     {sin, 1, 0.8414709848078965},
      {cos, 1, 0.5403023058681398},     {tan, 1, 1.5574077246549023},      {tanh, 0.5, 0.46211715726000973},
      {sigmoid, 1, 0.7310585786300049}, {erf, 0.5, 0.5204998778130465},
  };
  for (const Known& k : known) {
    INFO("f(" << k.x << ") = " << k.y);
    check_value({values(float64, {k.x})}, of(k.function), values(float64, {k.y}), {.relative = 1e-15});
    check_value({values(float32, {k.x})}, of(k.function), values(float32, {k.y}), {.relative = 4e-7});
  }
  check_value({values(float32, {1}), values(float32, {-1})}, of(atan2), values(float32, {2.356194490192345}),
              {.relative = 2e-7});
}

TEST_CASE("comparisons, logic and tests of floats give bool") {
  const Array a = values(float32, {1, nan, -0.0}), b = values(float32, {1, nan, 0.0});
  check_value({a, b}, of(eq), values(boolean, {1, 0, 1}));
  check_value({a, b}, of(ne), values(boolean, {0, 1, 0}));
  check_value({a, b}, of(ge), values(boolean, {1, 0, 1}));
  check_value({a, b}, of(lt), values(boolean, {0, 0, 0}));
  check_value({a, b}, of(logical_and), values(boolean, {1, 1, 0}));
  check_value({a, b}, of(logical_xor), values(boolean, {0, 0, 0}));
  const Array x = values(float16, {1, nan, inf, -inf});
  check_value({x}, of(isnan), values(boolean, {0, 1, 0, 0}));
  check_value({x}, of(isinf), values(boolean, {0, 0, 1, 1}));
  check_value({x}, of(isfinite), values(boolean, {1, 0, 0, 0}));
  check_value({values(int8, {0, -1})}, of(isfinite), values(boolean, {1, 1}));
  check_value({values(int64, {0, 0x1p32})}, of(logical_not), values(boolean, {1, 0}));
}

TEST_CASE("where takes a bool condition and broadcasts") {
  const auto build = [](const std::vector<Expr>& x) { return where(x[0], x[1], x[2]); };
  check_value({values(boolean, {2, 1}, {1, 0}), values(int8, {1, 2}), values(int32, Shape{}, {9})}, build,
              values(int32, {2, 2}, {1, 2, 9, 9}));
}

TEST_CASE("operands promote") {
  const auto promoted = [](DType a, DType b, DType expected) {
    check_value({values(a, {1}), values(b, {1})}, of(mul), values(expected, {1}));
  };
  promoted(boolean, int8, int8);
  promoted(int8, uint8, int16);
  promoted(int16, uint8, int16);
  promoted(uint32, int8, int64);
  promoted(uint8, uint32, uint32);
  promoted(int64, float16, float16);
  promoted(uint64, bfloat16, bfloat16);
  promoted(float16, bfloat16, float32);
  promoted(float32, float64, float64);
}

TEST_CASE("numbers of the program are weak") {
  const auto times = [](auto number) { return [=](const std::vector<Expr>& x) { return x[0] * number; }; };
  check_value({values(int8, {3})}, times(2), values(int8, {6}));
  check_value({values(int32, {3})}, times(1.5), values(float32, {4.5}));
  check_value({values(float16, {3})}, times(1.5), values(float16, {4.5}));
  check_value({values(boolean, {1})}, times(2), values(int64, {2}));
  check_value({values(float32, {1})}, times(0.1), values(float32, {0.1}));
}

TEST_CASE("16-bit floats round once per operation") {
  // 2048 + 1 is a tie that goes to 2048; twice gives 2048 again, where float32 throughout would give 2050.
  check_value(
      {values(float16, {2048}), values(float16, {1})},
      [](const std::vector<Expr>& x) { return x[0] + x[1] + x[1]; }, values(float16, {2048}));
  check_value(
      {values(bfloat16, {256}), values(bfloat16, {1})},
      [](const std::vector<Expr>& x) { return x[0] + x[1] + x[1]; }, values(bfloat16, {256}));
}

}  // namespace accrue::test
