// Working memory of a run: taken from blocks that each thread keeps, so that a program's second run allocates
// nothing.
#pragma once

#include <cstddef>

namespace accrue::host {

/// A block of this thread's, 64-byte aligned, contents unknown; it goes back to the thread that destroys it.
class Scratch {
 public:
  /// throws std::bad_alloc
  explicit Scratch(std::size_t bytes);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::byte* data() const { return data_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
};

/// Blocks that this thread has allocated, ever.
std::size_t scratch_allocations();

inline constexpr std::size_t scratch_alignment = 64;
constexpr std::size_t aligned(std::size_t bytes) {
  return (bytes + scratch_alignment - 1) / scratch_alignment * scratch_alignment;
}

}  // namespace accrue::host
