#include "src/cli/difference.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <sstream>
#include <tuple>

namespace accrue::cli {
namespace {

template <class T>
double as_double(T value) {
  if constexpr (std::is_arithmetic_v<T>)
    return static_cast<double>(value);
  else
    return static_cast<double>(static_cast<float>(value));
}

template <class T>
bool same(T a, T b) {
  if (is_floating(dtype_of<T>) && std::isnan(as_double(a)) && std::isnan(as_double(b))) return true;
  using Bytes = std::array<std::byte, sizeof(T)>;
  return std::bit_cast<Bytes>(a) == std::bit_cast<Bytes>(b);
}

struct Found {
  std::int64_t count = 0;
  std::int64_t first = 0;
  double largest = 0;  // NaN where one side is
};

template <class T>
Found find(const Tensor& actual, const Tensor& expected, double tolerance) {
  const T* const a = actual.data<T>();
  const T* const e = expected.data<T>();
  double scale = 0;
  for (std::int64_t i = 0; tolerance > 0 && i < expected.elements(); ++i)
    if (std::isfinite(as_double(e[i]))) scale = std::max(scale, std::abs(as_double(e[i])));
  Found found;
  for (std::int64_t i = 0; i < expected.elements(); ++i) {
    if (same(a[i], e[i])) continue;
    const double off = std::abs(as_double(a[i]) - as_double(e[i]));
    if (tolerance > 0 && off <= tolerance * scale) continue;
    if (found.count++ == 0) found.first = i;
    if (!(off <= found.largest)) found.largest = off;
  }
  return found;
}

template <class... T>
constexpr std::array<Found (*)(const Tensor&, const Tensor&, double), sizeof...(T)> find_table = {find<T>...};

// In the order of DType.
constexpr auto finds =
    find_table<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, std::uint16_t,
               std::uint32_t, std::uint64_t, Float16, BFloat16, float, double>;

Dims index_of(std::int64_t flat, const Shape& shape) {
  Dims index(shape.size(), 0);
  for (std::size_t d = shape.size(); d-- > 0;) {
    index[d] = flat % shape[d];
    flat /= shape[d];
  }
  return index;
}

// One element of a row-major tensor, as NumPy prints it.
std::string element_text(const Tensor& t, std::int64_t i) {
  const auto* const data =
      static_cast<const std::byte*>(t.data()) + static_cast<std::size_t>(i) * byte_width(t.dtype());
  std::ostringstream text;
  text << Tensor::borrow(static_cast<const void*>(data), t.dtype(), {});
  return text.str();
}

}  // namespace

std::optional<std::string> difference(const Tensor& actual, const Tensor& expected, double tolerance) {
  if (actual.dtype() != expected.dtype() || actual.shape() != expected.shape())
    return "is " + std::string(to_string(actual.dtype())) + to_string(actual.shape()) + " instead of " +
           std::string(to_string(expected.dtype())) + to_string(expected.shape());
  const Tensor a = actual.to(cpu()).contiguous();
  const Tensor e = expected.to(cpu()).contiguous();
  const Found found = finds[static_cast<std::size_t>(e.dtype())](a, e, tolerance);
  if (found.count == 0) return std::nullopt;
  std::ostringstream text;
  text << "differs in " << found.count << " of " << e.elements() << " elements; at "
       << to_string(index_of(found.first, e.shape())) << " " << element_text(a, found.first) << " instead of "
       << element_text(e, found.first) << ", by " << found.largest << " at most";
  return text.str();
}

}  // namespace accrue::cli
