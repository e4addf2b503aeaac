#include "src/pool.h"

#include <cstdint>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

#include "src/storage.h"
#include "tests/support/catch.h"

using namespace accrue;

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

// A source that counts what it has given out and gives nothing while `failing`.
struct {
  bool failing = false;
  std::size_t out_blocks = 0, out_bytes = 0;
} counted;

const MemorySource counting_source = {[](std::size_t bytes) -> void* {
                                        if (counted.failing) return nullptr;
                                        ++counted.out_blocks;
                                        counted.out_bytes += bytes;
                                        return system_memory.allocate(bytes);
                                      },
                                      [](void* block, std::size_t bytes) {
                                        --counted.out_blocks;
                                        counted.out_bytes -= bytes;
                                        system_memory.release(block, bytes);
                                      }};

bool is_aligned(const void* address, std::size_t alignment) {
  return reinterpret_cast<std::uintptr_t>(address) % alignment == 0;
}

}  // namespace

TEST_CASE("block_bytes: wanted -> size") {
  struct {
    std::size_t wanted, size;
  } const cases[] = {{0, 64},
                     {1, 64},
                     {64, 64},
                     {65, 128},
                     {512, 512},
                     {513, 576},
                     {1024, 1024},
                     {1025, 1152},
                     {1152, 1152},
                     {100000, 106496},
                     {huge_page - 1, huge_page},
                     {huge_page, huge_page},
                     {huge_page + 1, 2 * huge_page},
                     {17 * huge_page, 18 * huge_page}};
  for (const auto& c : cases) CHECK(block_bytes(c.wanted) == c.size);
  for (const auto& c : cases) CHECK(block_bytes(c.size) == c.size);
  CHECK_THROWS_AS(block_bytes(SIZE_MAX), std::bad_alloc);
}

TEST_CASE("block_bytes wastes less than a unit or an eighth") {
  for (std::size_t wanted = 1; wanted < std::size_t{1} << 40; wanted = wanted * 5 / 4 + 1) {
    const std::size_t unused = block_bytes(wanted) - wanted;
    CHECK((unused < block_alignment(block_bytes(wanted)) || unused * 8 <= wanted));
    CHECK(block_bytes(wanted) % block_alignment(block_bytes(wanted)) == 0);
  }
}

TEST_CASE("blocks are aligned and writable to their last byte") {
  Pool pool(0);
  for (std::size_t bytes : {std::size_t{1}, std::size_t{1000}, huge_page - 1, huge_page, 3 * huge_page + 5}) {
    void* block = pool.allocate(bytes);
    CHECK(is_aligned(block, bytes >= huge_page ? huge_page : 64));
    std::memset(block, 0xFF, bytes);
    pool.release(block, bytes);
  }
}

TEST_CASE("a released block serves the next request of its size, and no other") {
  Pool pool(1 << 20);
  void* first = pool.allocate(1000);
  pool.release(first, 1000);
  CHECK(pool.stats().kept_bytes == 1024);
  void* other = pool.allocate(2000);
  CHECK(pool.stats().fresh_allocations == 2);
  void* again = pool.allocate(1001);
  CHECK(again == first);
  CHECK(pool.stats().fresh_allocations == 2);
  CHECK(pool.stats().reused_allocations == 1);
  CHECK(pool.stats().kept_bytes == 0);
  pool.release(other, 2000);
  pool.release(again, 1001);
}

TEST_CASE("live and peak bytes are those asked for") {
  Pool pool(1 << 20);
  void* a = pool.allocate(100);
  void* b = pool.allocate(1000);
  CHECK(pool.stats().live_blocks == 2);
  CHECK(pool.stats().live_bytes == 1100);
  pool.release(b, 1000);
  CHECK(pool.stats().live_bytes == 100);
  CHECK(pool.stats().peak_bytes == 1100);
  pool.reset_peak();
  CHECK(pool.stats().peak_bytes == 100);
  pool.release(a, 100);
}

TEST_CASE("no more is kept than the bound; the longest unused goes first") {
  counted = {};
  Pool pool(4096, counting_source);
  void* old = pool.allocate(2048);
  void* middle = pool.allocate(1024);
  void* recent = pool.allocate(2048);
  pool.release(old, 2048);
  pool.release(middle, 1024);
  CHECK(counted.out_blocks == 3);
  pool.release(recent, 2048);  // old has to go
  CHECK(counted.out_blocks == 2);
  CHECK(pool.stats().kept_bytes == 3072);
  CHECK(pool.allocate(1024) == middle);
  CHECK(pool.allocate(2048) == recent);
  pool.release(middle, 1024);
  pool.release(recent, 2048);
}

TEST_CASE("a block above the bound is never kept, nor are others dropped for it") {
  counted = {};
  Pool pool(1024, counting_source);
  void* small = pool.allocate(512);
  void* large = pool.allocate(2048);
  pool.release(small, 512);
  pool.release(large, 2048);
  CHECK(pool.stats().kept_bytes == 512);
  CHECK(counted.out_blocks == 1);
}

TEST_CASE("trim gives back down to what it is told") {
  counted = {};
  {
    Pool pool(1 << 20, counting_source);
    std::vector<void*> blocks;
    for (int i = 0; i < 4; ++i) blocks.push_back(pool.allocate(1024));
    for (void* block : blocks) pool.release(block, 1024);
    pool.trim(2500);
    CHECK(pool.stats().kept_bytes == 2048);
    pool.trim();
    CHECK(pool.stats().kept_bytes == 0);
    CHECK(counted.out_blocks == 0);
    pool.release(pool.allocate(64), 64);
    CHECK(counted.out_blocks == 1);
  }
  CHECK(counted.out_blocks == 0);  // the pool's end gives back the rest
}

TEST_CASE("where the source has nothing, kept blocks go back and it is asked again") {
  static int refusals;
  refusals = 1;
  counted = {};
  Pool pool(1 << 20, {[](std::size_t bytes) -> void* {
                        if (bytes == 4096 && refusals-- > 0) return nullptr;
                        return counting_source.allocate(bytes);
                      },
                      counting_source.release});
  pool.release(pool.allocate(1024), 1024);
  void* block = pool.allocate(4096);
  CHECK(pool.stats().kept_bytes == 0);
  CHECK(counted.out_blocks == 1);
  pool.release(block, 4096);
}

TEST_CASE("no memory at all: bad_alloc, nothing counted, and the pool goes on") {
  counted = {};
  Pool pool(1 << 20, counting_source);
  counted.failing = true;
  CHECK_THROWS_AS(pool.allocate(64), std::bad_alloc);
  CHECK(pool.stats().live_blocks == 0);
  CHECK(pool.stats().fresh_allocations == 0);
  counted.failing = false;
  pool.release(pool.allocate(64), 64);
  CHECK(pool.stats().live_blocks == 0);
}

TEST_CASE("many threads at once") {
  counted = {};
  Pool pool(1 << 16);
  std::vector<std::thread> threads;
  for (unsigned seed = 0; seed < 4; ++seed)
    threads.emplace_back([&pool, seed] {
      for (std::size_t i = 0; i < 2000; ++i) {
        const std::size_t bytes = 64 + (i * 7919 + seed) % 5000;
        auto* block = static_cast<unsigned char*>(pool.allocate(bytes));
        std::memset(block, static_cast<int>(seed), bytes);
        if (block[bytes / 2] != seed) std::abort();
        pool.release(block, bytes);
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(pool.stats().live_bytes == 0);
  CHECK(pool.stats().kept_bytes <= std::size_t{1} << 16);
  CHECK(pool.stats().fresh_allocations + pool.stats().reused_allocations == 8000);
}

TEST_CASE("storage: a pool's block goes back with the last handle; foreign memory is its owner's") {
  const std::size_t live_before = host_pool().stats().live_blocks;
  auto pooled = Storage::pooled(100);
  CHECK(host_pool().stats().live_blocks == live_before + 1);
  const auto copy = pooled;
  pooled.reset();
  CHECK(host_pool().stats().live_blocks == live_before + 1);
  CHECK(Storage::foreign(nullptr)->block() == nullptr);
}

TEST_CASE("a failed allocation of the host pool leaves it as it was") {
  const Pool::Stats before = host_pool().stats();
  counted = {};
  counted.failing = true;
  host_pool().set_source(counting_source);
  CHECK_THROWS_AS(Storage::pooled(std::size_t{1} << 20), std::bad_alloc);
  host_pool().set_source(system_memory);
  CHECK(host_pool().stats().live_blocks == before.live_blocks);
  CHECK(host_pool().stats().live_bytes == before.live_bytes);
}
