#include "tests/support/accuracy.h"

#include <algorithm>
#include <cmath>

#include "graph/reference.h"
#include "tests/support/compare.h"

namespace accrue::test {
namespace {

constexpr double widest_ulps = 3;

/// Of a floating dtype: the distance from 1 to the next value, the least and the greatest positive value.
struct FloatRange {
  double epsilon, least, most;
};
FloatRange range_of(DType dtype) {
  switch (dtype) {
    case DType::float16: return {0x1p-10, 0x1p-24, 65504};
    case DType::bfloat16: return {0x1p-7, 0x1p-133, 0x1.fep127};
    case DType::float32: return {0x1p-23, 0x1p-149, 0x1.fffffep127};
    default: return {0x1p-52, 0x1p-1074, 0x1.fffffffffffffp1023};
  }
}

/// |x| in float64, 0 for what is not finite.
Array magnitudes(const Array& a) {
  Array to(DType::float64, a.shape);
  for (std::int64_t i = 0; i < elements(a.shape); ++i) {
    const double x = std::abs(element_as_double(a, i));
    reinterpret_cast<double*>(to.bytes.data())[i] = std::isfinite(x) ? x : 0;
  }
  return to;
}

std::string matmul_inaccuracy(Node node, const std::vector<const Array*>& operands, const Array& actual,
                              const Array& expected) {
  const FloatRange range = range_of(node.dtype);
  const double unit = node.dtype == DType::float64 ? 0x1p-53 : 0x1p-24;  // of the accumulator
  const auto depth = static_cast<double>(operands[0]->shape.back());
  node.dtype = DType::float64;
  const Array left = magnitudes(*operands[0]), right = magnitudes(*operands[1]);
  const Array scales = evaluate_node(node, {&left, &right});
  for (std::int64_t i = 0; i < elements(actual.shape); ++i) {
    const double scale = element_as_double(scales, i), x = element_as_double(actual, i),
                 wanted = element_as_double(expected, i);
    if (!(scale < range.most / 4)) continue;
    const double error =
        2 * (depth + 1) * unit * scale + range.epsilon * std::abs(wanted) + (depth + 1) * range.least;
    const bool same = x == wanted || (std::isnan(x) && std::isnan(wanted));
    if (!same && !(std::abs(x - wanted) <= error))
      return "matmul at " + std::to_string(i) + ": " + element_text(actual, i) + ", expected " +
             element_text(expected, i) + " and at most " + std::to_string(error) + " from it";
  }
  return {};
}

}  // namespace

std::string inaccuracy(const Node& node, const std::vector<const Array*>& operands, const Array& actual,
                       const Array& expected) {
  if (node.kind == Kind::matmul) return matmul_inaccuracy(node, operands, actual, expected);
  const FloatRange range = range_of(node.dtype);
  return difference(actual, expected, {2 * widest_ulps * range.epsilon, 2 * widest_ulps * range.least});
}

}  // namespace accrue::test
