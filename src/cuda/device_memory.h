// Blocks of memory that a GPU reaches, each with one owner.
#pragma once

#include <cstddef>
#include <utility>

#include "accrue/error.hpp"
#include "src/cuda/gpu.h"

namespace accrue::gpu {

/// "cuda:0: out of memory: 4096 bytes are asked for, 1024 of 16384 are free"
class OutOfDeviceMemory : public Error {
 public:
  using Error::Error;
};

/// A block of a GPU's own memory, contents unknown. Owned in the stream's order: work that was enqueued while
/// it lived may still use it.
class DeviceMemory {
 public:
  DeviceMemory() = default;
  ///   bytes   0: no block, address 0
  ///   throws  OutOfDeviceMemory; Error: the GPU has failed
  DeviceMemory(Gpu& gpu, std::size_t bytes)
      : gpu_(&gpu), address_(bytes == 0 ? 0 : gpu.allocate(bytes)), bytes_(bytes) {}
  ~DeviceMemory() {
    if (address_ != 0) gpu_->release(address_);
  }
  DeviceMemory(DeviceMemory&& other) noexcept
      : gpu_(other.gpu_),
        address_(std::exchange(other.address_, 0)),
        bytes_(std::exchange(other.bytes_, 0)) {}
  DeviceMemory& operator=(DeviceMemory&& other) noexcept {
    std::swap(gpu_, other.gpu_);
    std::swap(address_, other.address_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  Address address() const { return address_; }
  std::size_t bytes() const { return bytes_; }
  std::byte* data() const { return reinterpret_cast<std::byte*>(address_); }

 private:
  Gpu* gpu_ = nullptr;
  Address address_ = 0;
  std::size_t bytes_ = 0;
};

/// A block of host memory that the GPU copies from and to without the processor.
class PinnedMemory {
 public:
  PinnedMemory() = default;
  /// throws  Error: the system gives none
  PinnedMemory(Gpu& gpu, std::size_t bytes);
  ~PinnedMemory();
  PinnedMemory(PinnedMemory&& other) noexcept
      : gpu_(other.gpu_), data_(std::exchange(other.data_, nullptr)) {}
  PinnedMemory& operator=(PinnedMemory&& other) noexcept {
    std::swap(gpu_, other.gpu_);
    std::swap(data_, other.data_);
    return *this;
  }

  std::byte* data() const { return static_cast<std::byte*>(data_); }

 private:
  Gpu* gpu_ = nullptr;
  void* data_ = nullptr;
};

}  // namespace accrue::gpu
