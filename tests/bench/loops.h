// Loops by hand, one build per instruction set (isa/loops.cpp): casts for the limit, and a chain of maps
// fused with a running sum for comparison. Plain pointers only, as in src/cpu/isa.
#pragma once

#include <cstdint>

namespace accrue::bench {

enum class CastPair : int {
  copy_4_bytes,
  copy_8_bytes,
  int32_int64,
  uint8_int64,
  float32_int32,
  int32_float32,
  float16_float32
};
inline constexpr int cast_pairs = 7;

/// Elements first .. last - 1 of `in` into the same elements of `out`.
using RangeLoop = void (*)(const void* in, void* out, std::int64_t first, std::int64_t last);

/// Maps in[0 .. n-1] and adds: the sum in float64.
using SumLoop = double (*)(const void* in, std::int64_t n);

/// Maps in[0 .. n-1] and writes running sums that begin with `before`; returns the last. `streamed`: past the
/// caches, for outputs aligned to 64 bytes.
using ScanLoop = double (*)(const void* in, float* out, std::int64_t n, double before, bool streamed);

struct ChainLoops {
  int maps;
  SumLoop sum;
  ScanLoop scan;
};
inline constexpr int chains = 3;

/// What map number i of a chain does: x * scale, x + shift, max(x, floor), by turns.
struct ChainStep {
  static constexpr float scale(int i) { return 1 - 0.0625f * static_cast<float>(i); }
  static constexpr float shift(int i) { return 0.5f - 0.25f * static_cast<float>(i); }
  static constexpr float floor(int i) { return -64 + static_cast<float>(i); }
};

struct Loops {
  RangeLoop cast[cast_pairs];
  RangeLoop cast_streamed[cast_pairs];  // with non-temporal stores; `out` + first is aligned to 64 bytes
  ScanLoop float32_scan;
  ChainLoops int32_chain[chains];  // of 3, 6 and 12 maps
};

/// The build that the library itself would choose.
const Loops& loops();

}  // namespace accrue::bench
