// The memory of a program's temporaries: one block a run, kept for the next.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "graph/plan.h"

namespace accrue {

/// A program's blocks. Each holds every temporary slot of the plan. Any thread may take one at any time.
///
/// A checked pool sets the slots apart: every byte of a block that lies in no slot is a canary (64 at least
/// before and behind each), a slot holds 0xFF where no value lives in it, and AddressSanitizer, where it
/// watches, is told that the canaries are nobody's.
class ScratchPool {
 public:
  ///   bytes  of a block, the plan's or, where temporaries lie elsewhere, 0
  ScratchPool(std::shared_ptr<const Plan> plan, std::size_t bytes, bool checked);
  ~ScratchPool();
  ScratchPool(const ScratchPool&) = delete;
  ScratchPool& operator=(const ScratchPool&) = delete;

  /// One run's block; it goes back to the pool with the lease.
  class Lease {
   public:
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    std::byte* slot(std::size_t i) const { return block_ + owner_->offsets_[i]; }
    std::size_t fresh_bytes() const { return fresh_bytes_; }  // taken from the host pool; 0: a kept block

    /// Of a checked pool, when that kernel of the plan has run: clears the slots whose values it was the last
    /// to read.
    ///   throws  InternalError, which names the kernel: a canary has changed
    void finish_kernel(std::size_t kernel) const;

   private:
    friend class ScratchPool;
    Lease(ScratchPool* owner, std::byte* block, std::size_t fresh_bytes)
        : owner_(owner), block_(block), fresh_bytes_(fresh_bytes) {}

    ScratchPool* owner_;
    std::byte* block_;
    std::size_t fresh_bytes_;
  };

  /// cost    constant where a block is free (the first run takes one from the host pool); a checked pool
  /// fills it
  ///   throws  std::bad_alloc
  Lease take();
  bool is_checked() const { return checked_; }

 private:
  struct Gap {  // canaries
    std::size_t begin, end;
  };
  void set_apart();
  void arm(std::byte* block) const;

  std::shared_ptr<const Plan> plan_;
  bool checked_;
  std::size_t bytes_;
  std::vector<std::size_t> offsets_;  // by slot; 0 for those that are no temporaries
  std::vector<Gap> gaps_;
  std::vector<std::vector<std::size_t>> cleared_after_;  // by kernel: slots
  std::mutex mutex_;
  std::vector<std::byte*> free_;
  std::size_t blocks_ = 0;  // free_ has room for all of them, so that giving one back never allocates
};

}  // namespace accrue
