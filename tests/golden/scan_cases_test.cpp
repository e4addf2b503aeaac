// Scans: the cases every backend must give (graph/README.md, "Scans"), and the order of additions.
#include <limits>
#include <string>

#include "accrue/ops.hpp"
#include "tests/support/catch.h"
#include "tests/support/check.h"

namespace accrue::test {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

Build scan_of(Expr (*scan)(Operand, std::int64_t, const ScanOptions&), const ScanOptions& options = {},
              std::int64_t dim = 0) {
  return [=](const std::vector<Expr>& x) { return scan(x[0], dim, options); };
}

struct ScanCase {
  std::string name;
  Array x;
  ScanOptions options;
  Array expected;
};

/// n elements, of which a few are not 0.
Array sparse(DType dtype, std::int64_t n, const std::vector<std::pair<std::size_t, double>>& set) {
  std::vector<double> numbers(static_cast<std::size_t>(n), 0.0);
  for (const auto& [i, x] : set) numbers[i] = x;
  return values(dtype, numbers);
}

}  // namespace

TEST_CASE("cumsum: dtypes and casts") {
  const std::vector<ScanCase> cases = {
      {"each element is converted first",
       values(float32, {1.5, 2.5, 3.5}),
       {.dtype = int32},
       values(int32, {1, 3, 6})},
      {"halves as int32",
       values(float32, {.5, .5, 1.5, -1.5}),
       {.dtype = int32},
       values(int32, {0, 0, 1, 0})},
      {"float to uint8 saturates", values(float32, {300, 1}), {.dtype = uint8}, values(uint8, {255, 0})},
      {"negative to uint8 is 0", values(float32, {-5, 300}), {.dtype = uint8}, values(uint8, {0, 255})},
      {"NaN as an integer is 0", values(float32, {nan, 1}), {.dtype = int32}, values(int32, {0, 1})},
      {"out of range as int32",
       values(float32, {3e9, 1}),
       {.dtype = int32},
       values(int32, {2147483647, -2147483648})},
      {"infinity as int64", values(float32, {inf, 1}), {.dtype = int64}, values(int64, {0x1p63, -0x1p63})},
      {"uint8 widens", values(uint8, {200, 100, 1}), {}, values(int64, {200, 300, 301})},
      {"uint32 widens to int64",
       values(uint32, {4294967295, 1}),
       {},
       values(int64, {4294967295, 4294967296})},
      {"uint64 stays", values(uint64, {1, 1}), {}, values(uint64, {1, 2})},
      {"bool counts", values(boolean, {1, 0, 1}), {}, values(int64, {1, 1, 2})},
      {"uint8 wraps", values(uint8, {200, 100, 1}), {.dtype = uint8}, values(uint8, {200, 44, 45})},
      {"int8 wraps", values(int8, {127, 1, 1}), {.dtype = int8}, values(int8, {127, -128, -127})},
      {"int32 default", values(int32, {2147483647, 1}), {}, values(int64, {2147483647, 2147483648})},
      {"int32 wraps",
       values(int32, {2147483647, 1}),
       {.dtype = int32},
       values(int32, {2147483647, -2147483648})},
      {"float16 stays", values(float16, {1, 2, 3}), {}, values(float16, {1, 3, 6})},
  };
  for (const ScanCase& c : cases) {
    INFO(c.name);
    check_value({c.x}, scan_of(cumsum, c.options), c.expected);
  }
}

TEST_CASE("cumsum: exclusive and reverse") {
  const Array x = values(float32, {1, 2, 3, 4, 5});
  check_value({x}, scan_of(cumsum, {.exclusive = true}), values(float32, {0, 1, 3, 6, 10}));
  check_value({x}, scan_of(cumsum, {.reverse = true}), values(float32, {15, 14, 12, 9, 5}));
  check_value({x}, scan_of(cumsum, {.exclusive = true, .reverse = true}), values(float32, {14, 12, 9, 5, 0}));
  const Array m = values(int32, {2, 3}, {1, 2, 3, 4, 5, 6});
  check_value({m}, scan_of(cumsum, {.exclusive = true}, 0), values(int64, {2, 3}, {0, 0, 0, 1, 2, 3}));
  check_value({m}, scan_of(cumsum, {.reverse = true}, -1), values(int64, {2, 3}, {6, 5, 3, 15, 11, 6}));
}

TEST_CASE("cumsum: special values") {
  const std::vector<ScanCase> cases = {
      {"NaN stays", values(float32, {1, nan, 2}), {}, values(float32, {1, nan, nan})},
      {"inf - inf", values(float32, {inf, -inf, 1}), {}, values(float32, {inf, nan, nan})},
      {"-0 sums to +0", values(float32, {-0.0, -0.0}), {}, values(float32, {0.0, 0.0})},
      {"-0 as float64", values(float64, {-0.0}), {}, values(float64, {0.0})},
      {"-0 as float16", values(float16, {-0.0}), {}, values(float16, {0.0})},
      {"subnormals", values(float32, {0x1p-149, 0x1p-149}), {}, values(float32, {0x1p-149, 0x1p-148})},
      {"float16 subnormals", values(float16, {0x1p-24, 0x1p-24}), {}, values(float16, {0x1p-24, 0x1p-23})},
      {"overflow recovers", values(float32, {3e38, 3e38, -3e38}), {}, values(float32, {3e38, inf, 3e38})},
      {"cancellation", values(float32, {1e8, 1, -1e8}), {}, values(float32, {1e8, 1e8, 1})},
  };
  for (const ScanCase& c : cases) {
    INFO(c.name);
    check_value({c.x}, scan_of(cumsum, c.options), c.expected);
  }
  check_value({values(float32, {2, 2}, {nan, 1, 2, 3})}, scan_of(cumsum, {}, 1),
              values(float32, {2, 2}, {nan, nan, 2, 5}));
  check_value({values(float32, Shape{}, {-0.0})}, scan_of(cumsum), values(float32, Shape{}, {0.0}));
}

TEST_CASE("cumsum: the order of additions, float64, where left to right gives something else") {
  check_value({values(float64, {1, 1e16, -1e16})}, scan_of(cumsum), values(float64, {1, 1e16, 1}));
  check_value({values(float64, {0x1p53, 1, 1})}, scan_of(cumsum),
              values(float64, {0x1p53, 0x1p53, 0x1p53 + 2}));
  check_value({values(float64, {1e308, 1e308, -1e308})}, scan_of(cumsum),
              values(float64, {1e308, inf, 1e308}));

  const Array probe = sparse(float64, 25, {{0, 1}, {8, 1e16}, {16, -1e16}});
  std::vector<double> sums(25, 1);  // 1 again once the third leaf is complete: (1) + (1e16 + -1e16)
  for (std::size_t i = 8; i < 16; ++i) sums[i] = 1e16;
  for (std::size_t i = 16; i < 23; ++i) sums[i] = 0;
  check_value({probe}, scan_of(cumsum), values(float64, sums));
  sums.insert(sums.begin(), 0);
  sums.pop_back();
  check_value({probe}, scan_of(cumsum, {.exclusive = true}), values(float64, sums));
  check_value(
      {sparse(float64, 24, {{0, 1}, {8, 1e16}, {16, -1e16}})},
      [](const std::vector<Expr>& x) { return sum(x[0]); }, values(float64, Shape{}, {1}));
}

TEST_CASE("cumsum: accumulators") {
  check_value({values(float32, {0x1p24, 1, 1})}, scan_of(cumsum),
              values(float32, {0x1p24, 0x1p24, 0x1p24 + 2}));
  check_value(
      {values(float16, std::vector<double>(2050, 1))},
      [](const std::vector<Expr>& x) { return slice(cumsum(x[0], 0), 0, {.start = -3}); },
      values(float16, {2048, 2048, 2050}));
  check_value(
      {values(bfloat16, std::vector<double>(300, 1))},
      [](const std::vector<Expr>& x) { return slice(cumsum(x[0], 0), 0, {.start = -3}); },
      values(bfloat16, {298, 300, 300}));
  // A float32 result accumulates in float64 whatever it was made of; a bfloat16 one in float32.
  const Array wide = values(bfloat16, {0x1p30, 1, -0x1p30});
  check_value({wide}, scan_of(cumsum, {.dtype = float32}), values(float32, {0x1p30, 0x1p30, 1}));
  check_value({wide}, scan_of(cumsum), values(bfloat16, {0x1p30, 0x1p30, 0}));
}

TEST_CASE("cumsum: shapes") {
  for (const Shape& shape : {Shape{0}, Shape{2, 0}, Shape{2, 0, 3}})
    check_value({values(float32, shape, {})}, scan_of(cumsum, {}, -1), values(float32, shape, {}));
  check_value({values(int32, Shape{}, {3})}, scan_of(cumsum, {}, 0), values(int64, Shape{}, {3}));
  check_value({values(float32, Shape{}, {3})}, scan_of(cumsum, {.exclusive = true}, -1),
              values(float32, Shape{}, {0}));
  check_value({values(float32, {2, 1, 2}, {1, 2, 3, 4})}, scan_of(cumsum, {}, 1),
              values(float32, {2, 1, 2}, {1, 2, 3, 4}));
  check_value({values(float32, {2, 1, 2}, {1, 2, 3, 4})}, scan_of(cumsum, {}, 0),
              values(float32, {2, 1, 2}, {1, 2, 4, 6}));
}

TEST_CASE("cumprod") {
  check_value({values(float32, {1, 2, 3, 4})}, scan_of(cumprod), values(float32, {1, 2, 6, 24}));
  check_value({values(int8, {100, 2, 3})}, scan_of(cumprod, {.dtype = int8}), values(int8, {100, -56, 88}));
  check_value({values(boolean, {1, 0})}, scan_of(cumprod), values(int64, {1, 0}));
  check_value({values(float32, {-0.0, 2})}, scan_of(cumprod), values(float32, {-0.0, -0.0}));
  check_value({values(float32, {2, 3})}, scan_of(cumprod, {.exclusive = true}), values(float32, {1, 2}));
}

TEST_CASE("cummax and cummin keep the dtype, NaN stays, -0 is less than +0") {
  check_value({values(float32, {3, 1, 4})}, scan_of(cummax), values(float32, {3, 3, 4}));
  check_value({values(int8, {-3, -5, 2})}, scan_of(cummax), values(int8, {-3, -3, 2}));
  check_value({values(uint8, {3, 5, 2})}, scan_of(cummin), values(uint8, {3, 3, 2}));
  check_value({values(float32, {1, nan, 2})}, scan_of(cummax), values(float32, {1, nan, nan}));
  check_value({values(float32, {1, nan, -2})}, scan_of(cummin), values(float32, {1, nan, nan}));
  check_value({values(float64, {-0.0, 0.0, -0.0})}, scan_of(cummax), values(float64, {-0.0, 0.0, 0.0}));
  check_value({values(float64, {0.0, -0.0, 0.0})}, scan_of(cummin), values(float64, {0.0, -0.0, -0.0}));
  check_value({values(boolean, {0, 1, 0})}, scan_of(cummax), values(boolean, {0, 1, 1}));
  check_value({values(boolean, {1, 0, 1})}, scan_of(cummin), values(boolean, {1, 0, 0}));
  check_value({values(float32, {3.7, 1.2})}, scan_of(cummax, {.dtype = int32}), values(int32, {3, 3}));
}

TEST_CASE("cummax and cummin, exclusive: from the lowest and the highest value") {
  const ScanOptions exclusive = {.exclusive = true};
  check_value({values(float32, {3, 4})}, scan_of(cummax, exclusive), values(float32, {-inf, 3}));
  check_value({values(bfloat16, {3, 4})}, scan_of(cummin, exclusive), values(bfloat16, {inf, 3}));
  check_value({values(int16, {3, 4})}, scan_of(cummax, exclusive), values(int16, {-32768, 3}));
  check_value({values(int64, {3, 4})}, scan_of(cummin, exclusive), values(int64, {0x1p63, 3}));
  check_value({values(uint64, {3, 4})}, scan_of(cummin, exclusive), values(uint64, {0x1p64, 3}));
  check_value({values(uint8, {3, 4})}, scan_of(cummax, exclusive), values(uint8, {0, 3}));
  check_value({values(boolean, {1, 0})}, scan_of(cummax, exclusive), values(boolean, {0, 1}));
  check_value({values(boolean, {1, 0})}, scan_of(cummin, exclusive), values(boolean, {1, 1}));
}

}  // namespace accrue::test
