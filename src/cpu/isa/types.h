// What every file of this folder begins with: scalar_ops.h in the set's own namespace, and the dtypes'
// storage types.
#pragma once

#define ACCRUE_SCALAR_NS ACCRUE_ISA_NS
#include "graph/scalar_ops.h"
#include "src/cpu/steps.h"

// The loop's iterations are independent although dst may be an operand: the same elements, not shifted ones.
#ifdef __clang__
#define ACCRUE_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define ACCRUE_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace accrue::ACCRUE_ISA_NS {

using namespace host;

template <int dtype>
struct storage_type;
template <>
struct storage_type<0> {
  using type = bool;
};
template <>
struct storage_type<1> {
  using type = i8;
};
template <>
struct storage_type<2> {
  using type = i16;
};
template <>
struct storage_type<3> {
  using type = i32;
};
template <>
struct storage_type<4> {
  using type = i64;
};
template <>
struct storage_type<5> {
  using type = u8;
};
template <>
struct storage_type<6> {
  using type = u16;
};
template <>
struct storage_type<7> {
  using type = u32;
};
template <>
struct storage_type<8> {
  using type = u64;
};
template <>
struct storage_type<9> {
  using type = f16;
};
template <>
struct storage_type<10> {
  using type = bf16;
};
template <>
struct storage_type<11> {
  using type = float;
};
template <>
struct storage_type<12> {
  using type = double;
};
template <int dtype>
using storage_t = typename storage_type<dtype>::type;

/// Calls f.template operator()<i>() for i in begin .. end-1.
template <int begin, int end, class F>
constexpr void for_each_index(const F& f) {
  if constexpr (end - begin == 1) {
    f.template operator()<begin>();
  } else if constexpr (end > begin) {
    constexpr int middle = begin + (end - begin) / 2;
    for_each_index<begin, middle>(f);
    for_each_index<middle, end>(f);
  }
}

/// A table's type, filled when compiled: `rows` rows of one entry per dtype.
template <class Entry, int rows>
struct DTypeTable {
  Entry entries[rows][dtypes];
};

}  // namespace accrue::ACCRUE_ISA_NS
