#include "src/cuda/bound_call.h"

#include <algorithm>
#include <cstring>

#include "src/cuda/staging.h"
#include "src/options.h"
#include "src/strided_copy.h"

namespace accrue::gpu {

BoundCall::BoundCall(const GpuExecutable& executable, std::span<const BoundBuffer> buffers)
    : executable_(executable), gpu_(executable.gpu_), buffers_(buffers) {
  place_buffers(buffers);
  const bool is_row_major = executable.is_row_major(buffers);
  if (is_row_major)
    add_steps(executable.row_major_);
  else
    add_steps(*executable.strided(buffers));
  shares_replays_ = is_row_major && std::none_of(steps_.begin(), steps_.end(),
                                                 [](const Step& step) { return step.product.has_value(); });
}

BoundCall::~BoundCall() {
  if (replay_ && shares_replays_) executable_.give_back(std::move(replay_));
}

// ------------------------------------------------------------------------------------------------ binding

void BoundCall::place_buffers(std::span<const BoundBuffer> buffers) {
  const Plan& plan = *executable_.plan_;
  bool is_fresh = false;
  std::tie(arena_, is_fresh) = executable_.arena();
  fresh_arena_bytes_ = is_fresh ? arena_->bytes() : 0;
  const auto staged = [&](std::vector<Staged>& where, std::size_t b) {
    where.push_back({b, DeviceMemory(gpu_, plan.kernels.buffers[b].bytes())});
    return where.back().memory.address();
  };
  for (std::size_t b = 0; b < buffers.size(); ++b) {
    const Buffer::Kind kind = plan.kernels.buffers[b].kind;
    if (kind == Buffer::Kind::constant)
      addresses_.push_back(executable_.constants_.address() + executable_.constant_offsets_[b]);
    else if (kind == Buffer::Kind::temporary)
      addresses_.push_back(arena_->address() + plan.slots[static_cast<std::size_t>(plan.slot_of[b])].offset);
    else if (buffers[b].device != cpu())
      addresses_.push_back(reinterpret_cast<Address>(buffers[b].data));
    else
      addresses_.push_back(staged(kind == Buffer::Kind::input ? inputs_ : outputs_, b));
  }
}

void BoundCall::add_steps(const std::vector<ReadyKernel>& kernels) {
  std::size_t state_bytes = 0;
  for (const ReadyKernel& kernel : kernels) state_bytes = std::max(state_bytes, kernel.work.state_bytes);
  state_ = executable_.state(state_bytes);
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    const KernelLaunches& work = kernels[k].work;
    if (work.product) add_product(k, *work.product);
    if (work.launches.empty()) continue;
    if (work.state_bytes > 0) {
      Step& clear = steps_.emplace_back();
      clear.kernel = k;
      clear.cleared = state_->address();
      clear.cleared_bytes = work.state_bytes;
    }
    for (std::size_t l = 0; l < work.launches.size(); ++l)
      add_launch(k, work.launches[l], kernels[k].functions[l]);
  }
}

void BoundCall::add_product(std::size_t kernel, const Product& product) {
  const auto address = [&](const Product::Matrix& matrix) {
    return addresses_[static_cast<std::size_t>(matrix.buffer)] + static_cast<Address>(matrix.byte_offset);
  };
  Step& step = steps_.emplace_back();
  step.kernel = kernel;
  step.product = PlacedProduct{product, address(product.a), address(product.b), address(product.c)};
}

void BoundCall::add_launch(std::size_t kernel, const Launch& launch,
                           const std::shared_ptr<const LoadedKernel>& function) {
  Step& step = steps_.emplace_back();
  step.kernel = kernel;
  step.function = function;
  step.grid = launch.grid;
  step.block = launch.block;
  step.dynamic_shared_bytes = launch.dynamic_shared_bytes;
  step.parameters = launch.parameters;
  for (const Launch::Pointer& pointer : launch.pointers) {
    const Address base = pointer.buffer == Launch::state_buffer
                             ? state_->address()
                             : addresses_[static_cast<std::size_t>(pointer.buffer)];
    const Address address = base + static_cast<Address>(pointer.byte_offset);
    std::memcpy(step.parameters.data() + pointer.offset, &address, sizeof address);
  }
}

// ------------------------------------------------------------------------------------------------ running

void BoundCall::run(const AfterKernel& after_kernel) const {
  const std::lock_guard lock(executable_.run_mutex_);
  gpu_.require_alive();
  const Entered here(gpu_.context());
  for (const Staged& input : inputs_) copy_in(input);
  const bool is_watched = after_kernel || options().cuda_sync;
  if (!is_watched && has_replay())
    gpu_.require(replay_->launch(), "running the program's kernels");
  else
    enqueue_steps(after_kernel);
  has_run_ = executable_.has_run_ = true;
  for (const Staged& output : outputs_) copy_out(output);
}

// Has a graph made where it will serve again: for this binding, or for the next call.
bool BoundCall::has_replay() const {
  if (replay_) return true;
  if (steps_.size() < 2) return false;
  if (shares_replays_) replay_ = executable_.idle_replay(steps_);
  if (!replay_ && (has_run_ || (shares_replays_ && executable_.has_run_)))
    replay_ = std::make_unique<Replay>(gpu_, steps_);
  return replay_ != nullptr;
}

void BoundCall::enqueue_steps(const AfterKernel& after_kernel) const {
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    enqueue(steps_[s]);
    if (options().cuda_sync) gpu_.synchronize(describe(steps_[s].kernel));
    const bool is_last_of_kernel = s + 1 == steps_.size() || steps_[s + 1].kernel != steps_[s].kernel;
    if (after_kernel && is_last_of_kernel) after_kernel(steps_[s].kernel);
  }
}

void BoundCall::enqueue(const Step& step) const {
  if (step.product) {
    gpu_.multiplier()->enqueue(*step.product, describe_product(step.kernel));
    return;
  }
  const Driver& driver = gpu_.driver();
  Result result = success;
  if (step.function == nullptr) {
    result = driver.set_bytes(step.cleared, 0, step.cleared_bytes, gpu_.stream());
  } else {
    void* parameters[] = {const_cast<std::byte*>(step.parameters.data())};  // the driver copies them
    result = driver.launch(step.function->function(), step.grid[0], step.grid[1], step.grid[2], step.block[0],
                           step.block[1], step.block[2], step.dynamic_shared_bytes, gpu_.stream(), parameters,
                           nullptr);
  }
  if (result != success) gpu_.require(result, describe(step.kernel));
}

// "kernel k1 (cumsum: one pass along the axis)"
std::string BoundCall::describe(std::size_t kernel) const {
  return "kernel k" + std::to_string(kernel) + " (" + executable_.graph().kernels[kernel].reason + ")";
}

// "kernel k1 (matmul by cuBLAS: float32, [65, 32] by [32, 48])"
std::string BoundCall::describe_product(std::size_t kernel) const {
  return "kernel k" + std::to_string(kernel) +
         " (matmul by cuBLAS: " + shapes_text(executable_.graph().kernels[kernel]) + ")";
}

// ------------------------------------------------------------------------------------------------ the host

void BoundCall::copy_in(const Staged& staged) const {
  const BoundBuffer& host = buffers_[staged.buffer];
  const Buffer& buffer = executable_.graph().buffers[staged.buffer];
  if (host.strides == executable_.row_major_strides_[staged.buffer]) {
    gpu_.staging().copy_in(staged.memory.address(), host.data, buffer.bytes());
    return;
  }
  const Tensor rows =
      Tensor::borrow(static_cast<const void*>(host.data), buffer.dtype, buffer.shape, host.strides)
          .contiguous();
  gpu_.staging().copy_in(staged.memory.address(), static_cast<const std::byte*>(rows.data()), rows.bytes());
}

void BoundCall::copy_out(const Staged& staged) const {
  const BoundBuffer& host = buffers_[staged.buffer];
  const Buffer& buffer = executable_.graph().buffers[staged.buffer];
  if (host.strides == executable_.row_major_strides_[staged.buffer]) {
    gpu_.staging().copy_out(host.data, staged.memory.address(), buffer.bytes());
    return;
  }
  Tensor rows = Tensor::empty(buffer.dtype, buffer.shape);
  gpu_.staging().copy_out(static_cast<std::byte*>(rows.data()), staged.memory.address(), rows.bytes());
  copy_from_row_major(rows.data(), buffer.shape, host.strides, byte_width(buffer.dtype), host.data);
}

}  // namespace accrue::gpu
