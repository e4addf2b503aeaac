// CUDA's threads as ThreadSanitizer sees them, in a process that runs under its runtime (races_test.cpp):
// each is a thread of its own, and only what is said here orders one behind another. Elsewhere all of this
// does nothing. (The emulator itself is never compiled with -fsanitize=thread; only kernels are.)
#pragma once

#include <string>

namespace accrue::test::races {

/// Whether the process runs under ThreadSanitizer.
bool are_watched();

void* create_thread();
void destroy_thread(void* thread);
void* current_thread();
/// Right before the stacks are switched. It orders nothing.
void switch_to(void* thread);

/// What comes before the release comes before what comes after an acquire of the same address.
void release(void* address);
void acquire(void* address);

/// How many races have been reported.
int reported();

}  // namespace accrue::test::races
