#include "src/cuda/executable.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <new>
#include <unordered_set>

#include "src/cuda/bound_call.h"
#include "src/cuda/staging.h"

namespace accrue::gpu {
namespace {

constexpr std::size_t constant_alignment = 256;

Target target_of(const Gpu& gpu) {
  Target target;
  target.multiprocessors = gpu.properties().multiprocessors;
  const int sm = gpu.properties().sm;
  const bool takes_more = nvrtc().major() > 12 || (nvrtc().major() == 12 && nvrtc().minor() >= 1);
  if (gpu.driver().version < 12010 || !takes_more || sm < 70) target.parameter_bytes = 4096;
  target.has_slow_float64 = sm != 60 && sm != 70 && sm != 80 && sm != 90 && sm != 100;  // others: 1/64 or so
  return target;
}

// Compiles each source once, on as many threads as there are. (Isolated: a caller may hold a lock that
// another of its tasks waits for.)
void compile_all(KernelCache& cache, const std::vector<KernelLaunches>& kernels) {
  std::unordered_set<const Source*> seen;
  std::vector<const Source*> sources;
  for (const KernelLaunches& kernel : kernels)
    for (const Launch& launch : kernel.launches)
      if (seen.insert(launch.source.get()).second) sources.push_back(launch.source.get());
  tbb::this_task_arena::isolate([&] {
    tbb::parallel_for(std::size_t{0}, sources.size(), [&](std::size_t i) { cache.find(*sources[i]); });
  });
}

}  // namespace

GpuExecutable::GpuExecutable(std::shared_ptr<const Plan> plan, Gpu& gpu)
    : plan_(std::move(plan)), gpu_(gpu), lowered_(plan_, target_of(gpu)) {
  for (const Buffer& buffer : graph().buffers) row_major_strides_.push_back(contiguous_strides(buffer.shape));
  row_major_ = ready(lowered_.row_major());
  upload_constants();
}

std::vector<ReadyKernel> GpuExecutable::ready(std::vector<KernelLaunches> kernels) const {
  for (KernelLaunches& kernel : kernels) {
    if (kernel.product && gpu_.multiplier() != nullptr)
      kernel.launches.clear();
    else
      kernel.product.reset();
  }
  compile_all(gpu_.kernels(), kernels);
  std::vector<ReadyKernel> result;
  for (KernelLaunches& kernel : kernels) {
    ReadyKernel& one = result.emplace_back(ReadyKernel{std::move(kernel), {}});
    for (const Launch& launch : one.work.launches) {
      one.functions.push_back(gpu_.kernels().find(*launch.source));
      one.functions.back()->allow_dynamic_shared(launch.dynamic_shared_bytes);
    }
  }
  return result;
}

void GpuExecutable::upload_constants() {
  std::size_t bytes = 0;
  for (const Buffer& buffer : graph().buffers) {
    constant_offsets_.push_back(bytes);
    if (buffer.kind != Buffer::Kind::constant) continue;
    bytes += (buffer.bytes() + constant_alignment - 1) / constant_alignment * constant_alignment;
  }
  constants_ = DeviceMemory(gpu_, bytes);
  for (std::size_t b = 0; b < graph().buffers.size(); ++b) {
    const Buffer& buffer = graph().buffers[b];
    if (buffer.kind == Buffer::Kind::constant)
      gpu_.staging().copy_in(constants_.address() + constant_offsets_[b],
                             (*graph().graph)[buffer.node].data->bytes.data(), buffer.bytes());
  }
}

bool GpuExecutable::is_row_major(std::span<const BoundBuffer> buffers) const {
  for (std::size_t b = 0; b < buffers.size(); ++b)
    if (buffers[b].device != cpu() && buffers[b].strides != row_major_strides_[b]) return false;
  return true;
}

std::shared_ptr<const std::vector<ReadyKernel>> GpuExecutable::strided(
    std::span<const BoundBuffer> buffers) const {
  std::vector<Strides> strides;
  for (std::size_t b = 0; b < buffers.size(); ++b)
    strides.push_back(buffers[b].device == cpu() ? row_major_strides_[b] : buffers[b].strides);
  if (auto kept = kept_strided(strides)) return kept;
  ++times_emitted_;
  std::vector<const Strides*> pointers;
  for (const Strides& s : strides) pointers.push_back(&s);
  std::vector<KernelLaunches> kernels;
  for (std::size_t k = 0; k < graph().kernels.size(); ++k) kernels.push_back(lowered_.launches(k, pointers));
  const auto made = std::make_shared<const std::vector<ReadyKernel>>(ready(std::move(kernels)));
  const std::lock_guard lock(mutex_);
  if (strided_.size() == most_strided) strided_.erase(strided_.begin());
  strided_.push_back({std::move(strides), made});
  return made;
}

std::shared_ptr<const std::vector<ReadyKernel>> GpuExecutable::kept_strided(
    const std::vector<Strides>& strides) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(strided_.begin(), strided_.end(),
                                  [&](const StridedKernels& kept) { return kept.strides == strides; });
  if (found == strided_.end()) return nullptr;
  std::rotate(found, found + 1, strided_.end());
  return strided_.back().kernels;
}

std::pair<GpuExecutable::Block, bool> GpuExecutable::arena() const {
  const std::lock_guard lock(mutex_);
  const bool is_fresh = arena_ == nullptr;
  if (is_fresh) arena_ = std::make_shared<const DeviceMemory>(gpu_, plan_->memory.arena_bytes);
  return {arena_, is_fresh};
}

GpuExecutable::Block GpuExecutable::state(std::size_t bytes) const {
  const std::lock_guard lock(mutex_);
  if (state_ == nullptr || state_->bytes() < bytes)
    state_ = std::make_shared<const DeviceMemory>(gpu_, bytes);
  return state_;
}

std::unique_ptr<Replay> GpuExecutable::idle_replay(const std::vector<Step>& steps) const {
  std::unique_ptr<Replay> found;
  {
    const std::lock_guard lock(mutex_);
    const auto fitting = std::find_if(idle_replays_.begin(), idle_replays_.end(),
                                      [&](const auto& replay) { return replay->fits(steps); });
    if (fitting == idle_replays_.end()) return nullptr;
    found = std::move(*fitting);
    idle_replays_.erase(fitting);
  }
  found->take_parameters(steps);
  return found;
}

void GpuExecutable::give_back(std::unique_ptr<Replay> replay) const noexcept {
  try {
    const std::lock_guard lock(mutex_);
    idle_replays_.push_back(std::move(replay));
  } catch (const std::bad_alloc&) {  // then the next call makes one
  }
}

std::unique_ptr<const BoundExecutable> GpuExecutable::bind(std::span<const BoundBuffer> buffers) const {
  return std::make_unique<BoundCall>(*this, buffers);
}

}  // namespace accrue::gpu

namespace accrue {

std::unique_ptr<Executable> lower_cuda(std::shared_ptr<const Plan> plan, Device device) {
  return std::make_unique<gpu::GpuExecutable>(std::move(plan), gpu::open_gpu(device.index));
}

}  // namespace accrue
