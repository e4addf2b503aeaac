// Host memory that is kept and reused: fresh pages cost several times what filling them does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace accrue {

/// Where a pool's blocks come from. Sizes are multiples of 64; a size of 2 MiB or more is a multiple of 2
/// MiB.
struct MemorySource {
  void* (*allocate)(std::size_t bytes);  // aligned to `block_alignment(bytes)`; null: there is none
  void (*release)(void* block, std::size_t bytes);
};

/// The machine's memory; blocks of 2 MiB and more ask for huge pages.
extern const MemorySource system_memory;

/// 64; from 2 MiB on 2 MiB, a huge page.
std::size_t block_alignment(std::size_t bytes);

/// The size of the block that holds so many bytes: a multiple of 64, of 2 MiB from there on, with less than
/// one such unit or an eighth of it unused. There are few such sizes, so that freed blocks find a next use.
///   throws  std::bad_alloc: no size fits
std::size_t block_bytes(std::size_t wanted);

/// A pool of blocks. All members may be called from any thread at once.
class Pool {
 public:
  struct Stats {
    std::size_t live_bytes = 0;  // asked for and not released
    std::size_t live_blocks = 0;
    std::size_t peak_bytes = 0;            // the most that live_bytes has been since the last reset_peak
    std::size_t kept_bytes = 0;            // in free blocks, whole
    std::uint64_t fresh_allocations = 0;   // blocks taken from the source, ever
    std::uint64_t reused_allocations = 0;  // requests met by a kept block, ever
  };

  explicit Pool(std::size_t keep_at_most, MemorySource source = system_memory);
  ~Pool();  // live blocks must have been released
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// Room for so many bytes (0 too), aligned to block_alignment, contents unknown.
  ///   throws  std::bad_alloc: the source gave nothing, even after every kept block went back to it
  ///   cost    a kept block of the size: constant; else the source's
  void* allocate(std::size_t bytes);

  /// Takes back what allocate(bytes) gave. Keeps it, and gives the longest unused blocks back to the source
  /// where more than keep_at_most would be kept.
  void release(void* block, std::size_t bytes) noexcept;

  /// Gives kept blocks back to the source, the longest unused first, until at most so many bytes are kept.
  void trim(std::size_t keep_at_most = 0) noexcept;

  Stats stats() const;
  void reset_peak();

  /// Takes memory from elsewhere from now on, for tests that make allocations fail. Kept blocks are given
  /// back first; live ones go to the new source's `release`.
  void set_source(MemorySource source);

 private:
  struct FreeBlock;  // a kept block's first bytes

  void* reuse(std::size_t size) noexcept;
  void keep(void* memory, std::size_t size) noexcept;
  void unlink(FreeBlock* block) noexcept;
  void give_back(std::size_t keep_at_most) noexcept;  // trim, with the mutex held

  const std::size_t keep_at_most_;
  MemorySource source_;
  mutable std::mutex mutex_;
  Stats stats_;
  std::array<FreeBlock*, 512> free_{};  // kept blocks by size (8 sizes a power of two), newest first
  FreeBlock* newest_ = nullptr;         // all kept blocks by age
  FreeBlock* oldest_ = nullptr;
};

/// The pool of every tensor in host memory, made at the first call, never destroyed (tensors may outlive
/// main).
///   throws  Error: an ACCRUE_* variable is malformed
Pool& host_pool();

}  // namespace accrue
