// Compiled once per instruction set, like src/cpu/isa: nothing here may leave a symbol outside the set's
// namespace.
#include "tests/bench/loops.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace accrue::bench::ACCRUE_ISA_NS {
namespace {

constexpr std::int64_t block = 1024;  // elements, of which input and output fit in L1

struct Half {
  std::uint16_t bits;
};

// Without F16C this is right for finite numbers, which is all that the inputs have.
inline void convert_finite(const Half* in, float* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) {
    const std::uint32_t magnitude = std::uint32_t{in[i].bits & 0x7fffu} << 13;
    const std::uint32_t sign = std::uint32_t{in[i].bits & 0x8000u} << 16;
    out[i] = __builtin_bit_cast(
        float, sign | __builtin_bit_cast(std::uint32_t, __builtin_bit_cast(float, magnitude) * 0x1p112f));
  }
}

inline void convert(const Half* in, float* out, std::int64_t n) {
  std::int64_t done = 0;
#if defined(__AVX512F__)
  for (; done + 16 <= n; done += 16)
    _mm512_storeu_ps(out + done,
                     _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(in + done))));
#elif defined(__F16C__)
  for (; done + 8 <= n; done += 8)
    _mm256_storeu_ps(out + done,
                     _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(in + done))));
#endif
  convert_finite(in + done, out + done, n - done);
}

template <class In, class Out>
inline void convert(const In* in, Out* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) out[i] = static_cast<Out>(in[i]);
}

inline void stream(void* to, const void* from, std::int64_t bytes) {
#if defined(__AVX512F__)
  using Vector = __m512i;
  const auto store = [](Vector* p, const Vector* v) { _mm512_stream_si512(p, _mm512_loadu_si512(v)); };
#elif defined(__AVX__)
  using Vector = __m256i;
  const auto store = [](Vector* p, const Vector* v) { _mm256_stream_si256(p, _mm256_loadu_si256(v)); };
#elif defined(__SSE2__)
  using Vector = __m128i;
  const auto store = [](Vector* p, const Vector* v) { _mm_stream_si128(p, _mm_loadu_si128(v)); };
#else
  using Vector = unsigned char;
  const auto store = [](Vector* p, const Vector* v) { *p = *v; };
#endif
  auto* const vectors = static_cast<Vector*>(to);
  const auto* const source = static_cast<const Vector*>(from);
  const std::int64_t count = bytes / static_cast<std::int64_t>(sizeof(Vector));
  for (std::int64_t i = 0; i < count; ++i) store(vectors + i, source + i);
  const std::int64_t rest = count * static_cast<std::int64_t>(sizeof(Vector));
  __builtin_memcpy(vectors + count, source + count, static_cast<std::size_t>(bytes - rest));
}

// Streamed stores of other cores are seen in order only behind a fence.
inline void finish_streaming() {
#ifdef __SSE2__
  _mm_sfence();
#endif
}

template <class In, class Out>
void cast(const void* in, void* out, std::int64_t first, std::int64_t last) {
  convert(static_cast<const In*>(in) + first, static_cast<Out*>(out) + first, last - first);
}

template <class T>
void copy_streamed(const void* in, void* out, std::int64_t first, std::int64_t last) {
  stream(static_cast<T*>(out) + first, static_cast<const T*>(in) + first,
         (last - first) * static_cast<std::int64_t>(sizeof(T)));
  finish_streaming();
}

template <class In, class Out>
void cast_streamed(const void* in, void* out, std::int64_t first, std::int64_t last) {
  alignas(64) Out converted[block];
  for (std::int64_t i = first; i < last; i += block) {
    const std::int64_t n = last - i < block ? last - i : block;
    convert(static_cast<const In*>(in) + i, converted, n);
    stream(static_cast<Out*>(out) + i, converted, n * static_cast<std::int64_t>(sizeof(Out)));
  }
  finish_streaming();
}

// ---------------------------------------------------------------------------------------------- running sums

#if defined(__AVX512F__)
constexpr int lanes = 8;
#elif defined(__AVX__)
constexpr int lanes = 4;
#else
constexpr int lanes = 2;
#endif
typedef double Doubles __attribute__((vector_size(lanes * sizeof(double))));
typedef float Floats __attribute__((vector_size(lanes * sizeof(float))));
typedef long long Lanes __attribute__((vector_size(lanes * sizeof(double))));

// v with every lane moved up by `by`, zeros below.
template <int by>
inline Doubles moved_up(Doubles v) {
  Lanes from;
  for (int i = 0; i < lanes; ++i) from[i] = i < by ? i : lanes + i - by;
  return __builtin_shuffle(Doubles{}, v, from);
}

inline Doubles running_sums(Doubles v) {
  v += moved_up<1>(v);
  if constexpr (lanes > 2) v += moved_up<2>(v);
  if constexpr (lanes > 4) v += moved_up<4>(v);
  return v;
}

inline double scan_block(const float* in, float* out, std::int64_t n, double before) {
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    Floats x;
    __builtin_memcpy(&x, in + i, sizeof x);
    const Doubles sums = running_sums(__builtin_convertvector(x, Doubles));
    const Floats y = __builtin_convertvector(sums + before, Floats);
    __builtin_memcpy(out + i, &y, sizeof y);
    before += sums[lanes - 1];
  }
  for (; i < n; ++i) {
    before += static_cast<double>(in[i]);
    out[i] = static_cast<float>(before);
  }
  return before;
}

inline double sum_block(const float* in, std::int64_t n) {
  Doubles sums{};
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    Floats x;
    __builtin_memcpy(&x, in + i, sizeof x);
    sums += __builtin_convertvector(x, Doubles);
  }
  double total = 0;
  for (int lane = 0; lane < lanes; ++lane) total += sums[lane];
  for (; i < n; ++i) total += static_cast<double>(in[i]);
  return total;
}

template <int maps, int i = 0>
inline float mapped(float x) {
  if constexpr (i == maps)
    return x;
  else if constexpr (i % 3 == 0)
    return mapped<maps, i + 1>(x * ChainStep::scale(i));
  else if constexpr (i % 3 == 1)
    return mapped<maps, i + 1>(x + ChainStep::shift(i));
  else
    return mapped<maps, i + 1>(x > ChainStep::floor(i) ? x : ChainStep::floor(i));
}

template <class In, int maps>
inline void map_block(const void* in, float* out, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i)
    out[i] = mapped<maps>(static_cast<float>(static_cast<const In*>(in)[i]));
}

template <class In, int maps>
double sum_chain(const void* in, std::int64_t n) {
  alignas(64) float values[block];
  double total = 0;
  for (std::int64_t i = 0; i < n; i += block) {
    const std::int64_t size = n - i < block ? n - i : block;
    map_block<In, maps>(static_cast<const In*>(in) + i, values, size);
    total += sum_block(values, size);
  }
  return total;
}

template <class In, int maps>
double scan_chain(const void* in, float* out, std::int64_t n, double before, bool streamed) {
  alignas(64) float values[block];
  alignas(64) float sums[block];
  for (std::int64_t i = 0; i < n; i += block) {
    const std::int64_t size = n - i < block ? n - i : block;
    map_block<In, maps>(static_cast<const In*>(in) + i, values, size);
    before = scan_block(values, streamed ? sums : out + i, size, before);
    if (streamed) stream(out + i, sums, size * static_cast<std::int64_t>(sizeof(float)));
  }
  if (streamed) finish_streaming();
  return before;
}

double scan_float32(const void* in, float* out, std::int64_t n, double before, bool) {
  return scan_block(static_cast<const float*>(in), out, n, before);
}

}  // namespace

extern const Loops set_loops;
const Loops set_loops = {
    {cast<std::uint32_t, std::uint32_t>, cast<std::uint64_t, std::uint64_t>, cast<std::int32_t, std::int64_t>,
     cast<std::uint8_t, std::int64_t>, cast<float, std::int32_t>, cast<std::int32_t, float>,
     cast<Half, float>},
    {copy_streamed<std::uint32_t>, copy_streamed<std::uint64_t>, cast_streamed<std::int32_t, std::int64_t>,
     cast_streamed<std::uint8_t, std::int64_t>, cast_streamed<float, std::int32_t>,
     cast_streamed<std::int32_t, float>, cast_streamed<Half, float>},
    scan_float32,
    {{3, sum_chain<std::int32_t, 3>, scan_chain<std::int32_t, 3>},
     {6, sum_chain<std::int32_t, 6>, scan_chain<std::int32_t, 6>},
     {12, sum_chain<std::int32_t, 12>, scan_chain<std::int32_t, 12>}}};

}  // namespace accrue::bench::ACCRUE_ISA_NS
