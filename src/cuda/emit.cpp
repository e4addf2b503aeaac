#include "src/cuda/emit.h"

#include <map>
#include <mutex>

#include "src/cuda/emit_code.h"

namespace accrue::gpu {
namespace {

KernelLaunches lower(const KernelGraph& graph, std::size_t k, std::span<const Strides* const> strides,
                     const Target& target) {
  const Kernel& kernel = graph.kernels[k];
  if (kernel.kind == Kernel::Kind::matmul) {
    KernelLaunches lowered = lower_matmul(graph, k, strides, target);
    lowered.product = product_of(graph, kernel, strides);
    return lowered;
  }
  const Layout layout = make_layout(graph, kernel, strides);
  return kernel.has_axis() ? lower_lines(graph, k, layout, target) : lower_map(graph, k, layout, target);
}

void require_room(const KernelLaunches& lowered, const Target& target) {
  for (const Launch& launch : lowered.launches)
    if (const std::size_t bytes = launch.parameters.size(); bytes > target.parameter_bytes)
      throw Error(
          "compile: kernel " + launch.source->entry + " has " + std::to_string(bytes) +
          " bytes of parameters; a launch takes " + std::to_string(target.parameter_bytes) +
          " here (CUDA before 12.1: 4096, since: 32764); {.disable = {\"fusion\"}} makes smaller kernels");
}

}  // namespace

std::string Source::program() const {
  return std::string(device_library()) + "\nnamespace accrue {\nnamespace device {\n\n" + text +
         "\n}  // namespace device\n}  // namespace accrue\n";
}

/// Every text that was emitted, once.
class LoweredKernels::Sources {
 public:
  KernelLaunches unique(KernelLaunches lowered) {
    const std::lock_guard lock(mutex_);
    for (Launch& launch : lowered.launches) {
      const auto [found, is_new] = by_text_.try_emplace(launch.source->text, launch.source);
      if (!is_new) launch.source = found->second;
    }
    return lowered;
  }

 private:
  std::mutex mutex_;
  std::map<std::string_view, std::shared_ptr<const Source>> by_text_;  // keys: the sources' own texts
};

LoweredKernels::LoweredKernels(std::shared_ptr<const Plan> plan, const Target& target)
    : plan_(std::move(plan)), target_(target), sources_(std::make_unique<Sources>()) {
  const KernelGraph& graph = plan_->kernels;
  std::vector<Strides> row_major;
  for (const Buffer& buffer : graph.buffers) row_major.push_back(contiguous_strides(buffer.shape));
  std::vector<const Strides*> strides;
  for (const Strides& s : row_major) strides.push_back(&s);
  for (std::size_t k = 0; k < graph.kernels.size(); ++k) row_major_.push_back(launches(k, strides));
}

LoweredKernels::~LoweredKernels() = default;

KernelLaunches LoweredKernels::launches(std::size_t kernel, std::span<const Strides* const> strides) const {
  KernelLaunches lowered = lower(plan_->kernels, kernel, strides, target_);
  require_room(lowered, target_);
  return sources_->unique(std::move(lowered));
}

std::string print_sources(const std::shared_ptr<const Plan>& plan, bool with_library) {
  const LoweredKernels lowered(plan);
  std::string text;
  for (std::size_t k = 0; k < lowered.row_major().size(); ++k) {
    const KernelLaunches& kernel = lowered.row_major()[k];
    for (const Launch& launch : kernel.launches) {
      text += text.empty() ? "" : "\n";
      if (kernel.product)
        text += "// " + launch.source->entry + " is cuBLAS's product where that is found (" +
                shapes_text(plan->kernels.kernels[k]) + "); this kernel is for where it is not.\n";
      text += launch.source->text;
    }
  }
  return with_library ? Source{text, {}}.program() : text;
}

}  // namespace accrue::gpu
