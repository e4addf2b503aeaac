// What a device has to offer: a plan made ready to run.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "accrue/compile.hpp"
#include "graph/plan.h"

namespace accrue {

/// A buffer of the plan during one run. Strides count elements and belong to the buffer's own shape.
struct BoundBuffer {
  std::byte* data = nullptr;
  Strides strides;
  Device device = cpu();  // where data lies
};

/// Called with the number of each kernel of a run when it is done; may be empty.
using AfterKernel = std::function<void(std::size_t kernel)>;

/// A lowered plan on the buffers of one call, ready to run, any number of times, one after another.
class BoundExecutable {
 public:
  virtual ~BoundExecutable() = default;
  ///   after_kernel  what it throws ends the run
  virtual void run(const AfterKernel& after_kernel) const = 0;
  /// Bytes that bind() allocated for temporaries of the executable's own.
  virtual std::size_t fresh_arena_bytes() const { return 0; }
};

/// A plan lowered for one device; immutable, used from many threads at once.
class Executable {
 public:
  virtual ~Executable() = default;
  /// Where it runs, and where outputs that the program owns lie. Inputs and outs lie there or on the host.
  virtual Device device() const { return cpu(); }

  /// buffers: one for each buffer of the plan, alive as long as the result is. Temporaries, constants and
  /// outputs that the program owns are row-major; inputs and outs may have any strides that their accesses
  /// can be expressed in (strides_as). The data of constants lie on the host, and those of temporaries, too;
  /// on another device they are the executable's own. The result refers to this executable.
  virtual std::unique_ptr<const BoundExecutable> bind(std::span<const BoundBuffer> buffers) const = 0;
};

/// A strided buffer of this shape read as another shape without a copy, or nothing where it cannot be.
std::optional<Strides> strides_as(const Shape& shape, const Strides& strides, const Shape& view);

std::unique_ptr<Executable> lower_cpu(std::shared_ptr<const Plan> plan, const CompileOptions& options);

/// throws  Error: "CUDA unavailable: ..."; the GPU has no memory for the constants
std::unique_ptr<Executable> lower_cuda(std::shared_ptr<const Plan> plan, Device device);

}  // namespace accrue
