// Runs one loop kernel.
#pragma once

#include "src/cpu/runner.h"
#include "src/cpu/threads.h"

namespace accrue::host {

/// expects  at least one column; rows, too, where the kernel has no axis
void run_loop(const BoundLoop& bound, const Threads& threads);

}  // namespace accrue::host
