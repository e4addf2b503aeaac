// This program's operator new and the pool's source: they can be told to fail, and are counted.
#pragma once

#include <cstddef>
#include <cstdint>

namespace accrue::test {

/// From now on the allocation with this number fails, counted from 0 over all threads, and only that one.
void fail_allocation(std::int64_t number);

/// No allocation fails any more.
///   returns  whether one has, since fail_allocation()
bool stop_failing();

/// Blocks that operator new gave and delete has not taken back, and those of the pool.
std::int64_t live_allocations();

}  // namespace accrue::test
