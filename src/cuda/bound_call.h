// A plan's kernels on the buffers of one call.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "src/cuda/executable.h"

namespace accrue::gpu {

/// Buffers on the host have a block on the GPU, which is filled before each run, or copied back after it:
/// then the run waits until the host has its results. Else it returns when the work is enqueued.
///
/// A program's first run launches its kernels one by one. Later ones replay a graph: one that the program has
/// from an earlier call, with other addresses, or a new one. With cuBLAS's products in it, which keep their
/// addresses, a graph serves its own binding only.
class BoundCall : public BoundExecutable {
 public:
  /// throws  OutOfDeviceMemory; Error: a kernel for these strides cannot be had
  BoundCall(const GpuExecutable& executable, std::span<const BoundBuffer> buffers);
  ~BoundCall() override;
  BoundCall(const BoundCall&) = delete;
  BoundCall& operator=(const BoundCall&) = delete;

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
  void add_product(std::size_t kernel, const Product& product);
  void add_launch(std::size_t kernel, const Launch& launch,
                  const std::shared_ptr<const LoadedKernel>& function);

  void copy_in(const Staged& staged) const;
  void copy_out(const Staged& staged) const;
  void enqueue_steps(const AfterKernel& after_kernel) const;
  bool has_replay() const;
  void enqueue(const Step& step) const;
  std::string describe(std::size_t kernel) const;
  std::string describe_product(std::size_t kernel) const;

  const GpuExecutable& executable_;
  Gpu& gpu_;
  const std::span<const BoundBuffer> buffers_;
  std::vector<Address> addresses_;  // by buffer
  std::vector<Staged> inputs_, outputs_;
  GpuExecutable::Block arena_, state_;
  std::size_t fresh_arena_bytes_ = 0;
  std::vector<Step> steps_;
  bool shares_replays_ = false;             // with other calls of the program
  mutable bool has_run_ = false;            // runs of one binding come one after another
  mutable std::unique_ptr<Replay> replay_;  // or null
};

}  // namespace accrue::gpu
