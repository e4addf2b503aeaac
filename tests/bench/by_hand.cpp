// What an author would write who needs one chain only: the yardstick of the interpreter of tiles.
#include <tbb/parallel_for.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>

#include "tests/bench/loops.h"
#include "tests/bench/ours.h"

namespace accrue::bench {
namespace {

constexpr std::int64_t tile = 1 << 15;
constexpr std::int64_t streamed_bytes = std::int64_t{64} << 20;  // beyond any cache of the machines measured

// The running sum before each tile, NaN until it is known.
class Prefixes {
 public:
  explicit Prefixes(std::int64_t tiles)
      : values_(std::make_unique<std::atomic<double>[]>(static_cast<std::size_t>(tiles + 1))) {
    for (std::int64_t i = 0; i <= tiles; ++i) at(i).store(unknown, std::memory_order_relaxed);
    at(0).store(0, std::memory_order_relaxed);
  }
  void publish(std::int64_t i, double value) { at(i).store(value, std::memory_order_release); }
  bool known(std::int64_t i) { return !std::isnan(at(i).load(std::memory_order_acquire)); }
  double wait_for(std::int64_t i) {
    while (!known(i)) std::this_thread::yield();
    return at(i).load(std::memory_order_acquire);
  }

 private:
  static constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  std::atomic<double>& at(std::int64_t i) { return values_[static_cast<std::size_t>(i)]; }
  std::unique_ptr<std::atomic<double>[]> values_;
};

// Tiles are claimed in order, so the smallest that is not done never waits. Where the sum before a tile is
// known already, the tile is not added up first.
void scan_in_tiles(const ChainLoops& chain, const std::int32_t* in, float* out, std::int64_t count,
                   int threads) {
  const std::int64_t tiles = (count + tile - 1) / tile;
  const bool streamed = count * 8 > streamed_bytes;
  Prefixes prefixes(tiles);
  std::atomic<std::int64_t> next = 0;
  tbb::parallel_for(
      0, threads,
      [&](int) {
        for (std::int64_t i = next++; i < tiles; i = next++) {
          const std::int64_t n = std::min(tile, count - i * tile);
          if (prefixes.known(i)) {
            prefixes.publish(i + 1,
                             chain.scan(in + i * tile, out + i * tile, n, prefixes.wait_for(i), streamed));
            continue;
          }
          const double sum = chain.sum(in + i * tile, n);
          const double before = prefixes.wait_for(i);
          prefixes.publish(i + 1, before + sum);
          chain.scan(in + i * tile, out + i * tile, n, before, streamed);
        }
      },
      tbb::static_partitioner());
}

}  // namespace

std::vector<Entrant> by_hand(const Case& c, const Buffers& buffers) {
  const void* const in = buffers.input(c);
  auto* const out = static_cast<float*>(buffers.output());
  const std::int64_t count = c.count();
  if (c.kind == Kind::call)
    return {{Role::yardstick, "bare loop", true, [=]() -> const void* {
               loops().float32_scan(in, out, count, 0, false);
               return out;
             }}};
  for (const ChainLoops& chain : loops().int32_chain)
    if (c.kind == Kind::chain && chain.maps == c.maps)
      return {{Role::yardstick, "fused by hand", false, [=, &chain]() -> const void* {
                 scan_in_tiles(chain, static_cast<const std::int32_t*>(in), out, count, hardware_threads());
                 return out;
               }}};
  return {};
}

}  // namespace accrue::bench
