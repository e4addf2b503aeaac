// Every scalar function, once: what it computes, its name, how it is typed. The CPU steps, the CUDA text, the
// reference evaluator, the script language and the tests all derive from this file. It is plain text for
// three readers: the host compiler, the same compiler once per instruction set (each in a namespace of its
// own), and NVRTC; so it includes nothing but C's <math.h>, uses no std::, and no vector types.
//
// To add a function: one struct here, one documented declaration in ops.hpp. Nothing else, unless it calls a
// function of <math.h> that no other does.
#pragma once

#ifndef __CUDACC_RTC__
#include <math.h>
#endif
#ifdef __CUDACC__
#define ACCRUE_FN __device__ static inline
#else
#define ACCRUE_FN static inline
#endif
#ifndef ACCRUE_SCALAR_NS  // a per-instruction-set file names its own, the CUDA text `device`
#define ACCRUE_SCALAR_NS scalar
#endif

namespace accrue {
namespace ACCRUE_SCALAR_NS {

// ---------------------------------------------------------------------------------------------- types

using i8 = signed char;
using i16 = short;
using i32 = int;
using i64 = long;
using u8 = unsigned char;
using u16 = unsigned short;
using u32 = unsigned int;
using u64 = unsigned long;

template <class A, class B>
struct same_type {
  static constexpr bool value = false;
};
template <class A>
struct same_type<A, A> {
  static constexpr bool value = true;
};

/// What a function needs to know about an arithmetic type T (16-bit floats compute in float).
template <class T>
struct Traits;
template <class T, class U, bool is_signed, bool is_float>
struct TraitsOf {
  using Unsigned = U;  // the same width, wrapping arithmetic (a float: itself)
  static constexpr bool signed_integer = is_signed && !is_float;
  static constexpr bool floating = is_float;
  static constexpr int bits = 8 * sizeof(T);
};
template <>
struct Traits<bool> : TraitsOf<bool, bool, false, false> {};
template <>
struct Traits<i8> : TraitsOf<i8, u8, true, false> {};
template <>
struct Traits<i16> : TraitsOf<i16, u16, true, false> {};
template <>
struct Traits<i32> : TraitsOf<i32, u32, true, false> {};
template <>
struct Traits<i64> : TraitsOf<i64, u64, true, false> {};
template <>
struct Traits<u8> : TraitsOf<u8, u8, false, false> {};
template <>
struct Traits<u16> : TraitsOf<u16, u16, false, false> {};
template <>
struct Traits<u32> : TraitsOf<u32, u32, false, false> {};
template <>
struct Traits<u64> : TraitsOf<u64, u64, false, false> {};
template <>
struct Traits<float> : TraitsOf<float, float, true, true> {};
template <>
struct Traits<double> : TraitsOf<double, double, true, true> {};

template <class To, class From>
ACCRUE_FN To bit_copy(From from) {
  static_assert(sizeof(To) == sizeof(From), "bit_copy keeps the width");
  To to;
  __builtin_memcpy(&to, &from, sizeof(To));
  return to;
}

template <class T>
ACCRUE_FN T lowest_of() {
  if constexpr (Traits<T>::floating)
    return -static_cast<T>(__builtin_huge_valf());
  else if constexpr (Traits<T>::signed_integer)
    return static_cast<T>(T(1) << (Traits<T>::bits - 1));
  else
    return T(0);
}
template <class T>
ACCRUE_FN T highest_of() {
  if constexpr (Traits<T>::floating)
    return static_cast<T>(__builtin_huge_valf());
  else if constexpr (same_type<T, bool>::value)
    return true;
  else
    return static_cast<T>(~lowest_of<T>());
}

// --------------------------------------------------------------------------------------------- 16-bit floats

ACCRUE_FN float bfloat16_to_float(u16 h) { return bit_copy<float>(static_cast<u32>(h) << 16); }

ACCRUE_FN float float16_to_float(u16 h) {
  const u32 sign = static_cast<u32>(h & 0x8000u) << 16;
  const u32 magnitude = h & 0x7fffu;
  if (magnitude >= 0x7c00u) return bit_copy<float>(sign | 0x7f800000u | (magnitude << 13));  // inf, NaN
  if (magnitude >= 0x0400u) return bit_copy<float>(sign | ((magnitude << 13) + 0x38000000u));
  const float subnormal = static_cast<float>(magnitude) * 0x1p-24f;  // exact
  return bit_copy<float>(sign | bit_copy<u32>(subnormal));
}

/// A double rounded once, to nearest even, to a float format of `fraction` stored bits and `exponent` bits.
template <int fraction, int exponent>
ACCRUE_FN u16 narrow_double(double x) {
  const u64 bits = bit_copy<u64>(x);
  const u16 sign = static_cast<u16>((bits >> 48) & 0x8000u);
  const u64 magnitude = bits & 0x7fffffffffffffffu;
  constexpr u16 infinity = static_cast<u16>(((1u << exponent) - 1) << fraction);
  if (magnitude > 0x7ff0000000000000u) return static_cast<u16>(sign | infinity | (1u << (fraction - 1)));
  constexpr int bias = (1 << (exponent - 1)) - 1;
  const int e = static_cast<int>(magnitude >> 52) - 1023;  // unbiased
  if (e > bias) return static_cast<u16>(sign | infinity);
  const int unit = (e < 1 - bias ? 1 - bias : e) - fraction;  // log2 of the last kept bit
  const int drop = 52 - (e - unit);                           // bits of the double's fraction below it
  if (drop > 53) return sign;                                 // below half of the smallest subnormal
  const u64 full = (magnitude & 0xfffffffffffffu) | (magnitude >> 52 ? 0x10000000000000u : 0u);
  const u64 kept = full >> drop;
  const u64 rest = full & ((u64(1) << drop) - 1);
  const u64 half = u64(1) << (drop - 1);
  const u64 rounded = kept + (rest > half || (rest == half && (kept & 1)) ? 1 : 0);
  const u64 base =
      e < 1 - bias ? 0 : static_cast<u64>(e + bias - 1) << fraction;  // a carry moves up by itself
  return static_cast<u16>(sign | static_cast<u16>(base + rounded));
}

ACCRUE_FN u16 float_to_bfloat16(float x) {
  const u32 bits = bit_copy<u32>(x);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return static_cast<u16>((bits >> 16) | 0x40u);
  return static_cast<u16>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}
ACCRUE_FN u16 double_to_bfloat16(double x) { return narrow_double<7, 8>(x); }
ACCRUE_FN u16 double_to_float16(double x) { return narrow_double<10, 5>(x); }
ACCRUE_FN u16 float_to_float16(float x) { return double_to_float16(x); }  // widening is exact

/// A double between `x` and the true 64-bit integer that rounds to a 16-bit float as the integer itself does:
/// round to odd, so that the second rounding sees whether anything was cut.
ACCRUE_FN double to_odd_double(u64 x) {
  if (x >> 53 == 0) return static_cast<double>(x);
  const int shift = 11;  // keep 53 bits or fewer; the lowest kept bit is sticky
  const u64 sticky = (x & ((u64(1) << shift) - 1)) != 0;
  return static_cast<double>((x >> shift) | sticky) * 2048.0;
}

/// Storage of a float16 and of a bfloat16 element: loaded as float, stored with one rounding.
struct f16 {
  u16 bits;
};
struct bf16 {
  u16 bits;
};

/// The type that a function computes in for elements stored as S.
template <class S>
struct compute_type {
  using type = S;
};
template <>
struct compute_type<f16> {
  using type = float;
};
template <>
struct compute_type<bf16> {
  using type = float;
};
template <class S>
using compute_t = typename compute_type<S>::type;

template <class S>
ACCRUE_FN compute_t<S> load_as(S s) {
  return s;
}
ACCRUE_FN float load_as(f16 s) { return float16_to_float(s.bits); }
ACCRUE_FN float load_as(bf16 s) { return bfloat16_to_float(s.bits); }

// ---------------------------------------------------------------------------------------------- casts

/// The value of type To for a value of type From (both arithmetic): the one rule for every cast.
/// Float to integer truncates toward zero, NaN gives 0, out of range saturates; integers wrap; to bool is !=
/// 0.
template <class To, class From>
ACCRUE_FN To convert(From x) {
  if constexpr (same_type<To, bool>::value) {
    return x != From(0);
  } else if constexpr (Traits<From>::floating && !Traits<To>::floating) {
    // The bounds are powers of two, exact in either float type.
    const From above = static_cast<From>(Traits<To>::signed_integer ? u64(1) << (Traits<To>::bits - 2)
                                                                    : u64(1) << (Traits<To>::bits - 1)) *
                       From(2);
    const From below = Traits<To>::signed_integer ? -above : From(0);
    if (x != x) return To(0);
    if (x >= above) return highest_of<To>();
    if (x <= below) return lowest_of<To>();
    return static_cast<To>(x);
  } else {
    return static_cast<To>(x);
  }
}

/// A value of arithmetic type From stored as an element S, rounded once from the exact value.
template <class S>
struct Store {
  template <class From>
  ACCRUE_FN S from(From x) {
    return convert<S>(x);
  }
};
template <>
struct Store<f16> {
  template <class From>
  ACCRUE_FN f16 from(From x) {
    return f16{double_to_float16(Store::exact(x))};
  }
  template <class From>
  ACCRUE_FN double exact(From x) {
    if constexpr (same_type<From, u64>::value)
      return to_odd_double(x);
    else if constexpr (same_type<From, i64>::value)
      return x < 0 ? -to_odd_double(u64(0) - static_cast<u64>(x)) : to_odd_double(static_cast<u64>(x));
    else
      return static_cast<double>(x);
  }
};
template <>
struct Store<bf16> {
  template <class From>
  ACCRUE_FN bf16 from(From x) {
    if constexpr (same_type<From, float>::value)
      return bf16{float_to_bfloat16(x)};
    else
      return bf16{double_to_bfloat16(Store<f16>::exact(x))};
  }
};

/// cast: an element stored as From becomes one stored as To.
template <class To, class From>
ACCRUE_FN To cast_element(From x) {
  return Store<To>::from(load_as(x));
}

// ---------------------------------------------------------------------------------------------- descriptions

/// Which dtype a function's result has, given that of its (promoted) operands.
enum class Result : u8 {
  same,     // the operands' dtype
  real,     // float32 for bool and integers, else the operands' dtype
  boolean,  // bool for every dtype
};

/// Which dtypes a function takes.
enum class Domain : u8 {
  any,
  numeric,   // not bool
  integral,  // bool and integers
  integers,  // integers only
};

struct OpSpec {
  int arity;
  Result result;
  Domain domain;
  bool exact;      // exactly rounded: the same bits on every device
  int unpromoted;  // that many leading operands keep a dtype of their own (where's condition: bool)
};

template <int index>
struct ScalarOp;  // the index-th function
template <int index>
struct ScalarFold;

enum { first_scalar_op = __COUNTER__ + 1 };
#define SCALAR_OP(Name, ...)                       \
  struct Name;                                     \
  template <>                                      \
  struct ScalarOp<__COUNTER__ - first_scalar_op> { \
    using type = Name;                             \
    static constexpr const char* name = #Name;     \
    static constexpr OpSpec spec{__VA_ARGS__};     \
  };                                               \
  struct Name

// clang-format takes the blocks below for namespaces.
// clang-format off

// In a function that is not exactly rounded T may be a vector of numbers too (src/cpu/isa/lanes.h): for floats it is
// written with operators, choose and c_ functions alone.
template <class T> ACCRUE_FN T choose(bool condition, T a, T b) { return condition ? a : b; }

// C's float and double functions under one name each; other than these, <math.h> is not called.
#define MATH_FUNCTION(name)                              \
  ACCRUE_FN float c_##name(float a) { return name##f(a); } \
  ACCRUE_FN double c_##name(double a) { return ::name(a); }
MATH_FUNCTION(fabs)
MATH_FUNCTION(sqrt)
MATH_FUNCTION(exp)
MATH_FUNCTION(expm1)
MATH_FUNCTION(log)
MATH_FUNCTION(log1p)
MATH_FUNCTION(log2)
MATH_FUNCTION(sin)
MATH_FUNCTION(cos)
MATH_FUNCTION(tanh)
MATH_FUNCTION(erf)
MATH_FUNCTION(floor)
MATH_FUNCTION(ceil)
MATH_FUNCTION(rint)
MATH_FUNCTION(trunc)
#undef MATH_FUNCTION
ACCRUE_FN float c_pow(float a, float b) { return powf(a, b); }
ACCRUE_FN double c_pow(double a, double b) { return ::pow(a, b); }
ACCRUE_FN float c_fmod(float a, float b) { return fmodf(a, b); }
ACCRUE_FN double c_fmod(double a, double b) { return ::fmod(a, b); }
ACCRUE_FN float c_atan2(float a, float b) { return atan2f(a, b); }
ACCRUE_FN double c_atan2(double a, double b) { return ::atan2(a, b); }
ACCRUE_FN float c_copysign(float a, float b) { return copysignf(a, b); }
ACCRUE_FN double c_copysign(double a, double b) { return ::copysign(a, b); }

// ---------------------------------------------------------------------------------------------- unary

SCALAR_OP(neg, 1, Result::same, Domain::numeric, true, 0) {
  template <class T> ACCRUE_FN T apply(T a) {
    if constexpr (Traits<T>::floating) return -a;
    else return static_cast<T>(typename Traits<T>::Unsigned(0) - static_cast<typename Traits<T>::Unsigned>(a));
  }
};
SCALAR_OP(abs, 1, Result::same, Domain::numeric, true, 0) {
  template <class T> ACCRUE_FN T apply(T a) {
    if constexpr (Traits<T>::floating) return c_fabs(a);
    else if constexpr (Traits<T>::signed_integer) return a < 0 ? neg::apply(a) : a;
    else return a;
  }
};
SCALAR_OP(sign, 1, Result::same, Domain::numeric, true, 0) {  // NaN stays NaN, -0 stays -0
  template <class T> ACCRUE_FN T apply(T a) {
    if constexpr (Traits<T>::signed_integer || Traits<T>::floating) return a > T(0) ? T(1) : a < T(0) ? T(-1) : a;
    else return static_cast<T>(a != T(0));
  }
};
SCALAR_OP(square, 1, Result::same, Domain::numeric, true, 0) {
  template <class T> ACCRUE_FN T apply(T a) {
    if constexpr (Traits<T>::floating) return a * a;
    else return static_cast<T>(u64(a) * u64(a));
  }
};

SCALAR_OP(sqrt, 1, Result::real, Domain::any, true, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return c_sqrt(a); }
};
SCALAR_OP(rsqrt, 1, Result::real, Domain::any, true, 0) {  // 1 / sqrt(a), each rounded
  template <class T> ACCRUE_FN T apply(T a) { return T(1) / c_sqrt(a); }
};
SCALAR_OP(reciprocal, 1, Result::real, Domain::any, true, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return T(1) / a; }
};
SCALAR_OP(exp, 1, Result::real, Domain::any, false, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return c_exp(a); }
};
SCALAR_OP(expm1, 1, Result::real, Domain::any, false, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return c_expm1(a); }
};
SCALAR_OP(log, 1, Result::real, Domain::any, false, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return c_log(a); }
};
SCALAR_OP(log1p, 1, Result::real, Domain::any, false, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return c_log1p(a); }
};
SCALAR_OP(log2, 1, Result::real, Domain::any, false, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return c_log2(a); }
};
SCALAR_OP(sin, 1, Result::real, Domain::any, false, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return c_sin(a); }
};
SCALAR_OP(cos, 1, Result::real, Domain::any, false, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return c_cos(a); }
};
SCALAR_OP(tanh, 1, Result::real, Domain::any, false, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return c_tanh(a); }
};
SCALAR_OP(sigmoid, 1, Result::real, Domain::any, false, 0) {  // 1 / (1 + exp(-a)), without its overflow
  template <class T> ACCRUE_FN T apply(T a) {
    const T small = c_exp(-c_fabs(a));
    return choose(a < T(0), small, T(1)) / (T(1) + small);
  }
};
SCALAR_OP(erf, 1, Result::real, Domain::any, false, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return c_erf(a); }
};
SCALAR_OP(floor, 1, Result::same, Domain::numeric, true, 0) {
  template <class T> ACCRUE_FN T apply(T a) {
    if constexpr (Traits<T>::floating) return c_floor(a);
    else return a;
  }
};
SCALAR_OP(ceil, 1, Result::same, Domain::numeric, true, 0) {
  template <class T> ACCRUE_FN T apply(T a) {
    if constexpr (Traits<T>::floating) return c_ceil(a);
    else return a;
  }
};
SCALAR_OP(round, 1, Result::same, Domain::numeric, true, 0) {  // half to even
  template <class T> ACCRUE_FN T apply(T a) {
    if constexpr (Traits<T>::floating) return c_rint(a);
    else return a;
  }
};
SCALAR_OP(trunc, 1, Result::same, Domain::numeric, true, 0) {
  template <class T> ACCRUE_FN T apply(T a) {
    if constexpr (Traits<T>::floating) return c_trunc(a);
    else return a;
  }
};
SCALAR_OP(isnan, 1, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a) { return a != a; }
};
SCALAR_OP(isinf, 1, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a) {
    if constexpr (Traits<T>::floating) return a == highest_of<T>() || a == lowest_of<T>();
    else return false;
  }
};
SCALAR_OP(isfinite, 1, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a) {
    if constexpr (Traits<T>::floating) return a > lowest_of<T>() && a < highest_of<T>();
    else return true;
  }
};
SCALAR_OP(logical_not, 1, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a) { return a == T(0); }
};
SCALAR_OP(bitwise_not, 1, Result::same, Domain::integral, true, 0) {
  template <class T> ACCRUE_FN T apply(T a) {
    if constexpr (same_type<T, bool>::value) return !a;
    else return static_cast<T>(~a);
  }
};

// ---------------------------------------------------------------------------------------------- binary

SCALAR_OP(add, 2, Result::same, Domain::any, true, 0) {  // of bools: or
  template <class T> ACCRUE_FN T apply(T a, T b) {
    if constexpr (same_type<T, bool>::value) return a || b;
    else if constexpr (Traits<T>::floating) return a + b;
    else return static_cast<T>(u64(a) + u64(b));
  }
};
SCALAR_OP(sub, 2, Result::same, Domain::numeric, true, 0) {
  template <class T> ACCRUE_FN T apply(T a, T b) {
    if constexpr (Traits<T>::floating) return a - b;
    else return static_cast<T>(u64(a) - u64(b));
  }
};
SCALAR_OP(mul, 2, Result::same, Domain::any, true, 0) {  // of bools: and
  template <class T> ACCRUE_FN T apply(T a, T b) {
    if constexpr (same_type<T, bool>::value) return a && b;
    else if constexpr (Traits<T>::floating) return a * b;
    else return static_cast<T>(u64(a) * u64(b));
  }
};
SCALAR_OP(div, 2, Result::real, Domain::any, true, 0) {
  template <class T> ACCRUE_FN T apply(T a, T b) { return a / b; }
};
SCALAR_OP(floor_divide, 2, Result::same, Domain::numeric, true, 0) {  // Python's //; integers by 0 give 0
  template <class T> ACCRUE_FN T apply(T a, T b) {
    if constexpr (Traits<T>::floating) {
      if (b == T(0)) return a / b;
      const T mod = c_fmod(a, b);
      T quotient = (a - mod) / b;
      if (mod != T(0) && (b < T(0)) != (mod < T(0))) quotient -= T(1);
      if (quotient == T(0)) return c_copysign(T(0), a / b);
      const T whole = c_floor(quotient);
      return quotient - whole > T(0.5) ? whole + T(1) : whole;
    } else {
      if (b == T(0)) return T(0);
      if constexpr (Traits<T>::signed_integer) {
        if (b == T(-1)) return neg::apply(a);  // the lowest // -1 wraps
        const T quotient = static_cast<T>(a / b);
        return static_cast<T>(quotient - ((a % b != 0) && ((a < 0) != (b < 0)) ? 1 : 0));
      } else {
        return static_cast<T>(a / b);
      }
    }
  }
};
SCALAR_OP(remainder, 2, Result::same, Domain::numeric, true, 0) {  // Python's %; integers by 0 give 0
  template <class T> ACCRUE_FN T apply(T a, T b) {
    if constexpr (Traits<T>::floating) {
      const T mod = c_fmod(a, b);
      if (mod == T(0)) return c_copysign(T(0), b);
      return (b < T(0)) != (mod < T(0)) ? mod + b : mod;
    } else {
      if (b == T(0)) return T(0);
      if constexpr (Traits<T>::signed_integer) {
        if (b == T(-1)) return T(0);
        const T mod = static_cast<T>(a % b);
        return static_cast<T>(mod != 0 && (mod < 0) != (b < 0) ? mod + b : mod);
      } else {
        return static_cast<T>(a % b);
      }
    }
  }
};
SCALAR_OP(pow, 2, Result::same, Domain::numeric, false, 0) {  // integers: exact modulo 2^k
  template <class T> ACCRUE_FN T apply(T a, T b) {
    if constexpr (Traits<T>::floating) {
      return c_pow(a, b);
    } else {
      if constexpr (Traits<T>::signed_integer) {
        if (b < 0) return a == T(1) ? T(1) : a == T(-1) ? (b & 1 ? T(-1) : T(1)) : T(0);
      }
      u64 power = u64(a), result = 1;
      for (u64 left = static_cast<typename Traits<T>::Unsigned>(b); left != 0; left >>= 1) {
        if (left & 1) result *= power;
        power *= power;
      }
      return static_cast<T>(result);
    }
  }
};
SCALAR_OP(maximum, 2, Result::same, Domain::any, true, 0) {  // NaN if either is; -0 is less than +0
  template <class T> ACCRUE_FN T apply(T a, T b) {
    if constexpr (same_type<T, float>::value) {
      if (a == b) return bit_copy<float>(bit_copy<u32>(a) & bit_copy<u32>(b));
      return a > b || a != a ? a : b;
    } else if constexpr (same_type<T, double>::value) {
      if (a == b) return bit_copy<double>(bit_copy<u64>(a) & bit_copy<u64>(b));
      return a > b || a != a ? a : b;
    } else {
      return a > b ? a : b;
    }
  }
};
SCALAR_OP(minimum, 2, Result::same, Domain::any, true, 0) {
  template <class T> ACCRUE_FN T apply(T a, T b) {
    if constexpr (same_type<T, float>::value) {
      if (a == b) return bit_copy<float>(bit_copy<u32>(a) | bit_copy<u32>(b));
      return a < b || a != a ? a : b;
    } else if constexpr (same_type<T, double>::value) {
      if (a == b) return bit_copy<double>(bit_copy<u64>(a) | bit_copy<u64>(b));
      return a < b || a != a ? a : b;
    } else {
      return a < b ? a : b;
    }
  }
};
SCALAR_OP(relu, 1, Result::same, Domain::numeric, true, 0) {
  template <class T> ACCRUE_FN T apply(T a) { return maximum::apply(a, T(0)); }
};
SCALAR_OP(atan2, 2, Result::real, Domain::any, false, 0) {
  template <class T> ACCRUE_FN T apply(T a, T b) { return c_atan2(a, b); }
};
SCALAR_OP(eq, 2, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a, T b) { return a == b; }
};
SCALAR_OP(ne, 2, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a, T b) { return a != b; }
};
SCALAR_OP(lt, 2, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a, T b) { return a < b; }
};
SCALAR_OP(le, 2, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a, T b) { return a <= b; }
};
SCALAR_OP(gt, 2, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a, T b) { return a > b; }
};
SCALAR_OP(ge, 2, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a, T b) { return a >= b; }
};
SCALAR_OP(logical_and, 2, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a, T b) { return a != T(0) && b != T(0); }
};
SCALAR_OP(logical_or, 2, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a, T b) { return a != T(0) || b != T(0); }
};
SCALAR_OP(logical_xor, 2, Result::boolean, Domain::any, true, 0) {
  template <class T> ACCRUE_FN bool apply(T a, T b) { return (a != T(0)) != (b != T(0)); }
};
SCALAR_OP(bitwise_and, 2, Result::same, Domain::integral, true, 0) {
  template <class T> ACCRUE_FN T apply(T a, T b) { return static_cast<T>(a & b); }
};
SCALAR_OP(bitwise_or, 2, Result::same, Domain::integral, true, 0) {
  template <class T> ACCRUE_FN T apply(T a, T b) { return static_cast<T>(a | b); }
};
SCALAR_OP(bitwise_xor, 2, Result::same, Domain::integral, true, 0) {
  template <class T> ACCRUE_FN T apply(T a, T b) { return static_cast<T>(a ^ b); }
};
SCALAR_OP(bitwise_left_shift, 2, Result::same, Domain::integers, true, 0) {  // by < 0 or >= the width: 0
  template <class T> ACCRUE_FN T apply(T a, T b) {
    if (b < T(0) || b >= T(Traits<T>::bits)) return T(0);
    return static_cast<T>(u64(a) << b);
  }
};
SCALAR_OP(bitwise_right_shift, 2, Result::same, Domain::integers, true, 0) {  // of a negative number: -1
  template <class T> ACCRUE_FN T apply(T a, T b) {
    if (b < T(0) || b >= T(Traits<T>::bits)) return a < T(0) ? static_cast<T>(~T(0)) : T(0);
    return static_cast<T>(a >> b);
  }
};

// ---------------------------------------------------------------------------------------------- ternary

SCALAR_OP(where, 3, Result::same, Domain::any, true, 1) {
  template <class T> ACCRUE_FN T apply(bool condition, T a, T b) { return condition ? a : b; }
};
SCALAR_OP(clamp, 3, Result::same, Domain::numeric, true, 0) {  // low > high gives high
  template <class T> ACCRUE_FN T apply(T a, T low, T high) {
    return minimum::apply(maximum::apply(a, low), high);
  }
};

enum { scalar_op_count = __COUNTER__ - first_scalar_op };

// ---------------------------------------------------------------------------------------------- folds

/// What a fold's result is, given the input's dtype; each element is converted to it first (index: it is not).
enum class FoldResult : u8 {
  widen,    // int64 for bool and integers (uint64 stays), else the input's dtype
  same,     // the input's dtype
  real,     // float32 for bool and integers, else the input's dtype
  boolean,  // bool
  index,    // int64, elements keep their dtype
};

/// A fold is what scans and reductions do. State<A> is what is carried (A: the accumulator), lift makes one of an
/// element and its index along the axis, combine is associative up to rounding, finish gives the result.
struct FoldSpec {
  const char* scan;    // its name as a scan, or null
  const char* reduce;  // its name as a reduction, or null
  FoldResult result;
  bool rounds;         // in floating dtypes: the prefix tree fixes the order, and the accumulator is wider
  bool bool_result;    // may give bool
  bool takes_empty;    // has a value over no elements
};

enum { first_scalar_fold = __COUNTER__ + 1 };
#define SCALAR_FOLD(Name, ...)                                                                       \
  struct Name;                                                                                       \
  template <> struct ScalarFold<__COUNTER__ - first_scalar_fold> {                                   \
    using type = Name;                                                                               \
    static constexpr const char* name = #Name;                                                       \
    static constexpr FoldSpec spec{__VA_ARGS__};                                                     \
  };                                                                                                 \
  struct Name

/// A fold that carries just one accumulator.
struct PlainFold {
  template <class A> using State = A;
  template <class A> ACCRUE_FN A lift(A x, i64) { return x; }
  template <class A> ACCRUE_FN A finish(A state, i64) { return state; }
};

SCALAR_FOLD(fold_sum, "cumsum", "sum", FoldResult::widen, true, false, true) : PlainFold {
  template <class A> ACCRUE_FN A identity() { return A(0); }
  template <class A> ACCRUE_FN A combine(A a, A b) { return add::apply(a, b); }
};
SCALAR_FOLD(fold_prod, "cumprod", "prod", FoldResult::widen, true, false, true) : PlainFold {
  template <class A> ACCRUE_FN A identity() { return A(1); }
  template <class A> ACCRUE_FN A combine(A a, A b) { return mul::apply(a, b); }
};
SCALAR_FOLD(fold_max, "cummax", "max", FoldResult::same, false, true, false) : PlainFold {
  template <class A> ACCRUE_FN A identity() { return lowest_of<A>(); }
  template <class A> ACCRUE_FN A combine(A a, A b) { return maximum::apply(a, b); }
};
SCALAR_FOLD(fold_min, "cummin", "min", FoldResult::same, false, true, false) : PlainFold {
  template <class A> ACCRUE_FN A identity() { return highest_of<A>(); }
  template <class A> ACCRUE_FN A combine(A a, A b) { return minimum::apply(a, b); }
};
SCALAR_FOLD(fold_mean, nullptr, "mean", FoldResult::real, true, false, true) : fold_sum {
  template <class A> ACCRUE_FN A finish(A total, i64 n) {
    if constexpr (Traits<A>::floating) return total / static_cast<A>(n);
    else return total;  // mean's accumulator always floats
  }
};
SCALAR_FOLD(fold_any, nullptr, "any", FoldResult::boolean, false, true, true) : PlainFold {
  template <class A> ACCRUE_FN A identity() { return A(0); }
  template <class A> ACCRUE_FN A combine(A a, A b) { return static_cast<A>(a || b); }
};
SCALAR_FOLD(fold_all, nullptr, "all", FoldResult::boolean, false, true, true) : PlainFold {
  template <class A> ACCRUE_FN A identity() { return A(1); }
  template <class A> ACCRUE_FN A combine(A a, A b) { return static_cast<A>(a && b); }
};

/// The best value so far and the smallest index it stands at; a NaN is the best there is.
template <class Better> struct ArgFold {
  template <class A> struct State { A value; i64 index; };
  template <class A> ACCRUE_FN State<A> lift(A x, i64 i) { return {x, i}; }
  template <class A> ACCRUE_FN i64 finish(State<A> s, i64) { return s.index; }
  template <class A> ACCRUE_FN State<A> combine(State<A> a, State<A> b) {
    const bool a_nan = a.value != a.value, b_nan = b.value != b.value;
    if (a_nan != b_nan) return b_nan ? b : a;
    if (!a_nan && a.value != b.value) return Better::better(b.value, a.value) ? b : a;
    return b.index < a.index ? b : a;
  }
};
SCALAR_FOLD(fold_argmax, nullptr, "argmax", FoldResult::index, false, false, false) : ArgFold<fold_argmax> {
  template <class A> ACCRUE_FN bool better(A a, A b) { return a > b; }
  template <class A> ACCRUE_FN State<A> identity() { return {lowest_of<A>(), highest_of<i64>()}; }
};
SCALAR_FOLD(fold_argmin, nullptr, "argmin", FoldResult::index, false, false, false) : ArgFold<fold_argmin> {
  template <class A> ACCRUE_FN bool better(A a, A b) { return a < b; }
  template <class A> ACCRUE_FN State<A> identity() { return {highest_of<A>(), highest_of<i64>()}; }
};

enum { scalar_fold_count = __COUNTER__ - first_scalar_fold };

// clang-format on

/// The type a fold accumulates elements stored as S in.
template <class Fold, class S, bool rounds>
struct accumulator {
  using type = compute_t<S>;
};
template <class Fold>
struct accumulator<Fold, float, true> {
  using type = double;
};
template <int fold, class S>
using accumulator_t =
    typename accumulator<typename ScalarFold<fold>::type, S, ScalarFold<fold>::spec.rounds>::type;

}  // namespace ACCRUE_SCALAR_NS
}  // namespace accrue
