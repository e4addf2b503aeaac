#include "src/program.h"

#include <new>

#include "accrue/error.hpp"
#include "graph/text/print.h"

namespace accrue {
namespace {

// Memory ran out when some kernels may have written already.
[[noreturn]] void fail_within_kernels(std::span<const NamedTensor> outs, bool has_bound_outs) {
  std::string names;
  for (const NamedTensor& out : outs)
    names += std::string(names.empty() ? "\"" : ", \"") + std::string(out.name) + "\"";
  if (has_bound_outs) names += names.empty() ? "those of operations" : " and those of operations";
  throw Error("run: out of memory within a kernel" +
              (names.empty() ? std::string() : "; outs that may be written in part: " + names));
}

}  // namespace

const Tensor& Tensors::operator[](std::string_view name) const {
  std::string names;
  for (const Item& item : items_) {
    if (item.name == name) return item.tensor;
    names += (names.empty() ? "\"" : ", \"") + item.name + "\"";
  }
  throw Error("no output is called \"" + std::string(name) + "\"; there are " + names);
}

Program::Impl::Impl(std::shared_ptr<const Arena> built, std::shared_ptr<const Plan> plan,
                    std::vector<StageLog> stages, std::unique_ptr<const Executable> executable, bool checked)
    : built_(std::move(built)),
      plan_(std::move(plan)),
      stages_(std::move(stages)),
      executable_(std::move(executable)),
      binder_(plan_),
      scratch_(plan_, checked) {}

Tensors Program::Impl::run(std::span<const NamedTensor> inputs, std::span<const NamedTensor> outs,
                           RunStats* stats) const {
  BoundRun run = binder_.bind(inputs, outs);
  const ScratchPool::Lease scratch = scratch_.take();
  for (std::size_t b = 0; b < run.buffers.size(); ++b)
    if (plan_->kernels.buffers[b].kind == Buffer::Kind::temporary)
      run.buffers[b].data = scratch.slot(static_cast<std::size_t>(plan_->slot_of[b]));
  AfterKernel after_kernel;
  if (scratch_.is_checked()) after_kernel = [&scratch](std::size_t kernel) { scratch.finish_kernel(kernel); };
  try {
    executable_->run(run.buffers, after_kernel);
  } catch (const std::bad_alloc&) {
    fail_within_kernels(outs, !plan_->kernels.graph->outs.empty());
  }
  if (stats != nullptr) *stats = {scratch.fresh_bytes(), run.output_bytes, std::move(run.copies)};
  return std::move(run.results);
}

std::string Program::Impl::dump() const {
  return "# as built\n" + print(*built_) + "\n# rewritten\n" + print(*plan_->kernels.graph) +
         "\n# kernels\n" + print(plan_->kernels) + "\n# plan\n" + print(*plan_);
}

Tensors Program::run(TensorList inputs, TensorList outs, RunStats* stats) const {
  return impl_->run({inputs.begin(), inputs.size()}, {outs.begin(), outs.size()}, stats);
}

Tensors Program::run(const std::vector<NamedTensor>& inputs, const std::vector<NamedTensor>& outs,
                     RunStats* stats) const {
  return impl_->run(inputs, outs, stats);
}

const std::vector<Signature>& Program::inputs() const { return impl_->binder().inputs(); }
const std::vector<Signature>& Program::outputs() const { return impl_->binder().outputs(); }
const MemoryReport& Program::memory() const { return impl_->plan().memory; }
std::string Program::dump() const { return impl_->dump(); }

}  // namespace accrue
