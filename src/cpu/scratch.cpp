#include "src/cpu/scratch.h"

#include <algorithm>
#include <bit>
#include <new>
#include <vector>

namespace accrue::host {
namespace {

constexpr std::size_t smallest_block = std::size_t{1} << 16;
constexpr std::size_t keep_blocks = 8;
constexpr std::size_t keep_block_bytes = std::size_t{64} << 20;  // larger ones are rare: given back at once

struct MemoryBlock {
  std::byte* data;
  std::size_t bytes;
};

void release(const MemoryBlock& block) {
  ::operator delete (block.data, std::align_val_t{scratch_alignment});
}

/// Free blocks of one thread. Runs nest (a thread that waits in oneTBB may start another), so there are
/// several.
struct Cache {
  std::vector<MemoryBlock> free;
  std::size_t allocations = 0;

  Cache() { free.reserve(keep_blocks + 1); }
  ~Cache() {
    for (const MemoryBlock& block : free) release(block);
  }

  /// The smallest free block that is large enough, so that a larger one is there for who needs it.
  MemoryBlock take(std::size_t bytes) {
    auto best = free.end();
    for (auto it = free.begin(); it != free.end(); ++it)
      if (it->bytes >= bytes && (best == free.end() || it->bytes < best->bytes)) best = it;
    if (best != free.end()) {
      const MemoryBlock block = *best;
      free.erase(best);
      return block;
    }
    const std::size_t size = std::bit_ceil(std::max(bytes, smallest_block));
    ++allocations;
    return {static_cast<std::byte*>(::operator new (size, std::align_val_t{scratch_alignment})), size};
  }

  void give(const MemoryBlock& block) {
    if (block.bytes > keep_block_bytes) return release(block);
    free.push_back(block);
    if (free.size() <= keep_blocks) return;
    const auto smallest =
        std::min_element(free.begin(), free.end(),
                         [](const MemoryBlock& a, const MemoryBlock& b) { return a.bytes < b.bytes; });
    release(*smallest);
    free.erase(smallest);
  }
};

Cache& cache() {
  thread_local Cache mine;
  return mine;
}

}  // namespace

Scratch::Scratch(std::size_t bytes) {
  const MemoryBlock block = cache().take(bytes);
  data_ = block.data;
  bytes_ = block.bytes;
}

Scratch::~Scratch() { cache().give({data_, bytes_}); }

std::size_t scratch_allocations() { return cache().allocations; }

}  // namespace accrue::host
