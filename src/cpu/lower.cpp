// The CPU backend's way in: a plan made ready, and run.
#include <algorithm>
#include <optional>
#include <vector>

#include "src/backend.h"
#include "src/cpu/isa.h"
#include "src/cpu/matmul.h"
#include "src/cpu/run_loop.h"
#include "src/options.h"

namespace accrue {
namespace host {
namespace {

/// A kernel, and how it lies in memory where all its buffers are row-major.
struct ReadyKernel {
  LoopKernel loop;
  Layout layout;
  bool streams = false;  // moves more bytes than the caches hold
  MatmulKernel matmul;
};

class CpuExecutable : public Executable {
 public:
  /// Kernels of fewer than parallel_elements run on the caller's thread; those that move more than
  /// stream_bytes write past the caches.
  CpuExecutable(std::shared_ptr<const Plan> plan, const StepTables& tables, int threads,
                Index parallel_elements, std::size_t stream_bytes)
      : plan_(std::move(plan)), tables_(tables), threads_(threads), parallel_elements_(parallel_elements) {
    for (const Buffer& buffer : graph().buffers) row_major_.push_back(contiguous_strides(buffer.shape));
    std::vector<const Strides*> strides;
    for (const Strides& s : row_major_) strides.push_back(&s);
    kernels_.reserve(graph().kernels.size());
    for (const Kernel& kernel : graph().kernels) {
      ReadyKernel& ready = kernels_.emplace_back();
      if (kernel.kind == Kernel::Kind::matmul) {
        ready.matmul = lower_matmul(kernel, tables_);
      } else {
        ready.loop = lower_loop(kernel, tables_);
        ready.layout = make_layout(graph(), kernel, strides);
        const Traffic moved = traffic(graph(), kernel);
        ready.streams = static_cast<std::size_t>(moved.read + moved.written) > stream_bytes;
      }
    }
  }

  std::unique_ptr<const BoundExecutable> bind(std::span<const BoundBuffer> buffers) const override;

 private:
  class Bound;

  const KernelGraph& graph() const { return plan_->kernels; }

  bool is_row_major(const LoopKernel& loop, std::span<const BoundBuffer> buffers) const {
    return std::all_of(loop.operand_buffers.begin(), loop.operand_buffers.end(), [&](int buffer) {
      const auto b = static_cast<std::size_t>(buffer);
      return buffer < 0 || buffers[b].strides == row_major_[b];
    });
  }

  Layout strided_layout(const LoopKernel& loop, std::span<const BoundBuffer> buffers) const {
    std::vector<const Strides*> strides;
    for (const BoundBuffer& buffer : buffers) strides.push_back(&buffer.strides);
    return make_layout(graph(), *loop.kernel, strides);
  }

  const std::shared_ptr<const Plan> plan_;
  const StepTables& tables_;
  const Threads threads_;
  const Index parallel_elements_;
  std::vector<Strides> row_major_;  // by buffer
  std::vector<ReadyKernel> kernels_;
};

bool writes_in_place(const LoopKernel& loop, std::span<const BoundBuffer> buffers) {
  const auto data = [&](int buffer) { return buffers[static_cast<std::size_t>(buffer)].data; };
  for (const int stored : loop.stored)
    for (const int loaded : loop.loaded)
      if (data(stored) == data(loaded)) return true;
  return false;
}

/// All that can be decided once the tensors are known.
class CpuExecutable::Bound : public BoundExecutable {
 public:
  Bound(const CpuExecutable& executable, std::span<const BoundBuffer> buffers)
      : executable_(executable), buffers_(buffers) {
    std::size_t operands = 0;
    for (const ReadyKernel& kernel : executable.kernels_) operands += kernel.loop.operand_buffers.size();
    operands_.reserve(operands);  // what follows points into both
    loops_.reserve(executable.kernels_.size());
    for (const ReadyKernel& kernel : executable.kernels_) bind(kernel);
  }

  void run(const AfterKernel& after_kernel) const override {
    for (std::size_t k = 0; k < loops_.size(); ++k) {
      const Loop& loop = loops_[k];
      const ReadyKernel& kernel = executable_.kernels_[k];
      if (loop.matmul)
        run_matmul(*loop.matmul, executable_.threads_);
      else if (!loop.is_empty)
        run_loop({kernel.loop, loop.layout(kernel), loop.tiling, executable_.tables_, loop.operands,
                  loop.in_place, kernel.streams && !loop.in_place},
                 executable_.threads_);
      if (after_kernel) after_kernel(k);
    }
  }

 private:
  struct Loop {
    std::optional<BoundMatmul> matmul;  // instead of all else
    std::optional<Layout> strided;      // where some buffer is not row-major
    Tiling tiling = {};
    std::byte* const* operands = nullptr;
    bool in_place = false;
    bool is_empty = false;

    const Layout& layout(const ReadyKernel& kernel) const { return strided ? *strided : kernel.layout; }
  };

  void bind(const ReadyKernel& kernel) {
    Loop& loop = loops_.emplace_back();
    if (kernel.matmul.kernel != nullptr) {
      loop.matmul.emplace(bind_matmul(kernel.matmul, executable_.graph(), buffers_));
      return;
    }
    if (!executable_.is_row_major(kernel.loop, buffers_))
      loop.strided = executable_.strided_layout(kernel.loop, buffers_);
    const Layout& layout = loop.layout(kernel);
    // Without rows an axis still has reductions to write; without columns there is nothing at all.
    loop.is_empty = layout.columns == 0 || (layout.rows == 0 && !kernel.loop.kernel->has_axis());
    if (loop.is_empty) return;
    loop.operands = operands_.data() + operands_.size();
    for (std::size_t i = 0; i < kernel.loop.operand_buffers.size(); ++i)
      operands_.push_back(operand(kernel.loop.operand_buffers[i], layout.operands[i].origin));
    const bool is_small = layout.rows * layout.columns < executable_.parallel_elements_;
    loop.tiling = choose_tiling(kernel.loop, layout, is_small ? 1 : executable_.threads_.available());
    loop.in_place = writes_in_place(kernel.loop, buffers_);
  }

  /// Where an operand begins; null for an iota, and for a buffer without elements.
  std::byte* operand(int buffer, Index origin) const {
    if (buffer < 0) return nullptr;
    const auto b = static_cast<std::size_t>(buffer);
    const auto width = static_cast<Index>(byte_width(executable_.graph().buffers[b].dtype));
    return buffers_[b].data == nullptr ? nullptr : buffers_[b].data + origin * width;
  }

  const CpuExecutable& executable_;
  const std::span<const BoundBuffer> buffers_;
  std::vector<std::byte*> operands_;
  std::vector<Loop> loops_;  // by kernel
};

std::unique_ptr<const BoundExecutable> CpuExecutable::bind(std::span<const BoundBuffer> buffers) const {
  return std::make_unique<Bound>(*this, buffers);
}

}  // namespace
}  // namespace host

std::unique_ptr<Executable> lower_cpu(std::shared_ptr<const Plan> plan, const CompileOptions& options) {
  const host::IsaBuild& build = host::select_isa_build(options.instruction_set);
  const int threads = options.threads > 0 ? options.threads : accrue::options().threads;
  const std::int64_t parallel_elements =
      options.parallel_elements > 0 ? options.parallel_elements : accrue::options().parallel_elements;
  const std::size_t stream_bytes =
      options.stream_bytes > 0 ? options.stream_bytes : accrue::options().stream_bytes;
  return std::make_unique<host::CpuExecutable>(std::move(plan), *build.tables, threads, parallel_elements,
                                               stream_bytes);
}

}  // namespace accrue
