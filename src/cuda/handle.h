// Owners of what the driver gives out.
#pragma once

#include <utility>

#include "src/cuda/driver.h"

namespace accrue::gpu {

/// A GPU's context, kept alive while the object lives: the one that every library in the process shares.
class PrimaryContext {
 public:
  /// throws  Error: the driver makes none
  PrimaryContext(const Driver& driver, DeviceNumber device);
  ~PrimaryContext();
  PrimaryContext(const PrimaryContext&) = delete;
  PrimaryContext& operator=(const PrimaryContext&) = delete;

  const Driver& driver() const { return driver_; }
  Context handle() const { return handle_; }

 private:
  const Driver& driver_;
  DeviceNumber device_;
  Context handle_ = nullptr;
};

/// Makes a context current on this thread while the object lives. Where that fails, so does each call that
/// needs it.
class Entered {
 public:
  explicit Entered(const PrimaryContext& context) noexcept
      : driver_(context.driver()), pushed_(driver_.push_context(context.handle()) == success) {}
  ~Entered() {
    Context popped = nullptr;
    if (pushed_) driver_.pop_context(&popped);
  }
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;

 private:
  const Driver& driver_;
  bool pushed_;
};

/// A handle that `Driver::*destroy` takes back. Its context must outlive it.
template <class Handle, auto destroy>
class Owned {
 public:
  Owned() = default;
  Owned(const PrimaryContext& context, Handle handle) : context_(&context), handle_(handle) {}
  ~Owned() { reset(); }
  Owned(Owned&& other) noexcept : context_(other.context_), handle_(std::exchange(other.handle_, nullptr)) {}
  Owned& operator=(Owned&& other) noexcept {
    if (this == &other) return *this;
    reset();
    context_ = other.context_;
    handle_ = std::exchange(other.handle_, nullptr);
    return *this;
  }

  Handle get() const { return handle_; }
  explicit operator bool() const { return handle_ != nullptr; }

 private:
  void reset() noexcept {
    if (handle_ == nullptr) return;
    const Entered here(*context_);
    (context_->driver().*destroy)(std::exchange(handle_, nullptr));
  }

  const PrimaryContext* context_ = nullptr;
  Handle handle_ = nullptr;
};

using OwnedStream = Owned<Stream, &Driver::destroy_stream>;
using OwnedEvent = Owned<Event, &Driver::destroy_event>;
using OwnedPool = Owned<MemoryPool, &Driver::destroy_pool>;
using OwnedModule = Owned<Module, &Driver::unload_module>;
using OwnedGraph = Owned<Graph, &Driver::destroy_graph>;
using OwnedGraphExec = Owned<GraphExec, &Driver::destroy_graph_exec>;

}  // namespace accrue::gpu
