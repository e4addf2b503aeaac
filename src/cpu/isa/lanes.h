// The functions that are not exactly rounded, by SLEEF. Lanes is a register of numbers that the functions of
// scalar_ops.h take as they take one number; what they call of C's <math.h> is SLEEF's for it. The `cinz`
// functions are meant to give the same bits on every instruction set, in every lane whatever its neighbours
// are, and do (tests/backend/transcendental_test.cpp).
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

#define LIBRARY_FUNCTION(name)                                                                            \
  ACCRUE_FN Lanes<float> c_##name(Lanes<float> a) { return call_library(ACCRUE_SLEEF_FLOAT(name), a.v); } \
  ACCRUE_FN Lanes<double> c_##name(Lanes<double> a) { return call_library(ACCRUE_SLEEF_DOUBLE(name), a.v); }
LIBRARY_FUNCTION(exp)
LIBRARY_FUNCTION(expm1)
LIBRARY_FUNCTION(log)
LIBRARY_FUNCTION(log2)
LIBRARY_FUNCTION(sin)
LIBRARY_FUNCTION(cos)
LIBRARY_FUNCTION(tanh)
LIBRARY_FUNCTION(erf)
#undef LIBRARY_FUNCTION
#define LIBRARY_FUNCTION(name)                                         \
  ACCRUE_FN Lanes<float> c_##name(Lanes<float> a, Lanes<float> b) {    \
    return call_library(ACCRUE_SLEEF_FLOAT(name), a.v, b.v);           \
  }                                                                    \
  ACCRUE_FN Lanes<double> c_##name(Lanes<double> a, Lanes<double> b) { \
    return call_library(ACCRUE_SLEEF_DOUBLE(name), a.v, b.v);          \
  }
LIBRARY_FUNCTION(pow)
LIBRARY_FUNCTION(atan2)
#undef LIBRARY_FUNCTION

/// SLEEF's log1p is infinite from 1e38 (float) and 1e307 (double) on. Above 2^64 the logarithms of x and of 1
/// + x are the same number in either type.
template <class T>
ACCRUE_FN Lanes<T> log_where_large(Lanes<T> x, Lanes<T> log1p) {
  const auto large = Lanes<T>(T(0x1p64)) < x;
  return any_lane(large) ? choose(large, c_log(x), log1p) : log1p;
}
ACCRUE_FN Lanes<float> c_log1p(Lanes<float> a) {
  return log_where_large(a, Lanes<float>(call_library(ACCRUE_SLEEF_FLOAT(log1p), a.v)));
}
ACCRUE_FN Lanes<double> c_log1p(Lanes<double> a) {
  return log_where_large(a, Lanes<double>(call_library(ACCRUE_SLEEF_DOUBLE(log1p), a.v)));
}

ACCRUE_FN Lanes<float> c_fabs(Lanes<float> a) {
  using U = Vec<u32, Lanes<float>::count>;
  return reinterpret_cast<Lanes<float>::V>(reinterpret_cast<U>(a.v) & 0x7fffffffu);
}
ACCRUE_FN Lanes<double> c_fabs(Lanes<double> a) {
  using U = Vec<u64, Lanes<double>::count>;
  return reinterpret_cast<Lanes<double>::V>(reinterpret_cast<U>(a.v) & 0x7fffffffffffffffu);
}

}  // namespace accrue::ACCRUE_ISA_NS
