// The machine that the fake libcuda drives: GPUs whose streams do nothing until somebody waits for them, and
// whose memory cannot be touched by the host.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "src/cuda/driver.h"
#include "tests/cuda/fake/controls.h"

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

namespace accrue::gpu {

/// One GPU, and its context.
struct ContextObject {
  int number = 0;
  int retained = 0;
  Result sticky = success;     // what every call gives from now on
  std::size_t used_bytes = 0;  // with those whose release is still in a stream
};

struct StreamObject {
  struct Work {
    std::function<Result()> run;
    bool always = false;  // on a GPU that has failed, too
  };
  ContextObject* gpu;
  std::deque<Work> work;
  GraphObject* recording = nullptr;  // takes the work of the fake cuBLAS instead
};

struct EventObject {
  StreamObject* stream = nullptr;  // that it was last recorded in
  std::size_t recorded = 0, reached = 0;
};

struct MemoryPoolObject {
  ContextObject* gpu;
};

}  // namespace accrue::gpu

namespace accrue::fake {

using gpu::Address;
using gpu::Result;

enum : Result { invalid_value = 1, invalid_context = 201, illegal_address = 700, launch_failed = 719 };

/// A block that ends where memory ends: what a kernel does beyond it is a fault.
struct Allocation {
  std::byte* data;
  std::size_t bytes;
  std::byte* mapped;
  std::size_t mapped_bytes;
  gpu::ContextObject* gpu;
};

class Machine {
 public:
  Machine();

  std::recursive_mutex mutex;
  CudaControls controls;
  std::vector<gpu::ContextObject> gpus;

  /// Counts a call that makes something: success, or the failure that the tests ask for.
  Result make();

  Result allocate(gpu::ContextObject& gpu, std::size_t bytes, Address& address);
  void release(Address address);
  /// Whether these bytes lie in one block of the GPU's.
  bool holds(const gpu::ContextObject& gpu, Address address, std::size_t bytes) const;
  bool is_device_memory(Address address) const;

  Result allocate_pinned(std::size_t bytes, void*& data);
  Result release_pinned(void* data);
  bool is_pinned(const void* data) const;

  /// Does the stream's work until `done` says so, or none is left.
  Result drain(gpu::StreamObject& stream, const std::function<bool()>& done);
  Result drain(gpu::StreamObject& stream);

 private:
  void protect(bool from_host);

  std::map<Address, Allocation> blocks_;
  std::map<std::uintptr_t, std::size_t> pinned_;
};

Machine& machine();

/// The calling thread's contexts, the current one last.
std::vector<gpu::ContextObject*>& context_stack();

/// What nearly every function does: under the machine's lock, on the current context's GPU, unless that has
/// failed.
template <class Work>
Result on_gpu(const Work& work) {
  const std::lock_guard lock(machine().mutex);
  if (context_stack().empty()) return invalid_context;
  gpu::ContextObject& current = *context_stack().back();
  return current.sticky != gpu::success ? current.sticky : work(current);
}

}  // namespace accrue::fake

// What the fake cuBLAS, a library of its own, needs of this one.

/// Work in the stream's order, or recorded; a GPU that has failed does not do it.
FAKE_EXPORT void fake_cuda_enqueue(accrue::gpu::Stream stream, std::function<accrue::gpu::Result()> work);
/// Whether these bytes lie in one block of the stream's GPU.
FAKE_EXPORT bool fake_cuda_holds(accrue::gpu::Stream stream, accrue::gpu::Address address, std::size_t bytes);
/// The GPU whose context is current, or null.
FAKE_EXPORT const void* fake_cuda_current();
