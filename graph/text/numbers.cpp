#include "graph/text/numbers.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>

namespace accrue {
namespace {

template <class T>
void append_chars(std::string& out, T value) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  out.append(buffer, end);
}

// The fewest digits whose double reads back as `bits` in a 16-bit format.
template <class Half>
double shortest_decimal(double value, std::uint16_t bits) {
  for (int digits = 0; digits < 6; ++digits) {
    char buffer[32];
    const auto end =
        std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific, digits).ptr;
    double read = 0;
    std::from_chars(buffer, end, read);
    if (Half(read).bits == bits) return read;
  }
  return value;
}

template <class Half>
void append_half(std::string& out, std::uint64_t bits) {
  const auto half = Half::from_bits(static_cast<std::uint16_t>(bits));
  const double value = static_cast<float>(half);
  append_real(out, std::isfinite(value) ? shortest_decimal<Half>(value, half.bits) : value);
}

void append_float(std::string& out, float value) {
  if (!std::isfinite(value)) return append_real(out, value);
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  // A script's literal is a double first: its digits must survive that second rounding.
  double read = 0;
  std::from_chars(buffer, end, read);
  append_real(out, static_cast<float>(read) == value ? read : static_cast<double>(value));
}

}  // namespace

std::uint64_t element_bits(const std::byte* element, DType dtype) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, element, byte_width(dtype));  // little-endian
  return bits;
}

void append_real(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "nan";
    return;
  }
  if (std::isinf(value)) {
    out += value < 0 ? "-inf" : "inf";
    return;
  }
  const std::size_t begin = out.size();
  append_chars(out, value);
  if (out.find_first_of(".e", begin) == std::string::npos) out += ".0";
}

void append_integer(std::string& out, std::int64_t value) { append_chars(out, value); }

void append_number(std::string& out, DType dtype, std::uint64_t bits) {
  switch (dtype) {
    case DType::boolean: out += (bits & 0xff) != 0 ? "True" : "False"; break;
    case DType::int8: append_chars(out, static_cast<int>(static_cast<std::int8_t>(bits))); break;
    case DType::int16: append_chars(out, static_cast<int>(static_cast<std::int16_t>(bits))); break;
    case DType::int32: append_chars(out, static_cast<std::int32_t>(bits)); break;
    case DType::int64: append_chars(out, static_cast<std::int64_t>(bits)); break;
    case DType::uint8: append_chars(out, static_cast<unsigned>(static_cast<std::uint8_t>(bits))); break;
    case DType::uint16: append_chars(out, static_cast<unsigned>(static_cast<std::uint16_t>(bits))); break;
    case DType::uint32: append_chars(out, static_cast<std::uint32_t>(bits)); break;
    case DType::uint64: append_chars(out, bits); break;
    case DType::float16: append_half<Float16>(out, bits); break;
    case DType::bfloat16: append_half<BFloat16>(out, bits); break;
    case DType::float32: append_float(out, std::bit_cast<float>(static_cast<std::uint32_t>(bits))); break;
    case DType::float64: append_real(out, std::bit_cast<double>(bits)); break;
  }
}

}  // namespace accrue
