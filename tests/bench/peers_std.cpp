// libstdc++'s parallel algorithms, which run on oneTBB.
#include <execution>
#include <functional>
#include <numeric>

#include "tests/bench/peers.h"

namespace accrue::bench {

std::vector<Entrant> std_peers(const Case& c, const Buffers& buffers) {
  std::vector<Entrant> found;
  if (!is_scan(c) || c.shape.size() != 1) return found;
  with_types(c, [&]<class In, class Out>() {
    const auto* const in = static_cast<const In*>(buffers.input(c));
    auto* const out = static_cast<Out*>(buffers.output());
    found.push_back({Role::peer, "std::inclusive_scan(par)", false, [=, n = c.count()]() -> const void* {
                       std::transform_inclusive_scan(
                           std::execution::par, in, in + n, out, std::plus<Out>(),
                           [](In x) { return static_cast<Out>(x); }, Out{0});
                       return out;
                     }});
  });
  return found;
}

}  // namespace accrue::bench
