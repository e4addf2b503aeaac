// Copies between a GPU and the host.
#pragma once

#include <array>
#include <cstddef>
#include <mutex>

#include "src/cuda/device_memory.h"

namespace accrue::gpu {

/// Copies in the order of the GPU's stream, through two blocks of pinned memory, so that one is filled by the
/// processor while the other is copied; pinned memory of the caller's is copied directly. The blocks are
/// allocated at the first copy that needs them. Any thread may copy at any time; copies take turns.
class Staging {
 public:
  explicit Staging(Gpu& gpu) : gpu_(gpu) {}

  /// Returns once all of `from` has been read; `to` is written in the stream's order.
  ///   throws  Error: the GPU has failed, or there is no pinned memory
  void copy_in(Address to, const std::byte* from, std::size_t bytes);

  /// Returns once all of `to` is written, after all that was enqueued before.
  ///   throws  Error: the same, and what failed before
  void copy_out(std::byte* to, Address from, std::size_t bytes);

  static constexpr std::size_t block_bytes = std::size_t{8} << 20;

 private:
  struct Block {
    PinnedMemory memory;
    OwnedEvent copied;  // recorded behind the last copy
  };

  void make_blocks();
  bool is_pinned(const std::byte* host) const;

  Gpu& gpu_;
  std::mutex mutex_;
  std::array<Block, 2> blocks_;
};

}  // namespace accrue::gpu
