// One GPU as this process uses it: its context, its stream, its memory pool, and what has gone wrong on it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "src/cuda/handle.h"

namespace accrue::gpu {

/// What a GPU is and can do.
struct Properties {
  std::string name;
  int sm = 0;  // 90: compute capability 9.0
  int multiprocessors = 0;
  int threads_per_block = 0;               // at most
  std::size_t shared_bytes_per_block = 0;  // at most, for kernels that ask for it
  std::size_t bytes = 0;
};

class KernelCache;
class Multiplier;
class Staging;

/// All work goes to one stream, so that whatever is enqueued later sees what was enqueued before, memory is
/// given back in order, and any thread may enqueue at any time.
///
/// Some errors are sticky: after an illegal address or a failed launch the driver fails every later call of
/// the process on that GPU. The first such error is kept, and told by every later call.
class Gpu {
 public:
  ///   throws  Error: "CUDA unavailable: ..." for an index that is not there, or a GPU that cannot allocate
  ///   in
  ///           stream order; Error for what the driver refuses
  Gpu(const Driver& driver, int index);
  ~Gpu();
  Gpu(const Gpu&) = delete;
  Gpu& operator=(const Gpu&) = delete;

  const Driver& driver() const { return driver_; }
  int index() const { return index_; }
  std::string device_name() const { return "cuda:" + std::to_string(index_); }
  const Properties& properties() const { return properties_; }
  const PrimaryContext& context() const { return context_; }
  Stream stream() const { return stream_.get(); }

  KernelCache& kernels() { return *kernels_; }
  Staging& staging() { return *staging_; }
  /// cuBLAS on this GPU, made ready at the first call; null where it is not to be used.
  ///   throws  OutOfDeviceMemory; Error: it does not start; Unavailable, as find_cublas()
  Multiplier* multiplier();

  /// Throws Error where a call on this GPU has failed: "cuda:0: WHAT: the driver's words". A sticky error is
  /// remembered.
  void require(Result result, std::string_view what);
  /// Throws Error, with the first cause, where a sticky error has happened.
  void require_alive() const;

  /// Waits until all that was enqueued is done.
  ///   throws  Error: something of it has failed
  void synchronize(std::string_view what);

  /// So many bytes, more than none, in the stream's order. Where there are not enough, waits for the stream,
  /// has the pool give back what it keeps, and tries again, once.
  ///   throws  OutOfDeviceMemory
  Address allocate(std::size_t bytes);
  /// Takes the bytes back once all that was enqueued is done.
  void release(Address address) noexcept;

 private:
  const Driver& driver_;
  const int index_;
  const DeviceNumber device_;
  const Properties properties_;
  const PrimaryContext context_;
  OwnedStream stream_;
  OwnedPool pool_;
  std::unique_ptr<KernelCache> kernels_;
  std::unique_ptr<Staging> staging_;
  std::mutex multiplier_mutex_;
  std::unique_ptr<Multiplier> multiplier_;  // guarded

  std::atomic<bool> dead_ = false;
  mutable std::mutex mutex_;
  std::string first_cause_;  // guarded
};

/// How many GPUs there are.
///   throws  Error: "CUDA unavailable: ..."
int gpu_count(const Driver& driver);

/// The process's GPU of this index, made ready at the first call, never destroyed (tensors may outlive main).
///   throws  Error: "CUDA unavailable: ..."
Gpu& open_gpu(int index);

/// The driver, the compiler and each GPU as text, an indented line each.
///   throws  Error: "CUDA unavailable: ..."
std::string describe();

}  // namespace accrue::gpu
