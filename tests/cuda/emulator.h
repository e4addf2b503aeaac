// The CUDA execution model on a CPU: one fiber for each CUDA thread, all of them on the calling thread, so
// that a run is the same for the same seed. It runs kernels that g++ compiled behind emulated_device.h.
#pragma once

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>

namespace accrue::test {

/// In which order threads run.
struct Schedule {
  enum class Order : std::uint8_t {
    ascending,
    descending,
    newest_block_first,  // starves the oldest block as long as another can go on
    random
  };
  Order order = Order::ascending;
  unsigned resident_blocks = 4;    // at the same time; a block begins when another ends
  bool last_blocks_first = false;  // blocks begin from the grid's last one
  unsigned preempt_one_in = 0;     // a thread gives way at one atomic access or barrier of so many; 0: never
  std::uint64_t seed = 1;
};

/// What a GPU would not have reported, or would have hung in: divergent barriers, shuffles of lanes that are
/// not there, deadlocks with who waits where.
struct EmulatorError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The address of a kernel that g++ compiled: it takes the address of its parameters.
using EmulatedKernel = void (*)(const void* parameters);

/// Runs a whole grid.
///   throws  EmulatorError
void run_emulated(EmulatedKernel kernel, const std::array<std::uint32_t, 3>& grid,
                  const std::array<std::uint32_t, 3>& block, const void* parameters,
                  const Schedule& schedule = {});

}  // namespace accrue::test
