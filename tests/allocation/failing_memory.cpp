#include "tests/allocation/failing_memory.h"

#include <atomic>
#include <cstdlib>
#include <new>

#include "src/pool.h"

namespace {

std::atomic<std::int64_t> live{0};
std::atomic<std::int64_t> left{-1};  // allocations until the one that fails; below 0: none does
std::atomic<bool> has_failed{false};

void* take(std::size_t bytes, std::size_t alignment) {
  if (left.load() >= 0 && left.fetch_sub(1) == 0) {
    has_failed = true;
    return nullptr;
  }
  // A multiple of the alignment, as aligned_alloc asks for.
  void* block = std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
  if (block != nullptr) ++live;
  return block;
}

void give(void* block) {
  if (block != nullptr) --live;
  std::free(block);
}

void* take_or_throw(std::size_t bytes, std::size_t alignment) {
  void* block = take(bytes, alignment);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}

// Before any tensor is made.
const bool pool_is_ours = [] {
  accrue::host_pool().set_source(
      {[](std::size_t bytes) { return take(bytes, accrue::block_alignment(bytes)); },
       [](void* block, std::size_t) { give(block); }});
  return true;
}();

constexpr std::size_t usual = alignof(std::max_align_t);
std::size_t bytes_of(std::align_val_t alignment) { return static_cast<std::size_t>(alignment); }

}  // namespace

void* operator new(std::size_t bytes) { return take_or_throw(bytes, usual); }
void* operator new[](std::size_t bytes) { return take_or_throw(bytes, usual); }
void* operator new(std::size_t bytes, std::align_val_t a) { return take_or_throw(bytes, bytes_of(a)); }
void* operator new[](std::size_t bytes, std::align_val_t a) { return take_or_throw(bytes, bytes_of(a)); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return take(bytes, usual); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return take(bytes, usual); }
void operator delete(void* block) noexcept { give(block); }
void operator delete[](void* block) noexcept { give(block); }
void operator delete(void* block, std::size_t) noexcept { give(block); }
void operator delete[](void* block, std::size_t) noexcept { give(block); }
void operator delete(void* block, std::align_val_t) noexcept { give(block); }
void operator delete[](void* block, std::align_val_t) noexcept { give(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { give(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { give(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { give(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { give(block); }

namespace accrue::test {

void fail_allocation(std::int64_t number) {
  has_failed = false;
  left = number;
}

bool stop_failing() {
  left = -1;
  return has_failed;
}

std::int64_t live_allocations() { return live; }

}  // namespace accrue::test
