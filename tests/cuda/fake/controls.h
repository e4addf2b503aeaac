// What tests tell the fake libraries and learn from them.
#pragma once

#include <cstddef>

namespace accrue::fake {

/// What the fake driver has given out and not got back.
struct Live {
  std::size_t allocations = 0, pinned = 0, contexts = 0, streams = 0, events = 0, pools = 0, modules = 0,
              graphs = 0, graph_execs = 0;
  friend bool operator==(const Live&, const Live&) = default;
};

/// What it has done, ever.
struct Counts {
  std::size_t allocations = 0, launches = 0, graph_launches = 0, graph_changes = 0, memsets = 0,
              copies_in = 0, copies_out = 0, trims = 0;
};

/// Of the fake libcuda: its function fake_cuda_controls gives the one there is. In other processes the
/// variable FAKE_CUDA_CRASH lets the first kernel crash.
struct CudaControls {
  static constexpr int devices = 8;  // cuda:1 and so on, for tests that leave one unusable
  static constexpr std::size_t device_bytes = std::size_t{64} << 20;

  /// The next call but so many that makes something (memory, a stream, a module, ...) fails, and so do those
  /// after it, failures in all; below 0: none does.
  int makings_before_failure = -1;
  int failures = 0;
  int failure = 2;  // out of memory

  /// The next launch but so many to be executed fails as a kernel that crashes; below 0: none does.
  int launches_before_crash = -1;

  /// A launch returns so late, for other threads to come between two.
  int launch_microseconds = 0;

  Live live;
  Counts counts;
  std::size_t live_bytes = 0, peak_bytes = 0;  // of device memory, on all devices

  void (*revive)();  // devices whose kernels have crashed are as new
};
using CudaControlsOf = CudaControls*();

/// Of the fake libnvrtc: fake_nvrtc_controls. In other processes the variable FAKE_NVRTC_PLANT="A=B" puts B
/// in the place of each A in the kernels.
struct NvrtcControls {
  int minor = 0;         // of the version, 13.minor
  int compilations = 0;  // ever
  bool refuses = false;  // every text
};
using NvrtcControlsOf = NvrtcControls*();

/// Of the fake libcublas: fake_cublas_controls.
struct CublasControls {
  int handles = 0;                  // that are there
  std::size_t products = 0;         // that were asked for and not refused, ever
  std::size_t recorded = 0;         // of these, into a graph
  int refuses_to_start = 0;         // the status that the next handle gets instead
  int refuses_to_multiply = 0;      // and every product
  const void* workspace = nullptr;  // of the last product
};
using CublasControlsOf = CublasControls*();

}  // namespace accrue::fake
