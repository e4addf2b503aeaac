#include "src/cuda/staging.h"

#include <algorithm>
#include <cstring>

namespace accrue::gpu {
namespace {

constexpr const char* copying_in = "copying to the GPU";
constexpr const char* copying_out = "copying from the GPU";

}  // namespace

void Staging::make_blocks() {
  for (Block& block : blocks_) {
    if (block.copied) continue;
    block.memory = PinnedMemory(gpu_, block_bytes);
    Event event = nullptr;
    gpu_.require(gpu_.driver().create_event(&event, event_without_timing), "making an event");
    block.copied = OwnedEvent(gpu_.context(), event);
  }
}

bool Staging::is_pinned(const std::byte* host) const {
  unsigned type = 0;  // the driver knows no other host memory
  const Result found =
      gpu_.driver().pointer_attribute(&type, pointer_memory_type_attribute, reinterpret_cast<Address>(host));
  return found == success && type == host_memory_type;
}

void Staging::copy_in(Address to, const std::byte* from, std::size_t bytes) {
  if (bytes == 0) return;
  gpu_.require_alive();
  const Driver& driver = gpu_.driver();
  const Entered here(gpu_.context());
  if (is_pinned(from)) {
    gpu_.require(driver.copy_to_device(to, from, bytes, gpu_.stream()), copying_in);
    gpu_.synchronize(copying_in);
    return;
  }
  const std::lock_guard lock(mutex_);
  make_blocks();
  for (std::size_t done = 0, turn = 0; done < bytes; done += block_bytes, turn ^= 1) {
    const Block& block = blocks_[turn];
    const std::size_t count = std::min(block_bytes, bytes - done);
    gpu_.require(driver.synchronize_event(block.copied.get()), copying_in);
    std::memcpy(block.memory.data(), from + done, count);
    gpu_.require(driver.copy_to_device(to + done, block.memory.data(), count, gpu_.stream()), copying_in);
    gpu_.require(driver.record_event(block.copied.get(), gpu_.stream()), copying_in);
  }
}

void Staging::copy_out(std::byte* to, Address from, std::size_t bytes) {
  if (bytes == 0) return;
  gpu_.require_alive();
  const Driver& driver = gpu_.driver();
  const Entered here(gpu_.context());
  if (is_pinned(to)) {
    gpu_.require(driver.copy_to_host(to, from, bytes, gpu_.stream()), copying_out);
    gpu_.synchronize(copying_out);
    return;
  }
  const std::lock_guard lock(mutex_);
  make_blocks();
  const auto count_at = [&](std::size_t offset) { return std::min(block_bytes, bytes - offset); };
  const auto enqueue = [&](std::size_t offset) {
    const Block& block = blocks_[offset / block_bytes % 2];
    gpu_.require(driver.copy_to_host(block.memory.data(), from + offset, count_at(offset), gpu_.stream()),
                 copying_out);
    gpu_.require(driver.record_event(block.copied.get(), gpu_.stream()), copying_out);
  };
  enqueue(0);
  for (std::size_t offset = 0; offset < bytes; offset += block_bytes) {
    if (offset + block_bytes < bytes) enqueue(offset + block_bytes);
    const Block& block = blocks_[offset / block_bytes % 2];
    gpu_.require(driver.synchronize_event(block.copied.get()), copying_out);
    std::memcpy(to + offset, block.memory.data(), count_at(offset));
  }
}

}  // namespace accrue::gpu
