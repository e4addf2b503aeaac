#include "src/cpu/threads.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <cstddef>
#include <mutex>
#include <optional>

namespace accrue::host {
namespace {

void start(int workers, const std::function<void()>& work) {
  // Isolated: where the caller's own tasks are cancelled, a run that has begun still does all of its work.
  oneapi::tbb::task_group_context context(oneapi::tbb::task_group_context::isolated);
  oneapi::tbb::parallel_for(
      0, workers, 1, [&](int) { work(); }, oneapi::tbb::simple_partitioner(), context);
}

/// An arena alone gives no more threads than the machine has processors: allows the process as many as a
/// program has asked for. Done when programs are made, not when they run: oneTBB (2021.8, global_control.cpp)
/// reads its list of controls without a lock while other threads make their first call.
void allow(int count) {
  using oneapi::tbb::global_control;
  static std::mutex mutex;
  static int allowed = oneapi::tbb::info::default_concurrency();
  static std::optional<global_control> control;
  const std::lock_guard lock(mutex);
  if (count <= allowed) return;
  control.reset();  // of several, the least would hold
  control.emplace(global_control::max_allowed_parallelism, static_cast<std::size_t>(count));
  allowed = count;
}

}  // namespace

struct Threads::Arena {
  explicit Arena(int count) : tbb(count) {}
  oneapi::tbb::task_arena tbb;
};

Threads::Threads(int count) : count_(count) {
  if (count_ <= 1) return;
  allow(count_);
  arena_ = std::make_unique<Arena>(count_);
}

Threads::~Threads() = default;

int Threads::available() const {
  return count_ > 0 ? count_ : oneapi::tbb::this_task_arena::max_concurrency();
}

void Threads::run(int workers, const std::function<void()>& work) const {
  if (workers <= 1) return work();
  if (!arena_) return start(workers, work);
  arena_->tbb.execute([&] { start(workers, work); });
}

}  // namespace accrue::host
