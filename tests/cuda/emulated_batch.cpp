#include "tests/cuda/emulated_batch.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "graph/pipeline.h"
#include "src/binding.h"
#include "src/cuda/emit.h"
#include "src/strided_copy.h"
#include "tests/cuda/races.h"
#include "tests/support/compare.h"
#include "tests/support/runners.h"

namespace accrue::test {
namespace {

/// Memory of exactly this size on the heap, holding nothing that a kernel may count on.
std::unique_ptr<std::byte[]> fresh_memory(std::size_t bytes) {
  auto memory = std::make_unique<std::byte[]>(bytes);
  std::memset(memory.get(), 0xa5, bytes);
  return memory;
}

}  // namespace

struct EmulatedBatch::Member {
  std::string name;  // of its kernels' namespace
  std::string what;
  std::vector<NamedExpr> outputs;
  std::vector<Tensor> expected;
  std::shared_ptr<const Plan> plan;
  std::vector<std::string> input_names;
  std::vector<Tensor> inputs;  // kept alive
  BoundRun bound;
  std::vector<std::unique_ptr<std::byte[]>> temporaries;
  std::vector<gpu::KernelLaunches> kernels;

  /// All kernels, in a namespace of their own; entries are renamed, as they have no namespace.
  std::string text() const {
    std::string all, last;
    for (const gpu::KernelLaunches& kernel : kernels)
      for (const gpu::Launch& launch : kernel.launches) {
        if (launch.source->entry != last)
          all += "#define " + launch.source->entry + " " + entry(launch) + "\n" + launch.source->text;
        last = launch.source->entry;
      }
    return "namespace " + name + " {\n" + all + "}\n";
  }
  std::string entry(const gpu::Launch& launch) const { return name + "_" + launch.source->entry; }

  void run(const EmulatedLibrary& library, const Schedule& schedule);
  std::string difference() const;
};

void EmulatedBatch::Member::run(const EmulatedLibrary& library, const Schedule& schedule) {
  for (const BoundRun::Copy& copy : bound.copies)
    copy_to_row_major(copy.from.data(), copy.from.shape(), copy.from.strides(), byte_width(copy.from.dtype()),
                      Tensor(copy.to).data());
  for (const gpu::KernelLaunches& kernel : kernels) {
    const auto state = std::make_unique<std::byte[]>(kernel.state_bytes);  // zero
    for (const gpu::Launch& launch : kernel.launches) {
      std::vector<std::byte> parameters = launch.parameters;
      for (const gpu::Launch::Pointer& pointer : launch.pointers) {
        std::byte* base = pointer.buffer == gpu::Launch::state_buffer
                              ? state.get()
                              : bound.buffers[static_cast<std::size_t>(pointer.buffer)].data;
        const std::byte* address = base + pointer.byte_offset;
        std::memcpy(&parameters[pointer.offset], &address, sizeof address);
      }
      run_emulated(library.kernel(entry(launch)), launch.grid, launch.block, parameters.data(), schedule);
    }
  }
}

std::string EmulatedBatch::Member::difference() const {
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (const std::string found = test::difference(to_array(bound.results[i]), to_array(expected[i]));
        !found.empty())
      return what + ": " + outputs[i].name + " is " + found;
  return {};
}

EmulatedBatch::EmulatedBatch(const gpu::Target& target) : target_(target) {}
EmulatedBatch::~EmulatedBatch() = default;

void EmulatedBatch::add(const std::string& what, const Graph& graph, const std::vector<NamedExpr>& outputs,
                        const std::vector<NamedTensor>& inputs, const std::vector<NamedTensor>& outs,
                        const CompileOptions& options) {
  Member& m = *members_.emplace_back(std::make_unique<Member>());
  m.name = "g" + std::to_string(members_.size());
  m.what = what;
  m.outputs = outputs;
  m.expected = run_reference(graph, outputs, inputs);
  m.plan = std::make_shared<const Plan>(run_pipeline(select(graph, outputs), options, true).plan);
  m.bound = Binder(m.plan).bind(inputs, outs);
  const std::vector<Buffer>& buffers = m.plan->kernels.buffers;
  for (std::size_t b = 0; b < buffers.size(); ++b)
    if (buffers[b].kind == Buffer::Kind::temporary)
      m.bound.buffers[b].data = m.temporaries.emplace_back(fresh_memory(buffers[b].bytes())).get();
  std::vector<const Strides*> strides;
  for (const BoundBuffer& buffer : m.bound.buffers) strides.push_back(&buffer.strides);
  const gpu::LoweredKernels lowered(m.plan, target_);
  for (std::size_t k = 0; k < m.plan->kernels.kernels.size(); ++k)
    m.kernels.push_back(lowered.launches(k, strides));
}

/// One translation unit: the device library is parsed once.
void EmulatedBatch::compile() {
  std::string text;
  for (const auto& member : members_) text += member->text();
  text = gpu::Source{text, {}}.program();
  for (const auto& [right, wrong] : faults_) {
    const std::size_t at = text.find(right);
    if (at == std::string::npos) throw std::runtime_error("nowhere in the kernels: " + right);
    text.replace(at, right.size(), wrong);
  }
  library_ = std::make_unique<EmulatedLibrary>(text, races::are_watched() ? "-fsanitize=thread" : "");
}

void EmulatedBatch::plant(const std::string& right, const std::string& wrong) {
  faults_.emplace_back(right, wrong);
}

std::string EmulatedBatch::first_difference(const Schedule& schedule) {
  if (library_ == nullptr) compile();
  for (const auto& member : members_) {
    try {
      member->run(*library_, schedule);
    } catch (const EmulatorError& e) {
      return member->what + ": " + e.what();
    }
    if (std::string found = member->difference(); !found.empty()) return found;
  }
  return {};
}

std::string EmulatedBatch::first_difference(const std::vector<Schedule>& schedules) {
  for (const Schedule& schedule : schedules)
    if (std::string found = first_difference(schedule); !found.empty()) return found;
  return {};
}

}  // namespace accrue::test
