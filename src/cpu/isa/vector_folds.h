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

/// The larger lanes of a and b, or the smaller, as the processors' own instructions have it: b's where they
/// are equal, or one is NaN.
template <bool larger, class V>
ACCRUE_FN V extreme_lanes(V a, V b) {
#ifdef __SSE2__
  constexpr bool is_float = same_type<decltype(a[0] + 0), float>::value;
#ifdef __AVX512F__
  if constexpr (sizeof(V) == 64 && is_float) {
    const __m512 x = bit_copy<__m512>(a), y = bit_copy<__m512>(b);
    return bit_copy<V>(larger ? _mm512_max_ps(x, y) : _mm512_min_ps(x, y));
  }
  if constexpr (sizeof(V) == 64) {
    const __m512d x = bit_copy<__m512d>(a), y = bit_copy<__m512d>(b);
    return bit_copy<V>(larger ? _mm512_max_pd(x, y) : _mm512_min_pd(x, y));
  }
#endif
#ifdef __AVX__
  if constexpr (sizeof(V) == 32 && is_float) {
    const __m256 x = bit_copy<__m256>(a), y = bit_copy<__m256>(b);
    return bit_copy<V>(larger ? _mm256_max_ps(x, y) : _mm256_min_ps(x, y));
  }
  if constexpr (sizeof(V) == 32) {
    const __m256d x = bit_copy<__m256d>(a), y = bit_copy<__m256d>(b);
    return bit_copy<V>(larger ? _mm256_max_pd(x, y) : _mm256_min_pd(x, y));
  }
#endif
  if constexpr (sizeof(V) == 16 && is_float) {
    const __m128 x = bit_copy<__m128>(a), y = bit_copy<__m128>(b);
    return bit_copy<V>(larger ? _mm_max_ps(x, y) : _mm_min_ps(x, y));
  }
  if constexpr (sizeof(V) == 16) {
    const __m128d x = bit_copy<__m128d>(a), y = bit_copy<__m128d>(b);
    return bit_copy<V>(larger ? _mm_max_pd(x, y) : _mm_min_pd(x, y));
  }
#endif
  if constexpr (larger)
    return a > b ? a : b;
  else
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
      const Vec<T, lanes> larger = a == b ? both : extreme_lanes<true>(a, b);
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
      const Vec<T, lanes> smaller = a == b ? either : extreme_lanes<false>(a, b);
      return a != a ? a : smaller;
    } else {
      return a < b ? a : b;
    }
  }
};

}  // namespace accrue::ACCRUE_ISA_NS
