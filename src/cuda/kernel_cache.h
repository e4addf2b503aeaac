// Compiled kernels of one GPU, each compiled and loaded once.
#pragma once

#include <atomic>
#include <cstddef>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "src/cuda/emit.h"
#include "src/cuda/gpu.h"
#include "src/cuda/nvrtc.h"

namespace accrue::gpu {

/// A kernel in a GPU's memory.
class LoadedKernel {
 public:
  /// throws  Error: the driver does not take the image
  LoadedKernel(Gpu& gpu, const Image& image, const std::string& entry);
  ~LoadedKernel();  // waits for launches under way
  LoadedKernel(const LoadedKernel&) = delete;
  LoadedKernel& operator=(const LoadedKernel&) = delete;

  Function function() const { return function_; }

  /// What the compiler's log says of registers, spills and shared memory.
  const std::string& log() const { return log_; }

  /// Has to come before a launch with so much dynamic shared memory.
  ///   throws  Error: the GPU has less
  void allow_dynamic_shared(std::size_t bytes) const;

 private:
  Gpu& gpu_;
  OwnedModule module_;
  Function function_ = nullptr;
  std::string log_;
  mutable std::mutex mutex_;
  mutable std::size_t allowed_shared_bytes_ = std::size_t{48} << 10;  // guarded; what any kernel may use
};

/// A GPU's kernels by their text. Any thread may ask at any time.
class KernelCache {
 public:
  explicit KernelCache(Gpu& gpu) : gpu_(gpu) {}

  /// The kernel of a source: one that is loaded, else an image from the disk, else compiled. The first thread
  /// to ask does that; others that ask for the same wait for it.
  ///   throws  Error: "CUDA unavailable: ..."; InternalError: it does not compile
  std::shared_ptr<const LoadedKernel> find(const Source& source);

  /// All that an image depends on.
  static std::string key_of(const Nvrtc& compiler, const std::string& architecture,
                            const std::string& program);

  std::size_t compiled() const { return compiled_; }  // by NVRTC, ever

  /// Kernels beyond so many are unloaded where no program holds them.
  static constexpr std::size_t most_idle = 1024;

 private:
  using Kernel = std::shared_ptr<const LoadedKernel>;

  std::optional<std::shared_future<Kernel>> claim(const Source& source, std::promise<Kernel>& promise);
  Kernel load(const Source& source);
  Image image_of(const Source& source);
  void unload_idle();  // with the mutex held

  Gpu& gpu_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_future<Kernel>> kernels_;  // by the source's own text; guarded
  std::atomic<std::size_t> compiled_ = 0;
};

}  // namespace accrue::gpu
