// A plan's kernels on one GPU.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "src/backend.h"
#include "src/cuda/device_memory.h"
#include "src/cuda/emit.h"
#include "src/cuda/kernel_cache.h"
#include "src/cuda/replay.h"

namespace accrue::gpu {

/// A kernel's launches, and for each the function to launch; or cuBLAS's product, and no launches.
struct ReadyKernel {
  KernelLaunches work;
  std::vector<std::shared_ptr<const LoadedKernel>> functions;
};

/// Everything that no call changes: compiled kernels, constants in the GPU's memory. The memory for
/// temporaries is allocated by the first bind and shared by all runs, which take turns in the GPU's stream.
class GpuExecutable : public Executable {
 public:
  /// throws  Error: "CUDA unavailable: ..."; no memory for the constants
  GpuExecutable(std::shared_ptr<const Plan> plan, Gpu& gpu);

  /// Kernels for so many sets of strides are kept.
  static constexpr std::size_t most_strided = 16;
  /// How often kernels were emitted for strides that were not kept, ever.
  std::size_t times_emitted() const { return times_emitted_; }

  Device device() const override { return cuda(gpu_.index()); }
  std::unique_ptr<const BoundExecutable> bind(std::span<const BoundBuffer> buffers) const override;

 private:
  friend class BoundCall;
  using Block = std::shared_ptr<const DeviceMemory>;

  const KernelGraph& graph() const { return plan_->kernels; }
  void upload_constants();
  std::vector<ReadyKernel> ready(std::vector<KernelLaunches> kernels) const;

  /// Whether the kernels of row_major_ run on these buffers. (What lies on the host is row-major on the GPU.)
  bool is_row_major(std::span<const BoundBuffer> buffers) const;
  /// The kernels for buffers of any strides: those of the last few calls are kept.
  std::shared_ptr<const std::vector<ReadyKernel>> strided(std::span<const BoundBuffer> buffers) const;
  std::shared_ptr<const std::vector<ReadyKernel>> kept_strided(const std::vector<Strides>& strides) const;

  /// The block for temporaries, and whether it was allocated now.
  std::pair<Block, bool> arena() const;
  /// A block of at least so many bytes, which kernels keep their state in.
  Block state(std::size_t bytes) const;

  /// A graph of these steps that no call uses: one that fits, with their parameters, or null.
  std::unique_ptr<Replay> idle_replay(const std::vector<Step>& steps) const;
  void give_back(std::unique_ptr<Replay> replay) const noexcept;

  const std::shared_ptr<const Plan> plan_;
  Gpu& gpu_;
  const LoweredKernels lowered_;
  std::vector<ReadyKernel> row_major_;
  std::vector<Strides> row_major_strides_;     // by buffer
  std::vector<std::size_t> constant_offsets_;  // by buffer
  DeviceMemory constants_;

  mutable std::mutex mutex_;
  mutable Block arena_, state_;                                // guarded
  mutable std::vector<std::unique_ptr<Replay>> idle_replays_;  // guarded; as many as calls at once, at most

  struct StridedKernels {
    std::vector<Strides> strides;  // by buffer
    std::shared_ptr<const std::vector<ReadyKernel>> kernels;
  };
  mutable std::vector<StridedKernels> strided_;  // guarded; the one used last comes last
  mutable std::atomic<std::size_t> times_emitted_ = 0;

  mutable std::mutex run_mutex_;  // held while one run is enqueued
  mutable bool has_run_ = false;  // guarded by run_mutex_
};

}  // namespace accrue::gpu
