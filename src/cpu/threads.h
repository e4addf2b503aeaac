// Workers on oneTBB: in an arena of our own where a number of threads is asked for, else in the caller's.
#pragma once

#include <functional>
#include <memory>

namespace accrue::host {

class Threads {
 public:
  /// count: 0 for the caller's arena.
  explicit Threads(int count);
  ~Threads();

  /// How many workers can run at once if this thread starts them.
  int available() const;

  /// Calls work() `workers` times, on as many threads as there are free; returns when all have returned.
  /// Calls may run one after another on one thread, so none may wait for one that has not begun.
  ///   throws  what a call threw first, after the others have returned
  template <class Work>
  void run(int workers, const Work& work) const {
    if (workers <= 1) return work();
    run_on_several(workers, std::ref(work));
  }

 private:
  void run_on_several(int workers, const std::function<void()>& work) const;

  struct Arena;
  int count_;
  std::unique_ptr<Arena> arena_;
};

}  // namespace accrue::host
