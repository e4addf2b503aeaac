// From a dtype known at run time to a C++ type: tables filled by a templated lambda, indexed by dtype.
#pragma once

#include <array>
#include <cstddef>
#include <tuple>
#include <type_traits>

#include "accrue/dtype.hpp"
#include "graph/node.h"
#include "graph/scalar_ops.h"

namespace accrue {

/// How an element of each dtype is stored, in the order of DType.
using ElementTypes =
    std::tuple<bool, scalar::i8, scalar::i16, scalar::i32, scalar::i64, scalar::u8, scalar::u16, scalar::u32,
               scalar::u64, scalar::f16, scalar::bf16, float, double>;
static_assert(std::tuple_size_v<ElementTypes> == dtype_count);

/// The values of make.operator()<S>() for the element type S of each dtype. All have one type.
template <class Make>
constexpr auto table_by_dtype(Make make) {
  const auto fill = [make]<class... S>(std::type_identity<std::tuple<S...>>) {
    return std::array{make.template operator()<S>()...};
  };
  return fill(std::type_identity<ElementTypes>{});
}

template <class Table>
constexpr const auto& at(const Table& table, DType t) {
  return table[static_cast<std::size_t>(t)];
}

template <class S>
const S* elements_as(const Array& a) {
  return reinterpret_cast<const S*>(a.bytes.data());
}
template <class S>
S* elements_as(Array& a) {
  return reinterpret_cast<S*>(a.bytes.data());
}

template <class S>
inline constexpr bool is_16_bit_float = std::is_same_v<S, scalar::f16> || std::is_same_v<S, scalar::bf16>;
template <class S>
inline constexpr bool stores_float = is_16_bit_float<S> || std::is_floating_point_v<S>;
template <class S>
inline constexpr bool stores_bool = std::is_same_v<S, bool>;

}  // namespace accrue
