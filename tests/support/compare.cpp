#include "tests/support/compare.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <functional>

#include "graph/element_types.h"
#include "graph/graph.h"

namespace accrue::test {
namespace {

std::uint64_t element_bits(const Array& a, std::int64_t i) {
  const std::size_t width = byte_width(a.dtype);
  std::uint64_t bits = 0;
  std::memcpy(&bits, &a.bytes[static_cast<std::size_t>(i) * width], width);
  return bits;
}

bool same_element(const Array& a, const Array& b, std::int64_t i) {
  if (element_bits(a, i) == element_bits(b, i)) return true;
  return is_floating(a.dtype) && std::isnan(element_as_double(a, i)) && std::isnan(element_as_double(b, i));
}

bool within(double actual, double expected, Bound bound) {
  if (actual == expected || (std::isnan(actual) && std::isnan(expected))) return true;
  if (!std::isfinite(actual) || !std::isfinite(expected)) return false;
  return std::abs(actual - expected) <= bound.relative * std::abs(expected) + bound.absolute;
}

Dims index_of(std::int64_t i, const Shape& shape) {
  Dims index(shape.size(), 0);
  for (std::size_t dim = shape.size(); dim-- > 0; i /= shape[dim]) index[dim] = i % shape[dim];
  return index;
}

std::string first_difference(const Array& actual, const Array& expected,
                             const std::function<bool(std::int64_t)>& same) {
  if (actual.dtype != expected.dtype || actual.shape != expected.shape)
    return "it is " + type_text(actual.dtype, actual.shape) + ", expected " +
           type_text(expected.dtype, expected.shape);
  const std::int64_t count = elements(actual.shape);
  std::int64_t first = -1, different = 0;
  for (std::int64_t i = 0; i < count; ++i)
    if (!same(i) && different++ == 0) first = i;
  if (different == 0) return "";
  return type_text(actual.dtype, actual.shape) + " at " + to_string(index_of(first, actual.shape)) + ": " +
         element_text(actual, first) + ", expected " + element_text(expected, first) + " (" +
         std::to_string(different) + " of " + std::to_string(count) + " elements differ)";
}

}  // namespace

std::string element_text(const Array& a, std::int64_t i) {
  char text[64];
  const int digits = static_cast<int>(2 * byte_width(a.dtype));
  std::snprintf(text, sizeof(text), "0x%0*lx (%.17g)", digits, element_bits(a, i), element_as_double(a, i));
  return text;
}

std::string difference(const Array& actual, const Array& expected) {
  return first_difference(actual, expected,
                          [&](std::int64_t i) { return same_element(actual, expected, i); });
}

std::string difference(const Array& actual, const Array& expected, Bound bound) {
  return first_difference(actual, expected, [&](std::int64_t i) {
    if (bound.is_exact() || !is_floating(actual.dtype)) return same_element(actual, expected, i);
    return within(element_as_double(actual, i), element_as_double(expected, i), bound);
  });
}

double element_as_double(const Array& a, std::int64_t i) {
  static constexpr auto readers = table_by_dtype([]<class S>() {
    return +[](const Array& values, std::int64_t at_index) {
      return static_cast<double>(scalar::load_as(elements_as<S>(values)[at_index]));
    };
  });
  return at(readers, a.dtype)(a, i);
}

}  // namespace accrue::test
