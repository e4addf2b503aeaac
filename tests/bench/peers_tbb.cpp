// oneTBB's own scan, the loop in its body written as its manual shows.
#include <tbb/blocked_range.h>
#include <tbb/parallel_scan.h>

#include "tests/bench/peers.h"

namespace accrue::bench {

std::vector<Entrant> tbb_peers(const Case& c, const Buffers& buffers) {
  std::vector<Entrant> found;
  if (!is_scan(c) || c.shape.size() != 1) return found;
  with_types(c, [&]<class In, class Out>() {
    const auto* const in = static_cast<const In*>(buffers.input(c));
    auto* const out = static_cast<Out*>(buffers.output());
    const auto scan = [=](const tbb::blocked_range<std::int64_t>& r, Out sum, bool is_final) {
      for (std::int64_t i = r.begin(); i < r.end(); ++i) {
        sum += static_cast<Out>(in[i]);
        if (is_final) out[i] = sum;
      }
      return sum;
    };
    found.push_back({Role::peer, "oneTBB parallel_scan", false, [=, n = c.count()]() -> const void* {
                       tbb::parallel_scan(tbb::blocked_range<std::int64_t>(0, n), Out{0}, scan,
                                          std::plus<Out>());
                       return out;
                     }});
  });
  return found;
}

}  // namespace accrue::bench
