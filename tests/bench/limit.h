// The limit: the fastest copy or cast of a case's bytes, plain and past the caches, on one thread and on all.
#pragma once

#include <vector>

#include "tests/bench/data.h"
#include "tests/bench/harness.h"

namespace accrue::bench {

/// None for the cases that memory does not bound (calls, compilations).
///   throws  std::logic_error: a loop did not copy what it should
std::vector<Entrant> limits(const Case& c, const Buffers& buffers);

}  // namespace accrue::bench
