// What a GPU has to get right beside bits and speed.
#pragma once

#include <cstdint>

#include "accrue/tensor.hpp"

namespace accrue::test {

/// Replays a program of 20 kernels, runs out of memory and goes on, and scans more elements than 32 bits
/// count. Prints a line for each.
///   elements  of the large scan; where the GPU has no room for it, it is skipped, visibly
///   returns   how many went wrong
int check_scenarios(Device gpu, std::int64_t elements);

/// Prints how long a program takes from the graph to its first result: in a process of its own, so that
/// nothing is warm but what lies on the disk.
void print_first_run(Device gpu);

}  // namespace accrue::test
