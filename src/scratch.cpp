#include "src/scratch.h"

#include <algorithm>
#include <cstring>

#include "accrue/error.hpp"
#include "src/poison.h"
#include "src/pool.h"

namespace accrue {
namespace {

constexpr std::size_t canary_bytes = 64;
constexpr std::byte canary{0xC5};
constexpr int no_value = 0xFF;  // NaN in every floating dtype

}  // namespace

ScratchPool::ScratchPool(std::shared_ptr<const Plan> plan, std::size_t bytes, bool checked)
    : plan_(std::move(plan)), checked_(checked && bytes > 0), bytes_(bytes) {
  for (const Slot& slot : plan_->slots)
    offsets_.push_back(slot.kind == Slot::Kind::temporary ? slot.offset : 0);
  if (checked_) set_apart();
}

ScratchPool::~ScratchPool() {
  for (std::byte* block : free_) host_pool().release(block, bytes_);
}

void ScratchPool::set_apart() {
  cleared_after_.resize(plan_->kernels.kernels.size());
  std::size_t end = 0;
  for (std::size_t i = 0; i < plan_->slots.size(); ++i) {
    if (plan_->slots[i].kind != Slot::Kind::temporary) continue;
    offsets_[i] = (end + canary_bytes + slot_alignment - 1) / slot_alignment * slot_alignment;
    gaps_.push_back({end, offsets_[i]});
    end = offsets_[i] + plan_->slots[i].bytes;
    const std::vector<Slot::Use>& uses = plan_->slots[i].uses;
    for (std::size_t u = 0; u < uses.size(); ++u) {
      const bool written_in_place = u + 1 < uses.size() && uses[u + 1].first == uses[u].last;
      if (!written_in_place) cleared_after_[static_cast<std::size_t>(uses[u].last)].push_back(i);
    }
  }
  bytes_ = gaps_.empty() ? 0 : end + canary_bytes;
  if (!gaps_.empty()) gaps_.push_back({end, bytes_});
}

ScratchPool::Lease ScratchPool::take() {
  if (bytes_ == 0) return {this, nullptr, 0};
  std::byte* block = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      block = free_.back();
      free_.pop_back();
    } else {
      free_.reserve(blocks_ + 1);
      ++blocks_;
    }
  }
  const bool fresh = block == nullptr;
  if (fresh) block = static_cast<std::byte*>(host_pool().allocate(bytes_));
  if (checked_) arm(block);
  return {this, block, fresh ? bytes_ : 0};
}

void ScratchPool::arm(std::byte* block) const {
  std::memset(block, no_value, bytes_);
  for (const Gap& gap : gaps_) {
    std::memset(block + gap.begin, static_cast<int>(canary), gap.end - gap.begin);
    poison(block + gap.begin, gap.end - gap.begin);
  }
}

ScratchPool::Lease::~Lease() {
  if (block_ == nullptr) return;
  for (const Gap& gap : owner_->gaps_) unpoison(block_ + gap.begin, gap.end - gap.begin);
  const std::lock_guard lock(owner_->mutex_);
  owner_->free_.push_back(block_);
}

void ScratchPool::Lease::finish_kernel(std::size_t kernel) const {
  for (const Gap& gap : owner_->gaps_) {
    unpoison(block_ + gap.begin, gap.end - gap.begin);
    const std::byte* end = block_ + gap.end;
    const std::byte* changed = std::find_if(static_cast<const std::byte*>(block_ + gap.begin), end,
                                            [](std::byte b) { return b != canary; });
    if (changed != end)
      throw InternalError("k" + std::to_string(kernel) + " wrote outside its slots, at byte " +
                          std::to_string(changed - block_) +
                          " of the temporaries; this is a fault of accrue's, not yours\n" +
                          print(*owner_->plan_));
    poison(block_ + gap.begin, gap.end - gap.begin);
  }
  for (const std::size_t i : owner_->cleared_after_[kernel])
    std::memset(slot(i), no_value, owner_->plan_->slots[i].bytes);
}

}  // namespace accrue
