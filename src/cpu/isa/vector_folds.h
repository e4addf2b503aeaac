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

template <>
struct VectorFold<fold_max> {
  static constexpr bool known = true;
  template <class T, int lanes>
  ACCRUE_FN Vec<T, lanes> combine(Vec<T, lanes> a, Vec<T, lanes> b) {
    if constexpr (Traits<T>::floating) {  // NaN if either is; of equal ones, -0 if either is not +0
      using Bits = decltype(a == b);
      const auto both =
          reinterpret_cast<Vec<T, lanes>>(reinterpret_cast<Bits>(a) & reinterpret_cast<Bits>(b));
      const Vec<T, lanes> larger = (a > b) | (a != a) ? a : b;
      return a == b ? both : larger;
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
      const Vec<T, lanes> smaller = (a < b) | (a != a) ? a : b;
      return a == b ? either : smaller;
    } else {
      return a < b ? a : b;
    }
  }
};

}  // namespace accrue::ACCRUE_ISA_NS
