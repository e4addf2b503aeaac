// One GPU's memory, copies and errors.
#include "src/cuda/gpu.h"

#include <numeric>

#include "src/cuda/device_memory.h"
#include "src/cuda/staging.h"
#include "tests/cuda/runtime/fakes.h"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"

using namespace accrue;
using gpu::DeviceMemory;
using gpu::Gpu;
using gpu::Staging;
using test::fake_cuda;
using test::message_of;

namespace {

constexpr std::size_t megabyte = std::size_t{1} << 20;

std::vector<std::byte> some_bytes(std::size_t count) {
  std::vector<std::byte> bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(i * 2654435761 >> 13);
  return bytes;
}

void check_round_trip(Gpu& gpu, const std::byte* from, std::size_t count) {
  const DeviceMemory memory(gpu, count);
  std::vector<std::byte> back(count);
  gpu.staging().copy_in(memory.address(), from, count);
  gpu.staging().copy_out(back.data(), memory.address(), count);
  CHECK(std::equal(back.begin(), back.end(), from));
}

}  // namespace

TEST_CASE("a GPU gives back what it made") {
  const fake::Live before = fake_cuda().live;
  {
    Gpu gpu(gpu::driver(), 0);
    check_round_trip(gpu, some_bytes(1000).data(), 1000);
    CHECK(gpu.properties().sm == 90);
    CHECK_FALSE(fake_cuda().live == before);
  }
  CHECK(fake_cuda().live == before);
}

TEST_CASE("a GPU that cannot be made ready leaves nothing behind") {
  const fake::Live before = fake_cuda().live;
  const int failed = test::fail_each_making([] { Gpu gpu(gpu::driver(), 0); },
                                            [&](const std::string& message) {
                                              CHECK_THAT(message, ContainsSubstring("out of memory"));
                                              CHECK(fake_cuda().live == before);
                                            });
  CHECK(failed == 3);  // context, stream, pool
}

TEST_CASE("a copy that cannot be staged leaves nothing behind") {
  Gpu gpu(gpu::driver(), 0);
  const std::vector<std::byte> bytes = some_bytes(100);
  const fake::Live before = fake_cuda().live;
  const int failed = test::fail_each_making([&] { check_round_trip(gpu, bytes.data(), bytes.size()); },
                                            [&](const std::string& message) {
                                              CHECK_THAT(message, ContainsSubstring("cuda:0: "));
                                              CHECK_THAT(message, ContainsSubstring("out of memory"));
                                              gpu.synchronize("waiting");
                                              CHECK(fake_cuda().live.allocations == before.allocations);
                                            });
  CHECK(failed == 4);  // device memory, a block, its event; then, the first being kept, the second block
}

TEST_CASE("device memory is given back in the order of the stream") {
  Gpu gpu(gpu::driver(), 0);
  const std::size_t before = fake_cuda().live.allocations;
  { const DeviceMemory memory(gpu, 100); }
  CHECK(fake_cuda().live.allocations == before + 1);
  gpu.synchronize("waiting");
  CHECK(fake_cuda().live.allocations == before);
}

TEST_CASE("no memory for no bytes") {
  Gpu gpu(gpu::driver(), 0);
  const std::size_t before = fake_cuda().counts.allocations;
  CHECK(DeviceMemory(gpu, 0).address() == 0);
  CHECK(fake_cuda().counts.allocations == before);
}

TEST_CASE("memory that has not come back yet is waited for") {
  Gpu gpu(gpu::driver(), 4);  // which no other test uses
  { const DeviceMemory memory(gpu, 60 * megabyte); }
  const std::size_t trims = fake_cuda().counts.trims;
  const DeviceMemory memory(gpu, 60 * megabyte);
  CHECK(memory.address() != 0);
  CHECK(fake_cuda().counts.trims == trims + 1);
}

TEST_CASE("out of device memory") {
  Gpu gpu(gpu::driver(), 4);  // which no other test uses
  const DeviceMemory memory(gpu, 60 * megabyte);
  CHECK(message_of([&] { DeviceMemory more(gpu, 5 * megabyte); }) ==
        "cuda:4: out of memory: 5242880 bytes are asked for, 4194304 of 67108864 are free");
  CHECK(DeviceMemory(gpu, 4 * megabyte).address() != 0);
}

TEST_CASE("copies of any size") {
  Gpu gpu(gpu::driver(), 0);
  const std::vector<std::byte> bytes = some_bytes(2 * Staging::block_bytes + 1);
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, Staging::block_bytes - 1,
                                  Staging::block_bytes, Staging::block_bytes + 1, bytes.size()})
    check_round_trip(gpu, bytes.data(), count);
}

TEST_CASE("pageable memory may change once it was copied from") {
  Gpu gpu(gpu::driver(), 0);
  std::vector<std::byte> bytes = some_bytes(100), back(100);
  const std::vector<std::byte> original = bytes;
  const DeviceMemory memory(gpu, bytes.size());
  gpu.staging().copy_in(memory.address(), bytes.data(), bytes.size());
  std::fill(bytes.begin(), bytes.end(), std::byte{0});
  gpu.staging().copy_out(back.data(), memory.address(), back.size());
  CHECK(back == original);
}

TEST_CASE("pinned memory is copied directly") {
  Gpu gpu(gpu::driver(), 0);
  const std::size_t pinned_before = fake_cuda().live.pinned;
  const gpu::PinnedMemory pinned(gpu, 20 * megabyte);
  const DeviceMemory memory(gpu, 20 * megabyte);
  const std::size_t copies = fake_cuda().counts.copies_in;
  gpu.staging().copy_in(memory.address(), pinned.data(), 20 * megabyte);
  CHECK(fake_cuda().counts.copies_in == copies + 1);
  CHECK(fake_cuda().live.pinned == pinned_before + 1);  // no blocks for staging
}

TEST_CASE("a sticky error is told again with its first cause, on its GPU alone") {
  Gpu gpu(gpu::driver(), 2), other(gpu::driver(), 3);
  const std::vector<std::byte> bytes = some_bytes(100);
  const std::string cause =
      "cuda:2: waiting: an illegal memory access was encountered (CUDA_ERROR_ILLEGAL_ADDRESS)";
  const std::string later =
      "cuda:2 can no longer be used by this process, since an earlier failure: " + cause;
  gpu.staging().copy_in(4096, bytes.data(), bytes.size());
  CHECK_FALSE(message_of([&] { gpu.require_alive(); }) == later);
  CHECK(message_of([&] { gpu.synchronize("waiting"); }) == cause);
  CHECK(message_of([&] { gpu.require_alive(); }) == later);
  CHECK(message_of([&] { DeviceMemory memory(gpu, 10); }) == later);
  CHECK(message_of([&] { gpu.staging().copy_in(4096, bytes.data(), bytes.size()); }) == later);
  CHECK(message_of([&] { gpu.synchronize("waiting again"); }) == later);
  check_round_trip(other, bytes.data(), bytes.size());
  fake_cuda().revive();
}

TEST_CASE("memory of a GPU that has failed is let go of") {
  const fake::Live before = fake_cuda().live;
  {
    Gpu gpu(gpu::driver(), 2);
    const DeviceMemory memory(gpu, 100);
    gpu.staging().copy_in(4096, some_bytes(10).data(), 10);
    CHECK_THAT(message_of([&] { gpu.synchronize("waiting"); }), ContainsSubstring("illegal memory access"));
  }
  CHECK(fake_cuda().live == before);
  fake_cuda().revive();
}
