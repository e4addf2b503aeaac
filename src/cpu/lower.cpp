// The CPU backend's way in: a plan made ready, and run.
#include <algorithm>
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
  MatmulKernel matmul;
};

class CpuExecutable : public Executable {
 public:
  CpuExecutable(std::shared_ptr<const Plan> plan, const StepTables& tables, int threads)
      : plan_(std::move(plan)), tables_(tables), threads_(threads) {
    for (const Buffer& buffer : graph().buffers) row_major_.push_back(contiguous_strides(buffer.shape));
    std::vector<const Strides*> strides;
    for (const Strides& s : row_major_) strides.push_back(&s);
    for (const Kernel& kernel : graph().kernels) {
      ReadyKernel& ready = kernels_.emplace_back();
      if (kernel.kind == Kernel::Kind::matmul) {
        ready.matmul = lower_matmul(kernel, tables_);
      } else {
        ready.loop = lower_loop(kernel, tables_);
        ready.layout = make_layout(graph(), kernel, strides);
      }
    }
  }

  void run(std::span<const BoundBuffer> buffers, const AfterKernel& after_kernel) const override {
    for (std::size_t k = 0; k < kernels_.size(); ++k) {
      const ReadyKernel& kernel = kernels_[k];
      if (kernel.matmul.kernel != nullptr)
        run_matmul(kernel.matmul, graph(), buffers, threads_);
      else if (is_row_major(kernel.loop, buffers))
        run(kernel.loop, kernel.layout, buffers);
      else
        run(kernel.loop, strided_layout(kernel.loop, buffers), buffers);
      if (after_kernel) after_kernel(k);
    }
  }

 private:
  const KernelGraph& graph() const { return plan_->kernels; }

  bool is_row_major(const LoopKernel& loop, std::span<const BoundBuffer> buffers) const {
    return std::all_of(loop.operand_buffers.begin(), loop.operand_buffers.end(), [&](int buffer) {
      const auto b = static_cast<std::size_t>(buffer);
      return buffer < 0 || buffers[b].strides == row_major_[b];
    });
  }

  bool writes_in_place(const LoopKernel& loop, std::span<const BoundBuffer> buffers) const {
    const auto data = [&](int buffer) { return buffers[static_cast<std::size_t>(buffer)].data; };
    for (const Instr& store : loop.kernel->code)
      for (const Instr& load : loop.kernel->code)
        if (store.op == Instr::Op::store && load.op == Instr::Op::load &&
            data(store.buffer) == data(load.buffer))
          return true;
    return false;
  }

  Layout strided_layout(const LoopKernel& loop, std::span<const BoundBuffer> buffers) const {
    std::vector<const Strides*> strides;
    for (const BoundBuffer& buffer : buffers) strides.push_back(&buffer.strides);
    return make_layout(graph(), *loop.kernel, strides);
  }

  void run(const LoopKernel& loop, const Layout& layout, std::span<const BoundBuffer> buffers) const {
    // Without rows an axis still has reductions to write; without columns there is nothing at all.
    if (layout.columns == 0 || (layout.rows == 0 && !loop.kernel->has_axis())) return;
    const std::size_t count = loop.operand_buffers.size();
    const Scratch memory(std::max<std::size_t>(count, 1) * sizeof(std::byte*));
    auto* operands = reinterpret_cast<std::byte**>(memory.data());
    for (std::size_t i = 0; i < count; ++i) {
      operands[i] = nullptr;
      if (loop.operand_buffers[i] < 0) continue;
      const auto buffer = static_cast<std::size_t>(loop.operand_buffers[i]);
      const auto width = static_cast<Index>(byte_width(graph().buffers[buffer].dtype));
      if (buffers[buffer].data == nullptr) continue;  // it has no elements
      operands[i] = buffers[buffer].data + layout.operands[i].origin * width;
    }
    const Tiling tiling = choose_tiling(loop, layout, threads_.available());
    run_loop({loop, layout, tiling, tables_, operands, writes_in_place(loop, buffers)}, threads_);
  }

  const std::shared_ptr<const Plan> plan_;
  const StepTables& tables_;
  const Threads threads_;
  std::vector<Strides> row_major_;  // by buffer
  std::vector<ReadyKernel> kernels_;
};

}  // namespace
}  // namespace host

std::unique_ptr<Executable> lower_cpu(std::shared_ptr<const Plan> plan, const CompileOptions& options) {
  const host::IsaBuild& build = host::select_isa_build(options.instruction_set);
  const int threads = options.threads > 0 ? options.threads : accrue::options().threads;
  return std::make_unique<host::CpuExecutable>(std::move(plan), *build.tables, threads);
}

}  // namespace accrue
