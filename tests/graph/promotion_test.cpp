// Which dtype operands meet in, and what a number becomes there.
#include <array>
#include <map>

#include "accrue/ops.hpp"
#include "graph/element_types.h"
#include "graph/promote.h"
#include "tests/graph/listing.h"
#include "tests/support/catch.h"

using namespace accrue;

namespace {

std::string promoted(DType a, DType b) {
  Promotion promotion;
  promotion.meet(a);
  promotion.meet(b);
  const std::optional<DType> dtype = promotion.dtype();
  return dtype ? std::string(to_string(*dtype)) : "-";
}

const Literal number = 1, real_number = 1.0, truth = true;

std::string with_number(DType tensor, const Literal& literal) {
  Promotion promotion;
  promotion.meet(literal.category);
  promotion.meet(tensor);
  return std::string(to_string(*promotion.dtype()));
}

}  // namespace

TEST_CASE("two tensors promote as the table says, in either order") {
  // Rows and columns in the order of DType; f16 bf16 f32 f64 at the end. "-" is no common dtype.
  const char* const table[dtype_count] = {
      "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 bfloat16 float32 float64",
      "int8 int8 int16 int32 int64 int16 int32 int64 - float16 bfloat16 float32 float64",
      "int16 int16 int16 int32 int64 int16 int32 int64 - float16 bfloat16 float32 float64",
      "int32 int32 int32 int32 int64 int32 int32 int64 - float16 bfloat16 float32 float64",
      "int64 int64 int64 int64 int64 int64 int64 int64 - float16 bfloat16 float32 float64",
      "uint8 int16 int16 int32 int64 uint8 uint16 uint32 uint64 float16 bfloat16 float32 float64",
      "uint16 int32 int32 int32 int64 uint16 uint16 uint32 uint64 float16 bfloat16 float32 float64",
      "uint32 int64 int64 int64 int64 uint32 uint32 uint32 uint64 float16 bfloat16 float32 float64",
      "uint64 - - - - uint64 uint64 uint64 uint64 float16 bfloat16 float32 float64",
      "float16 float16 float16 float16 float16 float16 float16 float16 float16 float16 float32 float32 "
      "float64",
      "bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 bfloat16 float32 bfloat16 "
      "float32 float64",
      "float32 float32 float32 float32 float32 float32 float32 float32 float32 float32 float32 float32 "
      "float64",
      "float64 float64 float64 float64 float64 float64 float64 float64 float64 float64 float64 float64 "
      "float64"};
  for (int a = 0; a < dtype_count; ++a) {
    std::string row;
    for (int b = 0; b < dtype_count; ++b) {
      row += (b > 0 ? " " : "") + promoted(static_cast<DType>(a), static_cast<DType>(b));
      CHECK(promoted(static_cast<DType>(a), static_cast<DType>(b)) ==
            promoted(static_cast<DType>(b), static_cast<DType>(a)));
    }
    CHECK(row == table[a]);
  }
}

TEST_CASE("several tensors promote alike in any order") {
  std::array<DType, 3> dtypes{uint64, int8, float32};
  std::sort(dtypes.begin(), dtypes.end());
  do {
    Promotion promotion;
    for (DType dtype : dtypes) promotion.meet(dtype);
    CHECK(promotion.dtype() == float32);
  } while (std::next_permutation(dtypes.begin(), dtypes.end()));
}

TEST_CASE("a number takes the tensor's dtype unless its category is higher") {
  CHECK(with_number(boolean, truth) == "bool");
  CHECK(with_number(boolean, number) == "int64");
  CHECK(with_number(boolean, real_number) == "float32");
  for (DType dtype : {int8, int32, uint8, uint64}) {
    CHECK(with_number(dtype, truth) == to_string(dtype));
    CHECK(with_number(dtype, number) == to_string(dtype));
    CHECK(with_number(dtype, real_number) == "float32");
  }
  for (DType dtype : {float16, bfloat16, float32, float64})
    for (const Literal& literal : {truth, number, real_number})
      CHECK(with_number(dtype, literal) == to_string(dtype));
}

TEST_CASE("operations: the dtype of the result") {
  Graph g;
  const Expr b = g.input("b", boolean, {2}), i = g.input("i", int32, {2}), u = g.input("u", uint8, {2}),
             h = g.input("h", float16, {2}), f = g.input("f", float32, {2}), d = g.input("d", float64, {});
  CHECK(type_of(i + 1) == "int32[2]");
  CHECK(type_of(i + 1.5) == "float32[2]");
  CHECK(type_of(b + 1) == "int64[2]");
  CHECK(type_of(b + b) == "bool[2]");
  CHECK(type_of(b & true) == "bool[2]");
  CHECK(type_of(i + u) == "int32[2]");
  CHECK(type_of(f + d) == "float64[2]");  // a 0-d tensor promotes like any other
  CHECK(type_of(h + i) == "float16[2]");
  CHECK(type_of(i / i) == "float32[2]");
  CHECK(type_of(h / i) == "float16[2]");
  CHECK(type_of(b / 2) == "float32[2]");
  CHECK(type_of(exp(u)) == "float32[2]");
  CHECK(type_of(floor(i)) == "int32[2]");
  CHECK(type_of(i < 2.5) == "bool[2]");
  CHECK(type_of(isnan(i)) == "bool[2]");
  CHECK(type_of(logical_and(i, f)) == "bool[2]");
  CHECK(type_of(where(b, 1, 2.5)) == "float32[2]");
  CHECK(type_of(where(b, 1, 2)) == "int64[2]");
  CHECK(type_of(where(b, true, false)) == "bool[2]");
  CHECK(type_of(where(b, 0, h)) == "float16[2]");
  CHECK(type_of(clamp(i, 0, 1.5)) == "float32[2]");
  CHECK(type_of(2 - f) == "float32[2]");
  CHECK(type_of(pow(i, 2)) == "int32[2]");
  CHECK(type_of(concat({i, f})) == "float32[4]");
  CHECK(type_of(stack({u, g.input("v", int8, {2})})) == "int16[2, 2]");
}

TEST_CASE("sums widen, maxima do not, means are real") {
  Graph g;
  const std::map<DType, std::string> widened{{boolean, "int64"}, {int8, "int64"},      {uint32, "int64"},
                                             {uint64, "uint64"}, {float16, "float16"}, {float64, "float64"}};
  for (const auto& [dtype, expected] : widened) {
    const Expr x = g.input("x_" + std::string(to_string(dtype)), dtype, {2, 3});
    CHECK(type_of(cumsum(x, 1)) == expected + "[2, 3]");
    CHECK(type_of(cumprod(x, 0)) == expected + "[2, 3]");
    CHECK(type_of(sum(x)) == expected);
    CHECK(type_of(prod(x, 1)) == expected + "[2]");
    CHECK(type_of(cummax(x, 1)) == std::string(to_string(dtype)) + "[2, 3]");
    CHECK(type_of(min(x)) == to_string(dtype));
    CHECK(type_of(mean(x)) == to_string(real_dtype(dtype)));
    CHECK(type_of(any(x, 0)) == "bool[3]");
    CHECK(type_of(argmax(x)) == "int64");
    CHECK(type_of(softmax(x, 1)) == std::string(to_string(real_dtype(dtype))) + "[2, 3]");
    CHECK(type_of(var(x)) == to_string(real_dtype(dtype)));
  }
}

TEST_CASE("a number is rounded once to its dtype") {
  const auto bits = [](const Literal& value, DType dtype) { return storage_bits("test", value, dtype, {}); };
  CHECK(bits(1, float32) == 0x3f800000);
  CHECK(bits(0.1, float32) == 0x3dcccccd);
  CHECK(bits(-1, int8) == 0xff);
  CHECK(bits(-1, int64) == ~std::uint64_t{0});
  CHECK(bits(~std::uint64_t{0}, uint64) == ~std::uint64_t{0});
  CHECK(bits(~std::uint64_t{0}, float32) == 0x5f800000);
  CHECK(bits(-1, float16) == 0xbc00);
  CHECK(bits(65519, float16) == 0x7bff);  // the largest integer that does not round to infinity
  CHECK(bits(1.5, int32) == 1);
  CHECK(bits(2.5, boolean) == 1);
  CHECK(bits(true, float64) == 0x3ff0000000000000);
  CHECK(bits(-0.0, float32) == 0x80000000);
  // 2^24 + 1 is the middle of two float32s, and a tie goes to even; what lies above it goes up.
  CHECK(bits(0x1000001.0p0, float32) == 0x4b800000);
  CHECK(bits(0x1000001.0000001p0, float32) == 0x4b800001);
  // 2^53 + 2^45 + 1 lies above the middle of two bfloat16s: rounded to float64 first, it would lie on it.
  CHECK(bits((std::int64_t{1} << 53) + (std::int64_t{1} << 45) + 1, bfloat16) == 0x5a01);
}

TEST_CASE("integers at the bounds of each dtype fit, and those beyond do not") {
  struct Range {
    DType dtype;
    std::int64_t lowest;
    std::uint64_t highest;
  };
  for (const Range& r : {Range{int8, -128, 127},
                         {int16, -32768, 32767},
                         {int32, -2147483648, 2147483647},
                         {uint8, 0, 255},
                         {uint16, 0, 65535},
                         {uint32, 0, 4294967295},
                         {boolean, 0, 1},
                         {float16, -65519, 65519}}) {
    CHECK_NOTHROW(storage_bits("test", r.lowest, r.dtype, {}));
    CHECK_NOTHROW(storage_bits("test", r.highest, r.dtype, {}));
    CHECK_THROWS_AS(storage_bits("test", r.lowest - 1, r.dtype, {}), Error);
    CHECK_THROWS_AS(storage_bits("test", r.highest + 1, r.dtype, {}), Error);
  }
  CHECK_NOTHROW(storage_bits("test", std::numeric_limits<std::int64_t>::min(), int64, {}));
  CHECK_THROWS_AS(storage_bits("test", std::uint64_t{1} << 63, int64, {}), Error);
  CHECK_NOTHROW(storage_bits("test", ~std::uint64_t{0}, uint64, {}));
  CHECK_THROWS_AS(storage_bits("test", -1, uint64, {}), Error);
}

TEST_CASE("casts stand where an operand's dtype differs, and nowhere else") {
  Graph g;
  const Expr i = g.input("i", int32, {2}), f = g.input("f", float32, {2});
  i / f;
  exp(i);
  CHECK(listing(g) ==
        "%0 int32[2] input(i)\n"
        "%1 float32[2] input(f)\n"
        "%2 float32[2] cast(%0)\n"
        "%3 float32[2] div(%2, %1)\n"
        "%4 float32[2] exp(%2)\n");
}
