#include "src/cuda/transfer.h"

#include "src/cuda/staging.h"

namespace accrue::gpu {
namespace {

Address address_of(const void* memory) { return reinterpret_cast<Address>(memory); }

}  // namespace

std::shared_ptr<DeviceMemory> allocate(int gpu, std::size_t bytes) {
  return std::make_shared<DeviceMemory>(open_gpu(gpu), bytes);
}

void clear(int gpu, void* memory, std::size_t bytes) {
  if (bytes == 0) return;
  Gpu& on = open_gpu(gpu);
  const Entered here(on.context());
  on.require(on.driver().set_bytes(address_of(memory), 0, bytes, on.stream()), "clearing memory");
}

void copy_in(int gpu, void* to, const void* from, std::size_t bytes) {
  open_gpu(gpu).staging().copy_in(address_of(to), static_cast<const std::byte*>(from), bytes);
}

void copy_out(int gpu, void* to, const void* from, std::size_t bytes) {
  open_gpu(gpu).staging().copy_out(static_cast<std::byte*>(to), address_of(from), bytes);
}

void copy_on(int gpu, void* to, const void* from, std::size_t bytes) {
  Gpu& on = open_gpu(gpu);
  const Entered here(on.context());
  on.require(on.driver().copy_on_device(address_of(to), address_of(from), bytes, on.stream()),
             "copying on the GPU");
}

void synchronize(int gpu) { open_gpu(gpu).synchronize("waiting"); }

}  // namespace accrue::gpu
