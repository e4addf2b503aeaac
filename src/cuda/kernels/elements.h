// The device library: what every emitted kernel is built from, behind graph/scalar_ops.h. Two kinds of
// compilers read it: NVRTC or nvcc, and g++ behind the tests' emulator, which defines what CUDA has built in.
// No CUDA header is needed.

namespace accrue {
namespace device {

// -------------------------------------------------------------------------------- threads

#ifndef ACCRUE_EMULATED
#define SHARED(Type, name) __shared__ Type name
#endif
#define DEVICE __device__ __forceinline__
/// So many threads, of a thousand that a multiprocessor has room for: each has 64 registers. Where these are
/// too few, the compiler is called again with ACCRUE_THREADS 512, then 256 (nvrtc.cpp).
#ifndef ACCRUE_THREADS
#define ACCRUE_THREADS 1024
#endif
#define BLOCK_OF(threads) __launch_bounds__(threads, ACCRUE_THREADS > threads ? ACCRUE_THREADS / threads : 1)
#define UNROLL _Pragma("unroll")

DEVICE i64 this_thread() { return i64(blockIdx.x) * blockDim.x + threadIdx.x; }
DEVICE i64 all_threads() { return i64(gridDim.x) * blockDim.x; }

/// The index along a dim of this length, the innermost that is left in `rest`.
template <class Index>
DEVICE i64 next_index(Index& rest, i64 length) {
  const Index quotient = rest / static_cast<Index>(length);
  const Index index = rest - quotient * static_cast<Index>(length);
  rest = quotient;
  return static_cast<i64>(index);
}

// -------------------------------------------------------------------------------- elements

/// A function of stored elements: computed in its compute type, rounded once to what Out stores.
template <class Out, class Op, class S>
DEVICE Out map(S a) {
  return Store<Out>::from(Op::template apply<compute_t<S>>(load_as(a)));
}
template <class Out, class Op, class S>
DEVICE Out map(S a, S b) {
  return Store<Out>::from(Op::template apply<compute_t<S>>(load_as(a), load_as(b)));
}
template <class Out, class Op, class C, class S>
DEVICE Out map(C a, S b, S c) {
  return Store<Out>::from(Op::template apply<compute_t<S>>(load_as(a), load_as(b), load_as(c)));
}

template <class T>
DEVICE T not_a_number() {
  return highest_of<T>() - highest_of<T>();
}

/// start + index * step: in float64 for floating elements, else in wrapping 64-bit integers.
template <class S, class Number>
DEVICE S iota(Number start, Number step, i64 index) {
  return Store<S>::from(start + static_cast<Number>(index) * step);
}

// -------------------------------------------------------------------------------- memory

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 1000
constexpr int most_bytes_of_access = 32;
#else
constexpr int most_bytes_of_access = 16;
#endif

/// What one access moves.
template <int bytes>
struct Word {
  struct alignas(bytes) type {
    u32 part[bytes / 4];
  };
};
template <>
struct Word<1> {
  using type = u8;
};
template <>
struct Word<2> {
  using type = u16;
};
template <>
struct Word<4> {
  using type = u32;
};
template <>
struct Word<8> {
  using type = u64;
};

/// A thread's n elements in memory, all of them and aligned: moved in the fewest accesses.
template <int n, class T>
struct Run {
  static constexpr int bytes = n * int(sizeof(T));
  using word = typename Word<(bytes < most_bytes_of_access ? bytes : most_bytes_of_access)>::type;
  static constexpr int words = bytes / int(sizeof(word));
  static_assert(words * sizeof(word) == bytes, "a run is a whole number of words");

  DEVICE static bool is_aligned(const T* p) { return (u64(p) & (sizeof(word) - 1)) == 0; }
  DEVICE static void read(T (&v)[n], const T* p) {
    UNROLL for (int i = 0; i < words; ++i) {
      const word w = reinterpret_cast<const word*>(p)[i];
      __builtin_memcpy(reinterpret_cast<word*>(v) + i, &w, sizeof(word));
    }
  }
  DEVICE static void write(const T (&v)[n], T* p) {
    UNROLL for (int i = 0; i < words; ++i) {
      word w;
      __builtin_memcpy(&w, reinterpret_cast<const word*>(v) + i, sizeof(word));
      reinterpret_cast<word*>(p)[i] = w;
    }
  }
};

/// v = the elements p[0], p[stride], ...; there are `left` of them, others are left as they are.
template <int n, class T, class Count>
DEVICE void load(T (&v)[n], const T* p, i64 stride, Count left) {
  UNROLL for (int i = 0; i < n; ++i) {
    if (i < left) v[i] = p[i * stride];
  }
}
template <int n, class T, class Count>
DEVICE void store(const T (&v)[n], T* p, i64 stride, Count left) {
  UNROLL for (int i = 0; i < n; ++i) {
    if (i < left) p[i * stride] = v[i];
  }
}

/// The same where they lie side by side.
template <int n, class T, class Count>
DEVICE void load(T (&v)[n], const T* p, Count left) {
  if (left >= n && Run<n, T>::is_aligned(p))
    Run<n, T>::read(v, p);
  else
    load(v, p, 1, left);
}
template <int n, class T, class Count>
DEVICE void store(const T (&v)[n], T* p, Count left) {
  if (left >= n && Run<n, T>::is_aligned(p))
    Run<n, T>::write(v, p);
  else
    store(v, p, 1, left);
}

}  // namespace device
}  // namespace accrue
