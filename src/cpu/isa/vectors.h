// Vectors by the compilers' own extension: one source for every instruction set, the lane count a parameter.
// A vector wider than the set's registers is several of them to the compiler.
#pragma once

#include "src/cpu/isa/types.h"

#ifdef __x86_64__
#include <immintrin.h>  // for what g++ 12 makes several instructions of
#endif

namespace accrue::ACCRUE_ISA_NS {

#if defined(__AVX512F__)
inline constexpr int register_bytes = 64;
#elif defined(__AVX2__)
inline constexpr int register_bytes = 32;
#else
inline constexpr int register_bytes = 16;
#endif
inline constexpr int chunk_bytes = 16;  // within which shuffles are cheap on every set

template <class T, int lanes>
struct vector_type {
  typedef T type __attribute__((vector_size(lanes * sizeof(T))));
};
template <class T, int lanes>
using Vec = typename vector_type<T, lanes>::type;

/// What an element is stored as, as a number that may be a lane.
template <class S>
struct lane_type {
  using type = S;
};
template <>
struct lane_type<bool> {
  using type = u8;
};
template <>
struct lane_type<f16> {
  using type = u16;
};
template <>
struct lane_type<bf16> {
  using type = u16;
};
template <class S>
using lane_t = typename lane_type<S>::type;

template <class V>
ACCRUE_FN V load_vector(const void* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof(V));
  return v;
}
template <class V>
ACCRUE_FN void store_vector(void* to, V v) {
  __builtin_memcpy(to, &v, sizeof(V));
}

/// Past the caches where `streamed`; the address is then a multiple of the vector's bytes.
template <class V>
ACCRUE_FN void store_vector(void* to, V v, bool streamed) {
#ifdef __SSE2__
  if (streamed) {
#ifdef __AVX512F__
    if constexpr (sizeof(V) == 64)
      return _mm512_stream_si512(static_cast<__m512i*>(to), bit_copy<__m512i>(v));
#endif
#ifdef __AVX__
    if constexpr (sizeof(V) == 32)
      return _mm256_stream_si256(static_cast<__m256i*>(to), bit_copy<__m256i>(v));
#endif
    if constexpr (sizeof(V) == 16) return _mm_stream_si128(static_cast<__m128i*>(to), bit_copy<__m128i>(v));
  }
#endif
  store_vector(to, v);
}
/// A vector of a cache line, a register's part at a time.
template <class V>
ACCRUE_FN void store_line(void* to, V v, bool streamed) {
  if (!streamed) return store_vector(to, v);
  using Part = Vec<u8, register_bytes>;
  Part parts[sizeof(V) / sizeof(Part)];
  __builtin_memcpy(parts, &v, sizeof(V));
  for (u64 i = 0; i < sizeof(V) / sizeof(Part); ++i) store_vector(static_cast<Part*>(to) + i, parts[i], true);
}
/// Whether rows that lie one behind the other from here on can be written past the caches.
ACCRUE_FN bool can_stream(const void* to, bool wanted) {
  return wanted && reinterpret_cast<u64>(to) % register_bytes == 0;
}
/// What this thread has written past the caches is seen by others before what it writes from here on.
ACCRUE_FN void finish_streaming(bool streamed) {
#ifdef __SSE2__
  if (streamed) _mm_sfence();
#endif
}

/// Past the caches; what comes before the first whole vector, and after the last, is not.
inline void stream_bytes(void* to, const void* from, Index bytes) {
  using V = Vec<u8, register_bytes>;
  u8* const dst = static_cast<u8*>(to);
  const u8* const src = static_cast<const u8*>(from);
  const Index past = static_cast<Index>(reinterpret_cast<u64>(dst) % register_bytes);
  const Index head = past == 0 ? 0 : register_bytes - past;
  if (bytes < head + register_bytes) return void(__builtin_memcpy(dst, src, static_cast<u64>(bytes)));
  __builtin_memcpy(dst, src, static_cast<u64>(head));
  Index i = head;
  for (; i + register_bytes <= bytes; i += register_bytes)
    store_vector(dst + i, load_vector<V>(src + i), true);
  __builtin_memcpy(dst + i, src + i, static_cast<u64>(bytes - i));
}

/// Asks for the cache lines of so many bytes, in the second-level cache.
template <int bytes>
ACCRUE_FN void fetch(const void* from) {
  for (int line = 0; line < bytes; line += 64) __builtin_prefetch(static_cast<const u8*>(from) + line, 0, 2);
}

template <class T, int lanes>
ACCRUE_FN Vec<T, lanes> broadcast(T x) {
  return x - Vec<T, lanes>{};
}

// ---------------------------------------------------------------------------------------------- shuffles

template <int... i>
struct Indices {};
template <int n, int... i>
struct indices_to : indices_to<n - 1, n - 1, i...> {};
template <int... i>
struct indices_to<0, i...> {
  using type = Indices<i...>;
};
template <int n>
using indices = typename indices_to<n>::type;

/// Lane i of the result is lane index(i) of a and b, counted through both.
template <class Index, class V, int... i>
ACCRUE_FN auto shuffle(V a, V b, Indices<i...>) {
  return __builtin_shufflevector(a, b, Index::at(i)...);
}

template <int distance, int lanes>
struct ShiftUp {
  static constexpr int at(int i) { return lanes - distance + i; }
};
/// v with its lanes moved up by `distance`; the last lanes of `before`, the vector that precedes it, move in.
template <int distance, int lanes, class V>
ACCRUE_FN V shift_up(V before, V v) {
  return shuffle<ShiftUp<distance, lanes>>(before, v, indices<lanes>{});
}

template <int lane>
struct Spread {
  static constexpr int at(int) { return lane; }
};
/// One lane in every lane.
template <int lane, int lanes, class V>
ACCRUE_FN V spread(V v) {
  return shuffle<Spread<lane>>(v, v, indices<lanes>{});
}

template <int first>
struct From {
  static constexpr int at(int i) { return first + i; }
};
/// a, then b.
template <int lanes, class V>
ACCRUE_FN auto join(V a, V b) {
  using Joined [[maybe_unused]] = decltype(shuffle<From<0>>(a, b, indices<2 * lanes>{}));
// g++ 12 makes a shuffle of it, for which b cannot be memory.
#ifdef __AVX512F__
  if constexpr (sizeof(V) == 32)
    return bit_copy<Joined>(
        _mm512_inserti64x4(_mm512_castsi256_si512(bit_copy<__m256i>(a)), bit_copy<__m256i>(b), 1));
#endif
#ifdef __AVX__
  if constexpr (sizeof(V) == 16)
    return bit_copy<Joined>(
        _mm256_insertf128_si256(_mm256_castsi128_si256(bit_copy<__m128i>(a)), bit_copy<__m128i>(b), 1));
#endif
  return shuffle<From<0>>(a, b, indices<2 * lanes>{});
}
template <int unit, int lanes>
struct Interleave {
  static constexpr int at(int i) { return i / unit / 2 * unit + i % unit + i / unit % 2 * lanes; }
};
/// Units of so many lanes, of a and of b by turns.
template <int unit, int lanes, class V>
ACCRUE_FN auto interleave(V a, V b) {
  return shuffle<Interleave<unit, lanes>>(a, b, indices<2 * lanes>{});
}

template <int unit, int half>
struct Separate {
  static constexpr int at(int i) { return (i / unit * 2 + half) * unit + i % unit; }
};
/// `lanes` of what interleave made one vector: its a's, or its b's. (All of a vector that was none.)
template <int unit, int lanes, int half, class V>
ACCRUE_FN auto separate(V v) {
  if constexpr (sizeof(V) == lanes * sizeof(v[0]))
    return v;
  else
    return shuffle<Separate<unit, half>>(v, v, indices<lanes>{});
}

/// `count` lanes from `first` on.
template <int first, int count, class V>
ACCRUE_FN auto part(V v) {
#ifdef __AVX512F__  // g++ 12 makes a shuffle of it, which cannot go to memory
  if constexpr (sizeof(V) == 64 && 2 * count * sizeof(v[0]) == 64 && first == count)
    return bit_copy<decltype(shuffle<From<first>>(v, v, indices<count>{}))>(
        _mm512_extracti64x4_epi64(bit_copy<__m512i>(v), 1));
#endif
  return shuffle<From<first>>(v, v, indices<count>{});
}

/// Units of so many lanes, by turns from one half of each block of a and of b.
template <int side, int unit, int lanes, int half>
struct Zip {
  static constexpr int block = side * unit;
  static constexpr int at(int i) {
    const int place = i % block / unit;
    return i / block * block + (half * (side / 2) + place / 2) * unit + i % unit + place % 2 * lanes;
  }
};
/// Of each block of a, then of b: every second unit of lanes, the first one or the one after it.
template <int block, int unit, int lanes, int odd>
struct EverySecond {
  static constexpr int at(int i) {
    const int place = i % block / unit, half = block / unit / 2;
    return i / block * block + (place % half * 2 + odd) * unit + i % unit + place / half * lanes;
  }
};

/// Each block of side * unit lanes is `side` columns of a matrix whose rows lie in v[0], v[step], ..., side
/// of them: transposes it, as it does every block's.
template <int side, int unit, int lanes, int step = 1, class V>
ACCRUE_FN void transpose(V* v) {
  for (int round = 1; round < side; round *= 2) {
    V zipped[side];
    for (int i = 0; i < side / 2; ++i) {
      const V a = v[i * step], b = v[(i + side / 2) * step];
      zipped[2 * i] = shuffle<Zip<side, unit, lanes, 0>>(a, b, indices<lanes>{});
      zipped[2 * i + 1] = shuffle<Zip<side, unit, lanes, 1>>(a, b, indices<lanes>{});
    }
    for (int i = 0; i < side; ++i) v[i * step] = zipped[i];
  }
}

// ---------------------------------------------------------------------------------------------- conversions

/// An integer of twice the bytes, of the same sign.
template <class T>
struct widened_type;
template <>
struct widened_type<i8> {
  using type = i16;
};
template <>
struct widened_type<i16> {
  using type = i32;
};
template <>
struct widened_type<u8> {
  using type = u16;
};
template <>
struct widened_type<u16> {
  using type = u32;
};

/// convert() of scalar_ops.h, lane by lane.
template <class To, class From, int lanes>
ACCRUE_FN Vec<To, lanes> convert_lanes(Vec<From, lanes> x) {
  if constexpr (same_type<To, From>::value) {
    return x;
#ifdef __AVX__
  } else if constexpr (same_type<To, double>::value && same_type<From, float>::value && lanes == 4) {
    return reinterpret_cast<Vec<double, 4>>(_mm256_cvtps_pd(reinterpret_cast<__m128>(x)));
#endif
#ifdef __SSE2__
  } else if constexpr (same_type<To, double>::value && same_type<From, float>::value && lanes == 2) {
    return reinterpret_cast<Vec<double, 2>>(_mm_cvtps_pd(reinterpret_cast<__m128>(join<2>(x, x))));
#endif
#ifdef __AVX512F__
  } else if constexpr (same_type<To, double>::value && same_type<From, float>::value && lanes == 8) {
    return reinterpret_cast<Vec<double, 8>>(_mm512_cvtps_pd(reinterpret_cast<__m256>(x)));
#endif
  } else if constexpr (Traits<From>::floating && !Traits<To>::floating) {
    const From above = static_cast<From>(Traits<To>::signed_integer ? u64(1) << (Traits<To>::bits - 2)
                                                                    : u64(1) << (Traits<To>::bits - 1)) *
                       From(2);
    const From below = Traits<To>::signed_integer ? -above : From(0);
    const auto inside = (x > below) & (x < above);
    const Vec<To, lanes> whole = __builtin_convertvector(inside ? x : Vec<From, lanes>{}, Vec<To, lanes>);
    Vec<To, lanes> result = whole;
    const auto over = __builtin_convertvector(x >= above, Vec<To, lanes>);
    const auto under = __builtin_convertvector(x <= below, Vec<To, lanes>);
    result = over != 0 ? broadcast<To, lanes>(highest_of<To>()) : result;
    return under != 0 ? broadcast<To, lanes>(lowest_of<To>()) : result;
  } else if constexpr (!Traits<From>::floating && sizeof(To) > 2 * sizeof(From)) {
    // Twofold at a time: of a wider step g++ 12 makes one of scalars.
    using Wider = typename widened_type<From>::type;
    return convert_lanes<To, Wider, lanes>(convert_lanes<Wider, From, lanes>(x));
  } else {
    return __builtin_convertvector(x, Vec<To, lanes>);
  }
}

/// load_as() of scalar_ops.h, lane by lane: elements stored as S, as the type that S computes in.
template <class S, int lanes>
ACCRUE_FN Vec<lane_t<compute_t<S>>, lanes> load_lanes(Vec<lane_t<S>, lanes> x) {
  if constexpr (same_type<S, bf16>::value) {
    return reinterpret_cast<Vec<float, lanes>>(__builtin_convertvector(x, Vec<u32, lanes>) << 16);
  } else if constexpr (same_type<S, f16>::value) {
#ifdef __F16C__
    if constexpr (lanes == 4) {
      const __m128i halves = _mm_cvtsi64_si128(bit_copy<long long>(x));
      return reinterpret_cast<Vec<float, 4>>(_mm_cvtph_ps(halves));
    }
    if constexpr (lanes == 8) return reinterpret_cast<Vec<float, 8>>(_mm256_cvtph_ps(bit_copy<__m128i>(x)));
#endif
#ifdef __AVX512F__
    if constexpr (lanes == 16) return reinterpret_cast<Vec<float, 16>>(_mm512_cvtph_ps(bit_copy<__m256i>(x)));
#endif
    using U = Vec<u32, lanes>;
    const U wide = __builtin_convertvector(x, U);
    const U magnitude = (wide & 0x7fffu) << 13, sign = (wide & 0x8000u) << 16;
    // The exponent's bias grows by 112; the multiplication is exact, and makes subnormals normal.
    const U scaled = reinterpret_cast<U>(reinterpret_cast<Vec<float, lanes>>(magnitude) * 0x1p112f);
    const U special = magnitude | 0x7f800000u;  // infinity, NaN
    return reinterpret_cast<Vec<float, lanes>>(sign | (magnitude >= (0x7c00u << 13) ? special : scaled));
  } else {
    return x;
  }
}

/// Store<S>::from() of scalar_ops.h, lane by lane, for accumulators.
template <class S, class A, int lanes>
ACCRUE_FN Vec<lane_t<S>, lanes> store_lanes(Vec<A, lanes> x) {
  using U = Vec<u32, lanes>;
  if constexpr (same_type<S, bf16>::value) {
    const U bits = reinterpret_cast<U>(x);
    const U rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    const U kept = (bits & 0x7fffffffu) > 0x7f800000u ? (bits >> 16) | 0x40u : rounded;
    return __builtin_convertvector(kept, Vec<u16, lanes>);
  } else if constexpr (same_type<S, f16>::value) {
#ifdef __F16C__
    constexpr int to_nearest_even = 0;
    if constexpr (lanes == 4)
      return bit_copy<Vec<u16, 4>>(_mm_cvtsi128_si64(_mm_cvtps_ph(bit_copy<__m128>(x), to_nearest_even)));
    if constexpr (lanes == 8)
      return bit_copy<Vec<u16, 8>>(_mm256_cvtps_ph(bit_copy<__m256>(x), to_nearest_even));
#endif
#ifdef __AVX512F__
    if constexpr (lanes == 16)
      return bit_copy<Vec<u16, 16>>(_mm512_cvtps_ph(bit_copy<__m512>(x), to_nearest_even));
#endif
    const U bits = reinterpret_cast<U>(x);
    const U magnitude = bits & 0x7fffffffu, sign = (bits >> 16) & 0x8000u;
    // Normal results: half a unit is added in place. Subnormal ones: a sum with 0.5 whose last bit is theirs.
    const U normal = (magnitude + (0xc8000fffu + ((magnitude >> 13) & 1u))) >> 13;
    const U small = reinterpret_cast<U>(reinterpret_cast<Vec<float, lanes>>(magnitude) + 0.5f) - 0x3f000000u;
    U half = magnitude < 0x38800000u ? small : normal;
    half = magnitude >= 0x47800000u ? U{} + 0x7c00u : half;
    half = magnitude > 0x7f800000u ? U{} + 0x7e00u : half;
    return __builtin_convertvector(half | sign, Vec<u16, lanes>);
  } else {
    return convert_lanes<lane_t<S>, A, lanes>(x);
  }
}

/// cast_element() of scalar_ops.h, lane by lane: elements stored as From become elements stored as To.
template <class To, class From, int lanes>
ACCRUE_FN Vec<lane_t<To>, lanes> cast_lanes(Vec<lane_t<From>, lanes> x) {
  if constexpr (same_type<To, From>::value)
    return x;
  else
    return store_lanes<To, lane_t<compute_t<From>>, lanes>(load_lanes<From, lanes>(x));
}

}  // namespace accrue::ACCRUE_ISA_NS
