// simplify: what changes no bit, and what only looks as if it did not.
#include "tests/graph/rewriting.h"
#include "tests/support/catch.h"

namespace accrue::test {

namespace {

void becomes_x(const std::string& type, const std::string& value) {
  check_rewrite("simplify", returns("x: " + type, value), returns("x: " + type, "x"));
}
void stays(const std::string& parameters, const std::string& value) {
  check_stays("simplify", returns(parameters, value));
}

}  // namespace

TEST_CASE("simplify: numbers that change nothing") {
  for (const char* type : {"float32[40]", "float16[40]", "bfloat16[40]", "float64[40]"}) {
    becomes_x(type, "x * 1");
    becomes_x(type, "1 * x");
    becomes_x(type, "x / 1");
    becomes_x(type, "x - 0.0");
    becomes_x(type, "x + -0.0");
    becomes_x(type, "maximum(x, -inf)");
    becomes_x(type, "minimum(inf, x)");
  }
  for (const char* type : {"int8[40]", "int64[40]", "uint16[40]"}) {
    becomes_x(type, "x * 1");
    becomes_x(type, "x + 0");
    becomes_x(type, "x - 0");
    becomes_x(type, "x // 1");
    becomes_x(type, "x ** 1");
    becomes_x(type, "x | 0");
    becomes_x(type, "x ^ 0");
    becomes_x(type, "x << 0");
    becomes_x(type, "x >> 0");
  }
  becomes_x("int8[40]", "x & -1");
  becomes_x("uint8[40]", "255 & x");
  becomes_x("int8[40]", "maximum(x, -128)");
  becomes_x("uint8[40]", "minimum(x, 255)");
  becomes_x("bool[40]", "x & True");
  becomes_x("bool[40]", "x == True");
  becomes_x("bool[40]", "x != False");
  becomes_x("bool[40]", "logical_xor(False, x)");
}

TEST_CASE("simplify: x + 0.0 stays, for -0.0 + 0.0 is 0.0; and so for x - -0.0") {
  stays("x: float32[40]", "x + 0.0");
  stays("x: float32[40]", "x - -0.0");
  stays("x: float32[40]", "0.0 - x");
}

TEST_CASE("simplify: what NaN, infinities or rounding would change stays") {
  stays("x: float32[40]", "x * 0");
  stays("x: float32[40]", "x - x");
  stays("x: float32[40]", "x / x");
  stays("x: float32[40]", "x // 1");
  stays("x: float32[40]", "maximum(x, 0)");
  stays("x: float32[40]", "minimum(x, 3.0e38)");
  stays("x: float32[40]", "x == x");
}

TEST_CASE("simplify: functions that are not exactly rounded stay") { stays("x: float32[40]", "x ** 1.0"); }

TEST_CASE("simplify: a number on the side where it matters stays") {
  stays("x: int32[40]", "0 - x");
  stays("x: int32[40]", "1 // x");
  stays("x: int32[40]", "0 << x");
  stays("x: uint8[40]", "127 & x");
  stays("x: int16[40]", "maximum(x, -128)");
}

TEST_CASE("simplify: a result of another shape or dtype stays") {
  stays("x: float32[1, 4]", "x * ones((3, 1))");
  stays("x: int32[40]", "x == 1");
  check_rewrite("simplify", returns("x: int32[40]", "x / 1"), returns("x: int32[40]", "cast(x, float32)"));
}

TEST_CASE("simplify: tensors of one number count as that number") {
  becomes_x("float32[3, 4]", "x * ones((3, 4))");
  becomes_x("int32[2]", "x * constant([1, 1], dtype=int32)");
  stays("x: int32[2]", "x * constant([1, 2], dtype=int32)");
}

TEST_CASE("simplify: twice is not at all") {
  becomes_x("float32[40]", "-(-x)");
  becomes_x("int8[40]", "-(-x)");
  becomes_x("uint8[40]", "-(-x)");
  becomes_x("int32[40]", "~~x");
  becomes_x("bool[40]", "logical_not(logical_not(x))");
  check_rewrite("simplify", returns("x: float32[40]", "logical_not(logical_not(x))"),
                returns("x: float32[40]", "cast(x, bool)"));
}

TEST_CASE("simplify: twice is once") {
  for (const char* f : {"abs", "relu", "sign", "floor", "round"}) {
    const std::string once = std::string(f) + "(x)";
    check_rewrite("simplify", returns("x: float32[40]", std::string(f) + "(" + once + ")"),
                  returns("x: float32[40]", once));
  }
  check_rewrite("simplify", returns("x: float32[40]", "trunc(ceil(x))"),
                returns("x: float32[40]", "ceil(x)"));
  stays("x: float32[40]", "floor(abs(x))");
  stays("x: float32[40]", "square(square(x))");
  stays("x: int8[40]", "-abs(-x)");
}

TEST_CASE("simplify: functions that leave integers as they are") {
  becomes_x("int32[40]", "floor(x)");
  becomes_x("int32[40]", "round(x)");
  becomes_x("uint8[40]", "abs(x)");
  becomes_x("uint8[40]", "relu(x)");
  stays("x: int8[40]", "abs(x)");
}

TEST_CASE("simplify: the same operand twice") {
  becomes_x("float32[40]", "maximum(x, x)");
  becomes_x("float16[40]", "minimum(x, x)");
  becomes_x("int32[40]", "x & x");
  becomes_x("bool[40]", "logical_or(x, x)");
  stays("x: int32[40]", "x ^ x");
  stays("x: int32[40]", "logical_or(x, x)");
}

TEST_CASE("simplify: where") {
  const std::string parameters = "c: bool[4], x: float32[4], y: float32[4]";
  check_rewrite("simplify", returns(parameters, "where(c, x, x)"), returns(parameters, "x"));
  check_rewrite("simplify", returns(parameters, "where(True, x, y)"), returns(parameters, "x"));
  check_rewrite("simplify", returns(parameters, "where(False, x, y)"), returns(parameters, "y"));
  stays(parameters, "where(c, x, y)");
  stays("c: bool[3, 1], x: float32[4]", "where(c, x, x)");
}

TEST_CASE("simplify: a concat of one value") {
  becomes_x("float32[4]", "concat((x,), 0)");
  stays("x: float32[4]", "concat((x, x), 0)");
}

}  // namespace accrue::test
