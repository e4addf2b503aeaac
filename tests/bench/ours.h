// accrue itself, and loops by hand that do the same work.
#pragma once

#include <vector>

#include "tests/bench/data.h"
#include "tests/bench/harness.h"

namespace accrue::bench {

/// The compiled program as it runs by default, and on one thread.
std::vector<Entrant> ours(const Case& c, const Buffers& buffers);

/// Chains: one loop over tiles that maps and adds, then maps and writes, on all threads. Calls: the bare loop
/// of the scan. Both add in float64, in an order of their own.
std::vector<Entrant> by_hand(const Case& c, const Buffers& buffers);

}  // namespace accrue::bench
