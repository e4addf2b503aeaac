// The functions that are not exactly rounded, by SLEEF. Lanes is a vector of numbers that the functions of
// scalar_ops.h take as they take one number; what they call of C's <math.h> is SLEEF's for it. Its `cinz`
// functions are made to give the same bits on every instruction set and in every lane, whatever the other
// lanes hold (tests/backend/transcendental_test.cpp).
#pragma once

#include <sleef.h>

#include "src/cpu/isa/vectors.h"

// SLEEF's functions of float and of double, by the set that they were compiled for.
#if defined(__AVX512F__)
#define ACCRUE_SLEEF_FLOAT(name) Sleef_cinz_##name##f16_u10avx512fnofma
#define ACCRUE_SLEEF_DOUBLE(name) Sleef_cinz_##name##d8_u10avx512fnofma
#elif defined(__AVX2__)
#define ACCRUE_SLEEF_FLOAT(name) Sleef_cinz_##name##f8_u10avx
#define ACCRUE_SLEEF_DOUBLE(name) Sleef_cinz_##name##d4_u10avx
#elif defined(__SSE4_1__)
#define ACCRUE_SLEEF_FLOAT(name) Sleef_cinz_##name##f4_u10sse4
#define ACCRUE_SLEEF_DOUBLE(name) Sleef_cinz_##name##d2_u10sse4
#else
#define ACCRUE_SLEEF_PLAIN_C
#define ACCRUE_SLEEF_FLOAT(name) Sleef_cinz_##name##f1_u10purec
#define ACCRUE_SLEEF_DOUBLE(name) Sleef_cinz_##name##d1_u10purec
#endif

namespace accrue::ACCRUE_ISA_NS {

template <class T>
struct Lanes {
#ifdef ACCRUE_SLEEF_PLAIN_C
  static constexpr int count = 1;
#else
  static constexpr int count = register_bytes / static_cast<int>(sizeof(T));
#endif
  using V = Vec<T, count>;
  V v;

  Lanes(V lanes) : v(lanes) {}
  explicit Lanes(T x) : v(broadcast<T, count>(x)) {}
  Lanes operator-() const { return -v; }
  Lanes operator+(Lanes b) const { return v + b.v; }
  Lanes operator*(Lanes b) const { return v * b.v; }
  Lanes operator/(Lanes b) const { return v / b.v; }
  auto operator<(Lanes b) const { return v < b.v; }  // all bits of a lane, or none
};

template <class T>
struct Traits<Lanes<T>> : Traits<T> {};

template <class Mask, class T>
ACCRUE_FN Lanes<T> choose(Mask condition, Lanes<T> a, Lanes<T> b) {
  return condition ? a.v : b.v;
}

template <class Mask>
ACCRUE_FN bool any_lane(Mask mask) {
  unsigned char bytes[sizeof(Mask)], any = 0;
  __builtin_memcpy(bytes, &mask, sizeof(Mask));
  for (const unsigned char byte : bytes) any |= byte;
  return any != 0;
}

template <class F, class V, class... More>
ACCRUE_FN V call_library(F* function, V a, More... more) {
#ifdef ACCRUE_SLEEF_PLAIN_C
  return V{function(a[0], more[0]...)};
#else
  return function(a, more...);
#endif
}

/// `ours`, for either width of number, is SLEEF's `name`.
#define LIBRARY_FUNCTION(ours, name)                                \
  template <class... More>                                          \
  ACCRUE_FN Lanes<float> ours(Lanes<float> a, More... more) {       \
    return call_library(ACCRUE_SLEEF_FLOAT(name), a.v, more.v...);  \
  }                                                                 \
  template <class... More>                                          \
  ACCRUE_FN Lanes<double> ours(Lanes<double> a, More... more) {     \
    return call_library(ACCRUE_SLEEF_DOUBLE(name), a.v, more.v...); \
  }
LIBRARY_FUNCTION(sleef_exp, exp)
LIBRARY_FUNCTION(c_expm1, expm1)
LIBRARY_FUNCTION(c_log, log)
LIBRARY_FUNCTION(sleef_log1p, log1p)
LIBRARY_FUNCTION(c_log2, log2)
LIBRARY_FUNCTION(c_sin, sin)
LIBRARY_FUNCTION(c_cos, cos)
LIBRARY_FUNCTION(c_tanh, tanh)
LIBRARY_FUNCTION(c_erf, erf)
LIBRARY_FUNCTION(sleef_pow, pow)
LIBRARY_FUNCTION(c_atan2, atan2)
#undef LIBRARY_FUNCTION

ACCRUE_FN Lanes<float> c_fabs(Lanes<float> a) {
  using U = Vec<u32, Lanes<float>::count>;
  return reinterpret_cast<Lanes<float>::V>(reinterpret_cast<U>(a.v) & 0x7fffffffu);
}
ACCRUE_FN Lanes<double> c_fabs(Lanes<double> a) {
  using U = Vec<u64, Lanes<double>::count>;
  return reinterpret_cast<Lanes<double>::V>(reinterpret_cast<U>(a.v) & 0x7fffffffffffffffu);
}

ACCRUE_FN Lanes<float> c_exp(Lanes<float> a) { return sleef_exp(a); }
/// SLEEF's exp of doubles is infinite for results above 1.79769e308, of which the largest number
/// is 1.7976931e308. Its expm1 is not; so far up, exp(a) - 1 and exp(a) are the same number.
ACCRUE_FN Lanes<double> c_exp(Lanes<double> a) {
  const Lanes<double> result = sleef_exp(a);
  const auto large = Lanes<double>(709.0) < a;
  return any_lane(large) ? choose(large, c_expm1(a), result) : result;
}

/// SLEEF's log1p is infinite from 1e38 (float) and 1e307 (double) on. Above 2^64 the logarithms of a and of a
/// + 1 are the same number.
template <class T>
ACCRUE_FN Lanes<T> c_log1p(Lanes<T> a) {
  const Lanes<T> result = sleef_log1p(a);
  const auto large = Lanes<T>(T(0x1p64)) < a;
  return any_lane(large) ? choose(large, c_log(a), result) : result;
}

ACCRUE_FN Lanes<float> c_pow(Lanes<float> a, Lanes<float> b) { return sleef_pow(a, b); }
/// As exp, so pow of doubles: where a result is infinite it is computed as a square, which overflows where it
/// should. (No finite a has an infinite power below b = 0.5.)
ACCRUE_FN Lanes<double> c_pow(Lanes<double> a, Lanes<double> b) {
  const Lanes<double> result = sleef_pow(a, b), largest(0x1.fffffffffffffp1023);
  const auto infinite = (largest < c_fabs(result)) & (Lanes<double>(0.5) < c_fabs(b));
  if (!any_lane(infinite)) return result;
  const Lanes<double> root = sleef_pow(c_fabs(a), b * Lanes<double>(0.5));
  return choose(infinite, root * choose(result < Lanes<double>(0.0), -root, root), result);
}

}  // namespace accrue::ACCRUE_ISA_NS
