// A plan's kernels on the buffers of one call.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "src/cuda/executable.h"
#include "src/cuda/replay.h"

namespace accrue::gpu {

/// Buffers on the host have a block on the GPU, which is filled before each run, or copied back after it:
/// then the run waits until the host has its results. Else it returns when the work is enqueued.
class BoundCall : public BoundExecutable {
 public:
  /// throws  OutOfDeviceMemory; Error: a kernel for these strides cannot be had
  BoundCall(const GpuExecutable& executable, std::span<const BoundBuffer> buffers);

  void run(const AfterKernel& after_kernel) const override;
  std::size_t fresh_arena_bytes() const override { return fresh_arena_bytes_; }

 private:
  /// An input or output on the host.
  struct Staged {
    std::size_t buffer;
    DeviceMemory memory;
  };

  void place_buffers(std::span<const BoundBuffer> buffers);
  void add_steps(const std::vector<ReadyKernel>& kernels);
  void add_launch(std::size_t kernel, const Launch& launch,
                  const std::shared_ptr<const LoadedKernel>& function);

  void copy_in(const Staged& staged) const;
  void copy_out(const Staged& staged) const;
  void enqueue_steps(const AfterKernel& after_kernel) const;
  void enqueue(const Step& step) const;
  std::string describe(std::size_t kernel) const;

  const GpuExecutable& executable_;
  Gpu& gpu_;
  const std::span<const BoundBuffer> buffers_;
  std::vector<Address> addresses_;  // by buffer
  std::vector<Staged> inputs_, outputs_;
  GpuExecutable::Block arena_, state_;
  std::size_t fresh_arena_bytes_ = 0;
  std::vector<Step> steps_;
  mutable bool has_run_ = false;  // runs of one binding come one after another
  mutable std::optional<Replay> replay_;
};

}  // namespace accrue::gpu
