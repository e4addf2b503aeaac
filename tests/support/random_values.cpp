#include "tests/support/random_values.h"

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "graph/element_types.h"

namespace accrue::test {
namespace {

using Draw = std::function<double()>;

void fill(Array& a, const Draw& draw) {
  static constexpr auto writers = table_by_dtype([]<class S>() {
    return +[](Array& out, const Draw& next) {
      const auto count = static_cast<std::size_t>(elements(out.shape));
      for (std::size_t i = 0; i < count; ++i) elements_as<S>(out)[i] = scalar::Store<S>::from(next());
    };
  });
  at(writers, a.dtype)(a, draw);
}

/// Any bits; a bool is 0 or 1.
void fill_bits(Array& a, Random& random) {
  for (std::byte& byte : a.bytes)
    byte = static_cast<std::byte>(random.bits() & (a.dtype == DType::boolean ? 1 : 255));
}

/// Large terms of both signs, about one in four, in pairs that may stand far apart; between them small ones.
double cancelling(Random& random, double large) {
  if (random.chance(25)) return random.chance(50) ? large : -large;
  return static_cast<double>(random.between(-3, 3));
}

double special(Random& random) {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  if (random.chance(60)) return static_cast<double>(random.between(-9, 9)) / 4;
  return random.one_of(
      {nan, inf, -inf, -0.0, 0.0, 0x1p-149, 0x1p-24, 0x1p-1074, 65504.0, 3.4e38, 1.7e308, -1e-40});
}

/// A term that cancels the dtype's accumulator when it meets its opposite.
double large_term(DType dtype) {
  switch (dtype) {
    case DType::float16: return 32768;
    case DType::bfloat16: return 0x1p30;
    case DType::float32: return 0x1p60;
    case DType::float64: return 1e16;
    default: return 100;
  }
}

}  // namespace

Array random_values(Random& random, DType dtype, const Shape& shape) {
  Array a(dtype, shape);
  switch (random.below(5)) {
    case 0: fill(a, [&] { return static_cast<double>(random.between(-4, 9)); }); break;
    case 1: fill(a, [&] { return cancelling(random, large_term(dtype)); }); break;
    case 2: fill(a, [&] { return (random.uniform() - 0.5) * std::exp2(random.between(-20, 20)); }); break;
    case 3: fill(a, [&] { return special(random); }); break;
    default: fill_bits(a, random); break;
  }
  return a;
}

}  // namespace accrue::test
