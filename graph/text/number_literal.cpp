#include "graph/text/number_literal.h"

#include <algorithm>
#include <charconv>

#include "graph/text/script_text.h"
#include "graph/words.h"

namespace accrue {
namespace {

constexpr bool is_decimal(char c) { return is_digit(c); }

// Digits with single underscores between them, as Python allows; the text without them, or nothing.
template <class IsDigit>
bool take_digits(std::string_view& text, std::string& digits, IsDigit is_digit_of_base) {
  std::size_t used = 0;
  while (used < text.size()) {
    const bool joins = text[used] == '_' && used > 0 && text[used - 1] != '_' && used + 1 < text.size() &&
                       is_digit_of_base(text[used + 1]);
    if (!joins && !is_digit_of_base(text[used])) break;
    if (!joins) digits += text[used];
    ++used;
  }
  text.remove_prefix(used);
  return used > 0;
}

ReadNumber integer(std::string_view text, const std::string& digits, int base) {
  std::uint64_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (read.ec == std::errc::result_out_of_range)
    return {{},
            quoted(text) +
                " is beyond 64 bits; integers reach from -9223372036854775808 to 18446744073709551615"};
  return {Literal(value)};
}

ReadNumber prefixed_integer(std::string_view text) {
  const char letter = static_cast<char>(text[1] | 0x20);
  const int base = letter == 'x' ? 16 : letter == 'o' ? 8 : 2;
  const auto is_digit_of_base = [base](char c) {
    if (is_digit(c)) return c - '0' < base;
    const char lower = static_cast<char>(c | 0x20);
    return base == 16 && lower >= 'a' && lower <= 'f';
  };
  std::string_view rest = text.substr(2);
  if (rest.starts_with('_')) rest.remove_prefix(1);
  std::string digits;
  if (!take_digits(rest, digits, is_digit_of_base) || !rest.empty())
    return {{},
            quoted(text) + " is no number; integers may be written as 0x1f, 0o17 and 0b11, floats as 1.5e-3"};
  return integer(text, digits, base);
}

// Whether a number that float64 cannot hold is too small, not too large: its first digit that is not 0 stands
// behind the point once the exponent is applied.
bool underflows(const std::string& whole, const std::string& fraction, std::string_view exponent) {
  if (whole.find_first_not_of('0') == std::string::npos &&
      fraction.find_first_not_of('0') == std::string::npos)
    return true;
  const bool negative = exponent.starts_with('-');
  if (negative || exponent.starts_with('+')) exponent.remove_prefix(1);
  std::int64_t power = 0;
  const auto read = std::from_chars(exponent.data(), exponent.data() + exponent.size(), power);
  constexpr std::int64_t far = std::int64_t{1} << 60;  // beyond what the digits of any text can make up for
  if (read.ec == std::errc::result_out_of_range) power = far;
  const std::size_t leading = whole.find_first_not_of('0');
  const auto digits = leading != std::string::npos
                          ? static_cast<std::int64_t>(whole.size() - leading)
                          : -static_cast<std::int64_t>(fraction.find_first_not_of('0'));
  return digits + (negative ? -std::min(power, far) : std::min(power, far)) < 0;
}

ReadNumber not_a_number(std::string_view text) { return {{}, quoted(text) + " is no number"}; }

}  // namespace

ReadNumber read_number(std::string_view text) {
  if (text.size() > 1 && text[0] == '0' && std::string_view("xXoObB").find(text[1]) != std::string_view::npos)
    return prefixed_integer(text);
  std::string_view rest = text;
  std::string whole, fraction, exponent;
  const bool has_whole = take_digits(rest, whole, is_decimal);
  const bool has_point = rest.starts_with('.');
  if (has_point) rest.remove_prefix(1);
  const bool has_fraction = has_point && take_digits(rest, fraction, is_decimal);
  if (!has_whole && !has_fraction) return not_a_number(text);
  const bool has_exponent = rest.starts_with('e') || rest.starts_with('E');
  if (has_exponent) {
    rest.remove_prefix(1);
    if (rest.starts_with('+') || rest.starts_with('-')) {
      exponent += rest[0];
      rest.remove_prefix(1);
    }
    if (!take_digits(rest, exponent, is_decimal)) return not_a_number(text);
  }
  if (!rest.empty()) return not_a_number(text);
  if (!has_point && !has_exponent) {
    if (whole.size() > 1 && whole[0] == '0' && whole.find_first_not_of('0') != std::string::npos)
      return {{}, quoted(text) + " is no number: integers have no leading zeros"};
    return integer(text, whole, 10);
  }
  const std::string plain = whole + '.' + fraction + (has_exponent ? 'e' + exponent : "");
  double value = 0;
  const auto read = std::from_chars(plain.data(), plain.data() + plain.size(), value);
  if (read.ec != std::errc::result_out_of_range) return {Literal(value)};
  if (underflows(whole, fraction, exponent)) return {Literal(0.0)};
  return {{}, quoted(text) + " is beyond float64, whose largest is 1.7976931348623157e+308"};
}

}  // namespace accrue
