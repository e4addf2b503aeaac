// combine() of the folds of scalar_ops.h, lane by lane: the same bits, in vectors.
#pragma once

#include "src/cpu/isa/vectors.h"

namespace accrue::ACCRUE_ISA_NS {

/// Arithmetic on whole numbers wraps: it is done unsigned.
template <class T>
using wrapping_t = typename Traits<T>::Unsigned;

template <class Fold>
struct VectorFold {
  static constexpr bool known = false;
};

template <>
struct VectorFold<fold_sum> {
  static constexpr bool known = true;
  using Combines = fold_sum;  // of the folds that combine alike, the one to compile
  template <class T, int lanes>
  ACCRUE_FN Vec<T, lanes> combine(Vec<T, lanes> a, Vec<T, lanes> b) {
    using W = Vec<wrapping_t<T>, lanes>;
    return reinterpret_cast<Vec<T, lanes>>(reinterpret_cast<W>(a) + reinterpret_cast<W>(b));
  }
};
template <>
struct VectorFold<fold_mean> : VectorFold<fold_sum> {};

template <>
struct VectorFold<fold_prod> {
  static constexpr bool known = true;
  using Combines = fold_prod;
  template <class T, int lanes>
  ACCRUE_FN Vec<T, lanes> combine(Vec<T, lanes> a, Vec<T, lanes> b) {
    using W = Vec<wrapping_t<T>, lanes>;
    return reinterpret_cast<Vec<T, lanes>>(reinterpret_cast<W>(a) * reinterpret_cast<W>(b));
  }
};

/// a > b ? a : b, as the processors' own instruction has it: b where they are equal, or one is NaN.
template <class V>
ACCRUE_FN V larger_lanes(V a, V b) {
#ifdef __SSE2__
  constexpr bool is_float = same_type<decltype(a[0] + 0), float>::value;
#ifdef __AVX512F__
  if constexpr (sizeof(V) == 64 && is_float)
    return bit_copy<V>(_mm512_max_ps(bit_copy<__m512>(a), bit_copy<__m512>(b)));
  if constexpr (sizeof(V) == 64)
    return bit_copy<V>(_mm512_max_pd(bit_copy<__m512d>(a), bit_copy<__m512d>(b)));
#endif
#ifdef __AVX__
  if constexpr (sizeof(V) == 32 && is_float)
    return bit_copy<V>(_mm256_max_ps(bit_copy<__m256>(a), bit_copy<__m256>(b)));
  if constexpr (sizeof(V) == 32)
    return bit_copy<V>(_mm256_max_pd(bit_copy<__m256d>(a), bit_copy<__m256d>(b)));
#endif
  if constexpr (sizeof(V) == 16 && is_float)
    return bit_copy<V>(_mm_max_ps(bit_copy<__m128>(a), bit_copy<__m128>(b)));
  if constexpr (sizeof(V) == 16) return bit_copy<V>(_mm_max_pd(bit_copy<__m128d>(a), bit_copy<__m128d>(b)));
#endif
  return a > b ? a : b;
}

/// a < b ? a : b, likewise.
template <class V>
ACCRUE_FN V smaller_lanes(V a, V b) {
#ifdef __SSE2__
  constexpr bool is_float = same_type<decltype(a[0] + 0), float>::value;
#ifdef __AVX512F__
  if constexpr (sizeof(V) == 64 && is_float)
    return bit_copy<V>(_mm512_min_ps(bit_copy<__m512>(a), bit_copy<__m512>(b)));
  if constexpr (sizeof(V) == 64)
    return bit_copy<V>(_mm512_min_pd(bit_copy<__m512d>(a), bit_copy<__m512d>(b)));
#endif
#ifdef __AVX__
  if constexpr (sizeof(V) == 32 && is_float)
    return bit_copy<V>(_mm256_min_ps(bit_copy<__m256>(a), bit_copy<__m256>(b)));
  if constexpr (sizeof(V) == 32)
    return bit_copy<V>(_mm256_min_pd(bit_copy<__m256d>(a), bit_copy<__m256d>(b)));
#endif
  if constexpr (sizeof(V) == 16 && is_float)
    return bit_copy<V>(_mm_min_ps(bit_copy<__m128>(a), bit_copy<__m128>(b)));
  if constexpr (sizeof(V) == 16) return bit_copy<V>(_mm_min_pd(bit_copy<__m128d>(a), bit_copy<__m128d>(b)));
#endif
  return a < b ? a : b;
}

template <>
struct VectorFold<fold_max> {
  static constexpr bool known = true;
  template <class T, int lanes>
  ACCRUE_FN Vec<T, lanes> combine(Vec<T, lanes> a, Vec<T, lanes> b) {
    if constexpr (Traits<T>::floating) {  // NaN if either is; of equal ones, -0 if either is not +0
      using Bits = decltype(a == b);
      const auto both =
          reinterpret_cast<Vec<T, lanes>>(reinterpret_cast<Bits>(a) & reinterpret_cast<Bits>(b));
      const Vec<T, lanes> larger = a == b ? both : larger_lanes(a, b);
      return a != a ? a : larger;
    } else {
      return a > b ? a : b;
    }
  }
};

template <>
struct VectorFold<fold_min> {
  static constexpr bool known = true;
  template <class T, int lanes>
  ACCRUE_FN Vec<T, lanes> combine(Vec<T, lanes> a, Vec<T, lanes> b) {
    if constexpr (Traits<T>::floating) {
      using Bits = decltype(a == b);
      const auto either =
          reinterpret_cast<Vec<T, lanes>>(reinterpret_cast<Bits>(a) | reinterpret_cast<Bits>(b));
      const Vec<T, lanes> smaller = a == b ? either : smaller_lanes(a, b);
      return a != a ? a : smaller;
    } else {
      return a < b ? a : b;
    }
  }
};

}  // namespace accrue::ACCRUE_ISA_NS
