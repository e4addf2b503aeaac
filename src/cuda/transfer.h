// A GPU's memory as tensors need it: GPUs by index, addresses as pointers.
#pragma once

#include <cstddef>
#include <memory>

#include "src/cuda/device_memory.h"

namespace accrue::gpu {

// All throw Error where the GPU is not there, or has failed; what they enqueue runs in its stream's order.

std::shared_ptr<DeviceMemory> allocate(int gpu, std::size_t bytes);
void clear(int gpu, void* memory, std::size_t bytes);
/// Returns when `from` may change.
void copy_in(int gpu, void* to, const void* from, std::size_t bytes);
/// Returns when it is done.
void copy_out(int gpu, void* to, const void* from, std::size_t bytes);
void copy_on(int gpu, void* to, const void* from, std::size_t bytes);
/// Waits for all that was enqueued.
void synchronize(int gpu);

}  // namespace accrue::gpu
