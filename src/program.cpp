#include "src/program.h"

#include <new>

#include "accrue/error.hpp"
#include "graph/text/print.h"
#include "src/cuda/device_memory.h"
#include "src/tensor_copy.h"

namespace accrue {
namespace {

bool is_host(const Device& device) { return device.kind != Device::Kind::cuda; }

// Runs what allocates for a call. Where a GPU's memory is not enough, the message tells what is planned.
template <class Bind>
auto with_plan(const MemoryReport& planned, const Bind& bind) {
  try {
    return bind();
  } catch (const gpu::OutOfDeviceMemory& e) {
    throw Error(e.message() + "; the program plans " + std::to_string(planned.planned_peak_bytes) +
                " bytes: inputs " + std::to_string(planned.input_bytes) + ", outputs " +
                std::to_string(planned.output_bytes) + ", constants " +
                std::to_string(planned.constant_bytes) + ", temporaries " +
                std::to_string(planned.arena_bytes));
  }
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
      binder_(plan_, executable_->device()),
      scratch_(plan_, is_host(executable_->device()) ? plan_->memory.arena_bytes : 0, checked) {}

Tensors Program::Impl::run(std::span<const NamedTensor> inputs, std::span<const NamedTensor> outs,
                           RunStats* stats) const {
  Call call(*this, inputs, outs);
  RunStats ran;
  if (stats != nullptr) ran = call.stats();
  call.run();  // after this nothing may throw: outs are written
  if (stats != nullptr) *stats = std::move(ran);
  return call.take_results();
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

BoundProgram Program::bind(TensorList inputs, TensorList outs) const {
  return BoundProgram(std::make_shared<const BoundProgram::Impl>(
      impl_, std::span(inputs.begin(), inputs.size()), std::span(outs.begin(), outs.size())));
}

BoundProgram Program::bind(const std::vector<NamedTensor>& inputs,
                           const std::vector<NamedTensor>& outs) const {
  return BoundProgram(std::make_shared<const BoundProgram::Impl>(impl_, inputs, outs));
}

const std::vector<Signature>& Program::inputs() const { return impl_->binder().inputs(); }
const std::vector<Signature>& Program::outputs() const { return impl_->binder().outputs(); }
const MemoryReport& Program::memory() const { return impl_->plan().memory; }
std::string Program::dump() const { return impl_->dump(); }

// ---- a program on its tensors

Program::Impl::Call::Call(const Impl& program, std::span<const NamedTensor> inputs,
                          std::span<const NamedTensor> outs)
    : program_(program),
      bound_(with_plan(program.plan_->memory, [&] { return program.binder_.bind(inputs, outs); })),
      scratch_(program.scratch_.take()) {
  std::vector<BoundBuffer>& buffers = bound_.buffers;
  for (std::size_t b = 0; is_host(program.executable_->device()) && b < buffers.size(); ++b)
    if (program.plan_->kernels.buffers[b].kind == Buffer::Kind::temporary)
      buffers[b].data = scratch_.slot(static_cast<std::size_t>(program.plan_->slot_of[b]));
  if (program.scratch_.is_checked())
    after_kernel_ = [this](std::size_t kernel) { scratch_.finish_kernel(kernel); };
  executable_ = with_plan(program.plan_->memory, [&] { return program.executable_->bind(buffers); });
}

void Program::Impl::Call::run() const {
  for (const BoundRun::Copy& copy : bound_.copies) copy_elements(copy.from, copy.to);
  try {
    executable_->run(after_kernel_);
  } catch (const std::bad_alloc&) {
    fail_within_kernels("run: out of memory within a kernel");
  } catch (const Error& e) {
    fail_within_kernels(e.message());
  }
}

RunStats Program::Impl::Call::stats() const {
  RunStats stats{scratch_.fresh_bytes() + executable_->fresh_arena_bytes(), bound_.output_bytes, {}};
  for (const BoundRun::Copy& copy : bound_.copies) stats.copies.push_back(copy.reason);
  return stats;
}

// Some kernels may have written already.
void Program::Impl::Call::fail_within_kernels(const std::string& what) const {
  std::string names;
  for (const std::uint32_t out : bound_.given_outs)
    names += (names.empty() ? "\"" : ", \"") + program_.binder_.outputs()[out].name + "\"";
  if (!program_.plan_->kernels.graph->outs.empty())
    names += names.empty() ? "those of operations" : " and those of operations";
  throw Error(what + (names.empty() ? std::string() : "; outs that may be written in part: " + names));
}

void BoundProgram::run() const { impl_->call().run(); }
const Tensors& BoundProgram::results() const { return impl_->call().results(); }

}  // namespace accrue
