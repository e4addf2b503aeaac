// Casts: one rounding from the exact value, saturation, wrapping.
#include <limits>

#include "accrue/ops.hpp"
#include "tests/support/catch.h"
#include "tests/support/check.h"

namespace accrue::test {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

Build to(DType dtype) {
  return [=](const std::vector<Expr>& x) { return cast(x[0], dtype); };
}

template <class T>
Array exactly(const std::vector<T>& elements) {
  return to_array(Tensor::copy_of(elements, {static_cast<std::int64_t>(elements.size())}));
}

}  // namespace

TEST_CASE("float to integer truncates toward zero, NaN gives 0, out of range saturates") {
  const Array x = values(float32, {1.9, -1.9, nan, inf, -inf, 300, -300});
  check_value({x}, to(int8), values(int8, {1, -1, 0, 127, -128, 127, -128}));
  check_value({x}, to(uint8), values(uint8, {1, 0, 0, 255, 0, 255, 0}));
  check_value({x}, to(int16), values(int16, {1, -1, 0, 32767, -32768, 300, -300}));
  check_value({x}, to(uint64), exactly<std::uint64_t>({1, 0, 0, ~std::uint64_t{0}, 0, 300, 0}));
  check_value({values(float64, {127.99, 128, -128.99, -129, -0.99})}, to(int8),
              values(int8, {127, 127, -128, -128, 0}));
  check_value({values(float32, {2147483648.0, 2147483520.0, -2147483648.0})}, to(int32),
              exactly<std::int32_t>({2147483647, 2147483520, -2147483647 - 1}));
  check_value({values(float64, {0x1p63, -0x1p63, 0x1p63 - 1024})}, to(int64),
              exactly<std::int64_t>({std::numeric_limits<std::int64_t>::max(),
                                     std::numeric_limits<std::int64_t>::min(), 9223372036854774784}));
  check_value({values(float64, {0x1p64, 0x1p63})}, to(uint64),
              exactly<std::uint64_t>({~std::uint64_t{0}, std::uint64_t{1} << 63}));
  check_value({values(float16, {65504, inf, -3.5})}, to(int16), values(int16, {32767, 32767, -3}));
  check_value({values(bfloat16, {3.389e38, nan})}, to(uint32), exactly<std::uint32_t>({~0u, 0}));
}

TEST_CASE("integer to integer wraps") {
  check_value({values(int32, {300, -1, 128, -129})}, to(int8), values(int8, {44, -1, -128, 127}));
  check_value({values(int8, {-1, -128})}, to(uint32), exactly<std::uint32_t>({4294967295u, 4294967168u}));
  check_value({values(int8, {-1})}, to(uint64), exactly<std::uint64_t>({~std::uint64_t{0}}));
  check_value({exactly<std::uint64_t>({~std::uint64_t{0}})}, to(int64), exactly<std::int64_t>({-1}));
}

TEST_CASE("to bool is x != 0, from bool 0 or 1") {
  check_value({values(float32, {0, -0.0, nan, 0x1p-149})}, to(boolean), values(boolean, {0, 0, 1, 1}));
  check_value({values(float16, {0, -0.0, nan, 0x1p-24})}, to(boolean), values(boolean, {0, 0, 1, 1}));
  check_value({values(int64, {0, 0x1p32, -1})}, to(boolean), values(boolean, {0, 1, 1}));
  check_value({values(boolean, {0, 1})}, to(bfloat16), values(bfloat16, {0, 1}));
  check_value({values(boolean, {0, 1})}, to(uint64), values(uint64, {0, 1}));
}

TEST_CASE("to floats: nearest even, subnormals kept, overflow to infinity, NaN stays") {
  check_value({exactly<std::int64_t>({16777217, 16777219, 9007199254740993})}, to(float32),
              exactly<float>({16777216.0f, 16777220.0f, 9007199254740992.0f}));
  check_value({exactly<std::uint64_t>({~std::uint64_t{0}})}, to(float64), values(float64, {0x1p64}));
  check_value({values(float64, {0x1p-149, 0x1p-150, 0x1.8p-149, 3.5e38, nan})}, to(float32),
              values(float32, {0x1p-149, 0, 0x1p-148, inf, nan}));
  check_value({values(float32, {65519, 65520, -65520, 0x1p-24, 0x1p-25, 0x1.8p-25, nan})}, to(float16),
              values(float16, {65504, inf, -inf, 0x1p-24, 0, 0x1p-24, nan}));
  check_value({values(float32, {257, 259, -257, nan})}, to(bfloat16),
              values(bfloat16, {256, 260, -256, nan}));
}

TEST_CASE("one rounding: nothing reaches a 16-bit float through float32") {
  // 2049 + 2^-40 rounds up to 2050; as float32 it is the tie 2049, which goes to the even 2048.
  check_value({values(float64, {2049, 2049 + 0x1p-40, -2049 - 0x1p-40})}, to(float16),
              values(float16, {2048, 2050, -2050}));
  check_value({values(float64, {257 + 0x1p-40})}, to(bfloat16), values(bfloat16, {258}));
  // 257 * 2^k + 1: as float32 a tie, exactly a little more.
  const std::int64_t above_tie = (std::int64_t{257} << 54) + 1;
  check_value({exactly<std::int64_t>({above_tie, -above_tie})}, to(bfloat16),
              values(bfloat16, {258 * 0x1p54, -258 * 0x1p54}));
  check_value({exactly<std::uint64_t>({static_cast<std::uint64_t>(above_tie)})}, to(bfloat16),
              values(bfloat16, {258 * 0x1p54}));
  check_value({exactly<std::int32_t>({(257 << 22) + 1})}, to(bfloat16), values(bfloat16, {258 * 0x1p22}));
  check_value({exactly<std::uint32_t>({(257u << 23) + 1})}, to(bfloat16), values(bfloat16, {258 * 0x1p23}));
}

}  // namespace accrue::test
