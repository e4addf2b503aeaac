#include "src/pool.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>
#include <new>

#include "src/options.h"
#include "src/poison.h"

namespace accrue {
namespace {

constexpr std::size_t small_unit = 64;  // a cache line, the widest vector
constexpr std::size_t huge_page = std::size_t{2} << 20;

constexpr std::size_t round_up(std::size_t bytes, std::size_t unit) {
  return (bytes + unit - 1) / unit * unit;
}

// Maps a huge page more than wanted and unmaps what lies outside the aligned part.
void* map_huge(std::size_t bytes) {
  const std::size_t mapped_bytes = bytes + huge_page;
  void* mapped = mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  auto* const begin = static_cast<std::byte*>(mapped);
  const std::size_t skipped = (huge_page - reinterpret_cast<std::uintptr_t>(mapped) % huge_page) % huge_page;
  if (skipped > 0) munmap(begin, skipped);
  munmap(begin + skipped + bytes, huge_page - skipped);
  madvise(begin + skipped, bytes, MADV_HUGEPAGE);  // advice: without it pages are small and slower, no more
  return begin + skipped;
}

void* take_from_system(std::size_t bytes) {
  return bytes >= huge_page ? map_huge(bytes) : std::aligned_alloc(small_unit, bytes);
}

void give_to_system(void* block, std::size_t bytes) {
  if (bytes >= huge_page)
    munmap(block, bytes);
  else
    std::free(block);
}

// Which list holds free blocks of this size: the power of two, then the next three bits.
std::size_t list_of(std::size_t block_size) {
  const auto power = static_cast<std::size_t>(std::bit_width(block_size)) - 1;
  return power * 8 + (block_size >> (power - 3)) % 8;
}

}  // namespace

const MemorySource system_memory = {take_from_system, give_to_system};

std::size_t block_alignment(std::size_t bytes) { return bytes >= huge_page ? huge_page : small_unit; }

std::size_t block_bytes(std::size_t wanted) {
  if (wanted > std::numeric_limits<std::ptrdiff_t>::max() / 2) throw std::bad_alloc();
  if (wanted <= 8 * small_unit) return std::max(round_up(wanted, small_unit), small_unit);
  const std::size_t step = std::bit_floor(wanted - 1) / 8;
  const std::size_t size = round_up(wanted, step);
  return size >= huge_page ? round_up(size, huge_page) : size;
}

// The fields lie in the free memory itself, so that releasing a block never has to allocate.
struct Pool::FreeBlock {
  FreeBlock* next_of_size;
  FreeBlock* previous_of_size;
  FreeBlock* newer;
  FreeBlock* older;
  std::size_t size;
};

Pool::Pool(std::size_t keep_at_most, MemorySource source) : keep_at_most_(keep_at_most), source_(source) {}

Pool::~Pool() { trim(); }

void* Pool::allocate(std::size_t bytes) {
  const std::size_t size = block_bytes(bytes);
  const std::lock_guard lock(mutex_);
  void* memory = reuse(size);
  if (memory == nullptr) {
    memory = source_.allocate(size);
    if (memory == nullptr && stats_.kept_bytes > 0) {
      give_back(0);
      memory = source_.allocate(size);
    }
    if (memory == nullptr) throw std::bad_alloc();
    ++stats_.fresh_allocations;
  }
  ++stats_.live_blocks;
  stats_.live_bytes += bytes;
  stats_.peak_bytes = std::max(stats_.peak_bytes, stats_.live_bytes);
  poison(static_cast<std::byte*>(memory) + bytes, size - bytes);
  return memory;
}

void Pool::release(void* block, std::size_t bytes) noexcept {
  const std::size_t size = block_bytes(bytes);
  unpoison(block, size);
  const std::lock_guard lock(mutex_);
  --stats_.live_blocks;
  stats_.live_bytes -= bytes;
  if (size > keep_at_most_) {
    source_.release(block, size);
    return;
  }
  give_back(keep_at_most_ - size);
  keep(block, size);
}

void Pool::keep(void* memory, std::size_t size) noexcept {
  FreeBlock*& first = free_[list_of(size)];
  auto* block = new (memory) FreeBlock{first, nullptr, nullptr, newest_, size};
  if (first != nullptr) first->previous_of_size = block;
  if (newest_ != nullptr) newest_->newer = block;
  if (oldest_ == nullptr) oldest_ = block;
  first = newest_ = block;
  stats_.kept_bytes += size;
  poison(static_cast<std::byte*>(memory) + sizeof(FreeBlock), size - sizeof(FreeBlock));
}

void* Pool::reuse(std::size_t size) noexcept {
  FreeBlock* block = free_[list_of(size)];
  if (block == nullptr) return nullptr;
  unlink(block);
  ++stats_.reused_allocations;
  return block;
}

void Pool::unlink(FreeBlock* block) noexcept {
  (block->previous_of_size != nullptr ? block->previous_of_size->next_of_size : free_[list_of(block->size)]) =
      block->next_of_size;
  if (block->next_of_size != nullptr) block->next_of_size->previous_of_size = block->previous_of_size;
  (block->newer != nullptr ? block->newer->older : newest_) = block->older;
  (block->older != nullptr ? block->older->newer : oldest_) = block->newer;
  stats_.kept_bytes -= block->size;
  unpoison(block, block->size);
}

void Pool::give_back(std::size_t keep_at_most) noexcept {
  while (stats_.kept_bytes > keep_at_most) {
    FreeBlock* block = oldest_;
    unlink(block);
    source_.release(block, block->size);
  }
}

void Pool::trim(std::size_t keep_at_most) noexcept {
  const std::lock_guard lock(mutex_);
  give_back(keep_at_most);
}

Pool::Stats Pool::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

void Pool::reset_peak() {
  const std::lock_guard lock(mutex_);
  stats_.peak_bytes = stats_.live_bytes;
}

void Pool::set_source(MemorySource source) {
  const std::lock_guard lock(mutex_);
  give_back(0);
  source_ = source;
}

Pool& host_pool() {
  static Pool* const pool = new Pool(options().pool_bytes);
  return *pool;
}

}  // namespace accrue
