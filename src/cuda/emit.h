// A plan's kernels as CUDA C++, and what has to be launched to run them. Nothing here needs a GPU, a driver
// or a toolkit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/plan.h"
#include "src/cuda/product.h"

namespace accrue::gpu {

/// What the emitter has to know of a device; the defaults stand for no device in particular.
struct Target {
  int multiprocessors = 132;
  std::size_t shared_bytes_per_block = std::size_t{48} << 10;  // that a kernel may declare: on every GPU
  std::size_t parameter_bytes = 32764;                         // of a launch: from CUDA 12.1 on; 4096 before
  bool has_slow_float64 = false;  // 1/64 of float32's rate: integer instructions convert
};

/// The text of one kernel: a struct of parameters and an extern "C" __global__ function that takes it.
struct Source {
  std::string text;   // of this kernel alone: device_library() comes before it
  std::string entry;  // "k0"
  int threads_per_block = 0;

  /// All that a compiler needs: NVRTC, nvcc, or g++ with the emulator of the tests.
  std::string program() const;
};

/// What every kernel's text is built from.
std::string_view device_library();

/// One launch of a kernel. Everything but the buffers' addresses is known.
struct Launch {
  /// An address among the parameters: of a buffer, or of the kernel's state.
  struct Pointer {
    std::size_t offset;  // in parameters, bytes
    int buffer;          // of the plan; state_buffer: the kernel's state
    std::int64_t byte_offset;
  };
  static constexpr int state_buffer = -1;

  std::shared_ptr<const Source> source;  // equal sources are one object
  std::array<std::uint32_t, 3> grid{1, 1, 1};
  std::array<std::uint32_t, 3> block{1, 1, 1};
  std::uint32_t dynamic_shared_bytes = 0;
  std::vector<std::byte> parameters;  // the one argument, passed by value
  std::vector<Pointer> pointers;
};

/// What runs one kernel of the plan: the launches in their order. Without elements there is none.
struct KernelLaunches {
  std::size_t state_bytes = 0;  // memory that is zero before the first launch; 16-byte aligned
  std::vector<Launch> launches;
  std::optional<Product> product;  // that cuBLAS, where it is used, computes in place of the launches
};

/// A plan's kernels lowered to CUDA C++. Used from many threads at once.
class LoweredKernels {
 public:
  ///   throws  Error: a kernel has more parameters than a launch takes; InternalError: a kernel holds an
  ///           instruction that has no text
  LoweredKernels(std::shared_ptr<const Plan> plan, const Target& target = {});
  ~LoweredKernels();

  /// By kernel, where all buffers are row-major.
  const std::vector<KernelLaunches>& row_major() const { return row_major_; }

  /// A kernel's launches where each buffer has these strides (of its own shape). Other strides may take other
  /// sources, which are made once.
  ///   throws  as the constructor
  KernelLaunches launches(std::size_t kernel, std::span<const Strides* const> strides) const;

 private:
  class Sources;

  std::shared_ptr<const Plan> plan_;
  Target target_;
  std::unique_ptr<Sources> sources_;
  std::vector<KernelLaunches> row_major_;
};

/// Every kernel of the plan as text: what `accrue dump --stage source` prints.
///   with_library  what a compiler can read; else the kernels alone
std::string print_sources(const std::shared_ptr<const Plan>& plan, bool with_library);

}  // namespace accrue::gpu
