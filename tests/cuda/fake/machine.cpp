#include "tests/cuda/fake/machine.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "src/poison.h"

namespace accrue::fake {
namespace {

constexpr std::size_t page_bytes = 4096, alignment = 256;
constexpr int garbage = 0xFF;  // NaN, to floats

std::size_t round_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

void revive() {
  for (gpu::ContextObject& gpu : machine().gpus) gpu.sticky = gpu::success;
}

}  // namespace

Machine& machine() {
  static auto* const the_machine = new Machine;
  return *the_machine;
}

std::vector<gpu::ContextObject*>& context_stack() {
  static thread_local std::vector<gpu::ContextObject*> stack;
  return stack;
}

Machine::Machine() : gpus(CudaControls::devices) {
  for (std::size_t i = 0; i < gpus.size(); ++i) gpus[i].number = static_cast<int>(i);
  controls.revive = revive;
  if (std::getenv("FAKE_CUDA_CRASH") != nullptr) controls.launches_before_crash = 0;
}

Result Machine::make() {
  if (controls.makings_before_failure < 0) return gpu::success;
  if (controls.makings_before_failure > 0) {
    --controls.makings_before_failure;
    return gpu::success;
  }
  if (controls.failures == 0) {
    controls.makings_before_failure = -1;
    return gpu::success;
  }
  --controls.failures;
  return controls.failure;
}

// ------------------------------------------------------------------------------------------------ memory

Result Machine::allocate(gpu::ContextObject& gpu, std::size_t bytes, Address& address) {
  if (bytes == 0) return invalid_value;
  if (const Result failed = make(); failed != gpu::success) return failed;
  if (bytes > CudaControls::device_bytes - gpu.used_bytes) return gpu::out_of_memory;
  const std::size_t room = round_up(bytes, alignment), mapped_bytes = round_up(room, page_bytes) + page_bytes;
  void* const mapped =
      mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return gpu::out_of_memory;
  auto* const begin = static_cast<std::byte*>(mapped);
  std::byte* const data = begin + mapped_bytes - page_bytes - room;
  std::memset(data, garbage, room);
  poison(data + bytes, room - bytes);
  mprotect(mapped, mapped_bytes, PROT_NONE);
  address = reinterpret_cast<Address>(data);
  blocks_.emplace(address, Allocation{data, bytes, begin, mapped_bytes, &gpu});
  gpu.used_bytes += bytes;
  controls.live_bytes += bytes;
  controls.peak_bytes = std::max(controls.peak_bytes, controls.live_bytes);
  ++controls.live.allocations;
  ++controls.counts.allocations;
  return gpu::success;
}

void Machine::release(Address address) {
  const auto found = blocks_.find(address);
  if (found == blocks_.end()) std::abort();  // given back twice, or never given out
  const Allocation& block = found->second;
  unpoison(block.mapped, block.mapped_bytes);
  munmap(block.mapped, block.mapped_bytes);
  block.gpu->used_bytes -= block.bytes;
  controls.live_bytes -= block.bytes;
  --controls.live.allocations;
  blocks_.erase(found);
}

bool Machine::holds(const gpu::ContextObject& gpu, Address address, std::size_t bytes) const {
  auto found = blocks_.upper_bound(address);
  if (found == blocks_.begin()) return false;
  const Allocation& block = (--found)->second;
  return block.gpu == &gpu && address - found->first <= block.bytes &&
         bytes <= block.bytes - (address - found->first);
}

bool Machine::is_device_memory(Address address) const {
  return std::any_of(gpus.begin(), gpus.end(),
                     [&](const gpu::ContextObject& gpu) { return holds(gpu, address, 1); });
}

Result Machine::allocate_pinned(std::size_t bytes, void*& data) {
  if (const Result failed = make(); failed != gpu::success) return failed;
  data = std::malloc(bytes);
  std::memset(data, garbage, bytes);
  pinned_.emplace(reinterpret_cast<std::uintptr_t>(data), bytes);
  ++controls.live.pinned;
  return gpu::success;
}

Result Machine::release_pinned(void* data) {
  if (pinned_.erase(reinterpret_cast<std::uintptr_t>(data)) == 0) return invalid_value;
  std::free(data);
  --controls.live.pinned;
  return gpu::success;
}

bool Machine::is_pinned(const void* data) const {
  const auto address = reinterpret_cast<std::uintptr_t>(data);
  auto found = pinned_.upper_bound(address);
  return found != pinned_.begin() && address - (--found)->first < found->second;
}

void Machine::protect(bool from_host) {
  for (const auto& [address, block] : blocks_)
    mprotect(block.mapped, block.mapped_bytes - page_bytes, from_host ? PROT_NONE : PROT_READ | PROT_WRITE);
}

// ------------------------------------------------------------------------------------------------ streams

Result Machine::drain(gpu::StreamObject& stream, const std::function<bool()>& done) {
  protect(false);
  while (!stream.work.empty() && !done()) {
    const gpu::StreamObject::Work work = std::move(stream.work.front());
    stream.work.pop_front();
    if (stream.gpu->sticky != gpu::success && !work.always) continue;
    if (const Result failed = work.run(); failed != gpu::success) stream.gpu->sticky = failed;
  }
  protect(true);
  return stream.gpu->sticky;
}

Result Machine::drain(gpu::StreamObject& stream) {
  return drain(stream, [] { return false; });
}

}  // namespace accrue::fake

FAKE_EXPORT accrue::fake::CudaControls* fake_cuda_controls() { return &accrue::fake::machine().controls; }
