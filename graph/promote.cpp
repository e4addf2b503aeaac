#include "graph/promote.h"

#include <array>
#include <charconv>
#include <cstring>

#include "graph/checks.h"
#include "graph/element_types.h"

namespace accrue {
namespace {

// All of an element's bytes, the rest zero.
template <class S>
std::uint64_t bits_of(S element) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &element, sizeof element);
  return bits;
}

template <class S>
std::uint64_t literal_bits(const Literal& v) {
  using Store = scalar::Store<S>;
  switch (v.category) {
    case Literal::Category::boolean: return bits_of(Store::from(v.integer != 0));
    case Literal::Category::real: return bits_of(Store::from(v.real));
    case Literal::Category::integer: break;
  }
  if (v.negative) return bits_of(Store::from(static_cast<scalar::i64>(v.integer)));
  return bits_of(Store::from(static_cast<scalar::u64>(v.integer)));
}

struct Bounds {
  std::string_view lowest, highest;
};

// In the order of DType. A float holds every integer up to its largest finite value.
constexpr std::array<Bounds, dtype_count> bounds{{{"0", "1"},
                                                  {"-128", "127"},
                                                  {"-32768", "32767"},
                                                  {"-2147483648", "2147483647"},
                                                  {"-9223372036854775808", "9223372036854775807"},
                                                  {"0", "255"},
                                                  {"0", "65535"},
                                                  {"0", "4294967295"},
                                                  {"0", "18446744073709551615"},
                                                  {"-65504", "65504"},
                                                  {},
                                                  {},
                                                  {}}};

// Whether |v| rounds to a finite float16 (the other floats hold every 64-bit integer's range).
bool fits_float16(const Literal& v) { return std::abs(v.as_double()) < 65520; }

bool fits(const Literal& v, DType dtype) {
  if (dtype == float16) return fits_float16(v);
  if (is_floating(dtype)) return true;
  const std::uint64_t magnitude = v.negative ? 0 - v.integer : v.integer;
  if (dtype == boolean) return !v.negative && magnitude <= 1;
  const auto bits = static_cast<int>(8 * byte_width(dtype));
  const std::uint64_t all = ~std::uint64_t{0} >> (64 - bits);
  if (is_unsigned_integer(dtype)) return !v.negative && magnitude <= all;
  return magnitude <= all / 2 + (v.negative ? 1 : 0);
}

}  // namespace

void Promotion::meet(DType dtype) {
  if (is_signed_integer(dtype)) signed_bytes_ = std::max(signed_bytes_, byte_width(dtype));
  if (is_unsigned_integer(dtype)) unsigned_bytes_ = std::max(unsigned_bytes_, byte_width(dtype));
  if (!is_floating(dtype)) return;
  const bool mixed = floating_ && *floating_ != dtype && byte_width(*floating_) == byte_width(dtype);
  floating_ = mixed ? float32 : std::max(floating_.value_or(dtype), dtype);
}

void Promotion::meet(Literal::Category category) { number_ = std::max(number_.value_or(category), category); }

std::optional<DType> Promotion::of_tensors() const {
  if (floating_) return floating_;
  if (signed_bytes_ == 0 && unsigned_bytes_ == 0) return boolean;
  const auto of_width = [](DType first, std::size_t bytes) {
    return static_cast<DType>(static_cast<int>(first) + (bytes == 1   ? 0
                                                         : bytes == 2 ? 1
                                                         : bytes == 4 ? 2
                                                                      : 3));
  };
  if (signed_bytes_ == 0) return of_width(uint8, unsigned_bytes_);
  if (unsigned_bytes_ == 8) return std::nullopt;
  return of_width(int8, std::max(signed_bytes_, 2 * unsigned_bytes_));
}

std::optional<DType> Promotion::dtype() const {
  const std::optional<DType> tensors = of_tensors();
  if (!number_ || !tensors) return tensors;
  if (*number_ == Literal::Category::real && !is_floating(*tensors)) return float32;
  if (*number_ == Literal::Category::integer && *tensors == boolean) return int64;
  return tensors;
}

DType default_dtype(Literal::Category category) {
  switch (category) {
    case Literal::Category::boolean: return boolean;
    case Literal::Category::integer: return int64;
    case Literal::Category::real: break;
  }
  return float32;
}

std::uint64_t storage_bits(std::string_view op, const Literal& value, DType dtype, SourceLoc where) {
  if (value.category == Literal::Category::integer && !fits(value, dtype)) {
    const Bounds& range = at(bounds, dtype);
    refuse(op,
           to_string(value) + " does not fit " + std::string(to_string(dtype)) + ", which holds " +
               std::string(range.lowest) + ".." + std::string(range.highest),
           where);
  }
  static constexpr auto by_dtype = table_by_dtype([]<class S>() { return &literal_bits<S>; });
  return at(by_dtype, dtype)(value);
}

std::string to_string(const Literal& value) {
  if (value.category == Literal::Category::boolean) return value.integer != 0 ? "true" : "false";
  if (value.category == Literal::Category::integer)
    return value.negative ? std::to_string(static_cast<std::int64_t>(value.integer))
                          : std::to_string(value.integer);
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value.real).ptr;
  return {text.data(), end};
}

}  // namespace accrue
