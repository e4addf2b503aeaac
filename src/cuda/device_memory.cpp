#include "src/cuda/device_memory.h"

namespace accrue::gpu {

PinnedMemory::PinnedMemory(Gpu& gpu, std::size_t bytes) : gpu_(&gpu) {
  const Entered here(gpu.context());
  gpu.require(gpu.driver().allocate_host(&data_, bytes, host_memory_portable),
              "allocating pinned host memory");
}

PinnedMemory::~PinnedMemory() {
  if (data_ == nullptr) return;
  const Entered here(gpu_->context());
  gpu_->driver().free_host(data_);
}

}  // namespace accrue::gpu
