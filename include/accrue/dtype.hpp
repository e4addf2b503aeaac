// The thirteen element types, their widths and names, and the two 16-bit float types C++20 lacks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "accrue/export.hpp"

namespace accrue {

enum class DType : std::uint8_t {
  boolean,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
  float16,
  bfloat16,
  float32,
  float64
};
inline constexpr int dtype_count = 13;

inline constexpr DType boolean = DType::boolean;
inline constexpr DType int8 = DType::int8;
inline constexpr DType int16 = DType::int16;
inline constexpr DType int32 = DType::int32;
inline constexpr DType int64 = DType::int64;
inline constexpr DType uint8 = DType::uint8;
inline constexpr DType uint16 = DType::uint16;
inline constexpr DType uint32 = DType::uint32;
inline constexpr DType uint64 = DType::uint64;
inline constexpr DType float16 = DType::float16;
inline constexpr DType bfloat16 = DType::bfloat16;
inline constexpr DType float32 = DType::float32;
inline constexpr DType float64 = DType::float64;

/// Bytes of one element (a bool takes one).
constexpr std::size_t byte_width(DType t) {
  constexpr std::uint8_t widths[dtype_count] = {1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8};
  return widths[static_cast<int>(t)];
}

constexpr bool is_floating(DType t) { return t >= DType::float16; }
constexpr bool is_signed_integer(DType t) { return t >= DType::int8 && t <= DType::int64; }
constexpr bool is_unsigned_integer(DType t) { return t >= DType::uint8 && t <= DType::uint64; }
constexpr bool is_integer(DType t) { return t >= DType::int8 && t <= DType::uint64; }

/// The name scripts and dumps use: "bool", "int8", ..., "bfloat16", "float64".
constexpr std::string_view to_string(DType t) {
  constexpr std::string_view names[dtype_count] = {"bool",     "int8",    "int16",  "int32",  "int64",
                                                   "uint8",    "uint16",  "uint32", "uint64", "float16",
                                                   "bfloat16", "float32", "float64"};
  return names[static_cast<int>(t)];
}

/// The dtype of that name, or nothing.
constexpr std::optional<DType> parse_dtype(std::string_view name) {
  for (int i = 0; i < dtype_count; ++i)
    if (to_string(static_cast<DType>(i)) == name) return static_cast<DType>(i);
  return std::nullopt;
}

/// IEEE binary16: one sign bit, 5 exponent bits, 10 fraction bits. Conversions round to nearest even.
struct Float16 {
  std::uint16_t bits = 0;
  Float16() = default;
  ACCRUE_API explicit Float16(double value);
  ACCRUE_API explicit operator float() const;
  static Float16 from_bits(std::uint16_t b) {
    Float16 h;
    h.bits = b;
    return h;
  }
};

/// bfloat16: the upper half of a binary32. Conversions round to nearest even; NaN stays NaN.
struct BFloat16 {
  std::uint16_t bits = 0;
  BFloat16() = default;
  ACCRUE_API explicit BFloat16(double value);
  ACCRUE_API explicit operator float() const;
  static BFloat16 from_bits(std::uint16_t b) {
    BFloat16 h;
    h.bits = b;
    return h;
  }
};

namespace detail {
template <class T>
struct dtype_of;
template <>
struct dtype_of<bool> {
  static constexpr DType value = DType::boolean;
};
template <>
struct dtype_of<std::int8_t> {
  static constexpr DType value = DType::int8;
};
template <>
struct dtype_of<std::int16_t> {
  static constexpr DType value = DType::int16;
};
template <>
struct dtype_of<std::int32_t> {
  static constexpr DType value = DType::int32;
};
template <>
struct dtype_of<std::int64_t> {
  static constexpr DType value = DType::int64;
};
template <>
struct dtype_of<std::uint8_t> {
  static constexpr DType value = DType::uint8;
};
template <>
struct dtype_of<std::uint16_t> {
  static constexpr DType value = DType::uint16;
};
template <>
struct dtype_of<std::uint32_t> {
  static constexpr DType value = DType::uint32;
};
template <>
struct dtype_of<std::uint64_t> {
  static constexpr DType value = DType::uint64;
};
template <>
struct dtype_of<Float16> {
  static constexpr DType value = DType::float16;
};
template <>
struct dtype_of<BFloat16> {
  static constexpr DType value = DType::bfloat16;
};
template <>
struct dtype_of<float> {
  static constexpr DType value = DType::float32;
};
template <>
struct dtype_of<double> {
  static constexpr DType value = DType::float64;
};
}  // namespace detail

/// The dtype whose elements are C++ values of type T.
template <class T>
inline constexpr DType dtype_of = detail::dtype_of<T>::value;

}  // namespace accrue
