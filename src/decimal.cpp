#include "src/decimal.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace accrue {
namespace {

// Reads what to_chars wrote as "-d.ddde-xx".
Decimal read_scientific(std::string_view text) {
  Decimal decimal;
  decimal.negative = text.front() == '-';
  if (decimal.negative) text.remove_prefix(1);
  const std::size_t e = text.find('e');
  for (char c : text.substr(0, e))
    if (c != '.') decimal.digits += c;
  while (decimal.digits.size() > 1 && decimal.digits.back() == '0') decimal.digits.pop_back();
  const bool plus = text[e + 1] == '+';  // which from_chars does not read
  std::from_chars(text.data() + e + (plus ? 2 : 1), text.data() + text.size(), decimal.exponent);
  return decimal;
}

template <class Float>
Decimal shortest_of(Float value) {
  char text[64];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
  return read_scientific({text, static_cast<std::size_t>(end - text)});
}

double value_of(const Decimal& decimal) {
  const std::string text = scientific(decimal, 0, 1);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The neighbour with as many digits, one unit of the last of them away from or towards zero.
Decimal next_decimal(Decimal decimal, bool away) {
  int digits = std::atoi(decimal.digits.c_str()) + (away ? 1 : -1);
  const std::size_t before = decimal.digits.size();
  decimal.digits = std::to_string(digits);
  decimal.exponent += static_cast<int>(decimal.digits.size()) - static_cast<int>(before);
  return decimal;
}

// 16-bit floats need few digits (float16 five, bfloat16 four): try one, two, ... and their neighbours, since
// below a power of two the values lie closer than above it, and the nearest decimal may read back as another
// value while one on the wider side does not.
template <class Float>
Decimal shortest_of_16_bits(double value) {
  const Float wanted(value);
  const auto reads_back = [&](const Decimal& d) { return Float(value_of(d)).bits == wanted.bits; };
  for (int places = 0;; ++places) {
    const Decimal nearest = rounded_decimal(value, places);
    if (value == 0 || reads_back(nearest)) return nearest;
    Decimal padded = nearest;
    padded.digits.resize(static_cast<std::size_t>(places) + 1, '0');
    const Decimal beyond = next_decimal(padded, std::abs(value_of(nearest)) < std::abs(value));
    if (reads_back(beyond)) return beyond;
  }
}

}  // namespace

Decimal shortest_decimal(double value, DType dtype) {
  switch (dtype) {
    case float16: return shortest_of_16_bits<Float16>(value);
    case bfloat16: return shortest_of_16_bits<BFloat16>(value);
    case float32: return shortest_of(static_cast<float>(value));
    default: return shortest_of(value);
  }
}

Decimal rounded_decimal(double value, int places) {
  char text[64 + 400];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, places).ptr;
  return read_scientific({text, static_cast<std::size_t>(end - text)});
}

std::string positional(const Decimal& decimal) {
  std::string text = decimal.negative ? "-" : "";
  if (decimal.exponent < 0) {
    text += "0." + std::string(static_cast<std::size_t>(-decimal.exponent - 1), '0') + decimal.digits;
    return text;
  }
  const auto whole = static_cast<std::size_t>(decimal.exponent) + 1;
  std::string digits = decimal.digits;
  if (digits.size() < whole) digits.resize(whole, '0');
  return text + digits.substr(0, whole) + '.' + digits.substr(whole);
}

std::string scientific(const Decimal& decimal, int places, int exponent_digits) {
  std::string fraction = decimal.digits.substr(1);
  if (fraction.size() < static_cast<std::size_t>(places))
    fraction.resize(static_cast<std::size_t>(places), '0');
  std::string exponent = std::to_string(std::abs(decimal.exponent));
  if (exponent.size() < static_cast<std::size_t>(exponent_digits))
    exponent.insert(0, static_cast<std::size_t>(exponent_digits) - exponent.size(), '0');
  return (decimal.negative ? "-" : "") + decimal.digits.substr(0, 1) +
         (fraction.empty() ? "" : "." + fraction) + (decimal.exponent < 0 ? "e-" : "e+") + exponent;
}

}  // namespace accrue
