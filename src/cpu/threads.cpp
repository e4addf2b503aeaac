#include "src/cpu/threads.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <cstddef>
#include <optional>

namespace accrue::host {
namespace {

void start(int workers, const std::function<void()>& work) {
  // Isolated: where the caller's own tasks are cancelled, a run that has begun still does all of its work.
  oneapi::tbb::task_group_context context(oneapi::tbb::task_group_context::isolated);
  oneapi::tbb::parallel_for(
      0, workers, 1, [&](int) { work(); }, oneapi::tbb::simple_partitioner(), context);
}

}  // namespace

struct Threads::Arena {
  explicit Arena(int count) : tbb(count) {}
  oneapi::tbb::task_arena tbb;
};

Threads::Threads(int count) : count_(count) {
  if (count_ > 1) arena_ = std::make_unique<Arena>(count_);
}

Threads::~Threads() = default;

int Threads::available() const {
  return count_ > 0 ? count_ : oneapi::tbb::this_task_arena::max_concurrency();
}

void Threads::run(int workers, const std::function<void()>& work) const {
  if (workers <= 1) return work();
  if (!arena_) return start(workers, work);
  // An arena alone gives no more threads than the machine has processors.
  using oneapi::tbb::global_control;
  std::optional<global_control> more_threads;
  if (count_ > oneapi::tbb::info::default_concurrency())
    more_threads.emplace(global_control::max_allowed_parallelism, static_cast<std::size_t>(count_));
  arena_->tbb.execute([&] { start(workers, work); });
}

}  // namespace accrue::host
