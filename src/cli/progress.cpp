#include "src/cli/progress.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>

namespace accrue::cli {

Progress::Progress(std::string activity) : activity_(std::move(activity)) {
  if (isatty(STDERR_FILENO) == 1) watcher_ = std::thread([this] { watch(); });
}

Progress::~Progress() {
  if (!watcher_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
  }
  ended_.notify_one();
  watcher_.join();
}

void Progress::watch() {
  std::unique_lock lock(mutex_);
  std::chrono::seconds passed(2);
  std::chrono::seconds wait = passed;
  while (!ended_.wait_for(lock, wait, [this] { return has_ended_; })) {
    std::fprintf(stderr, "accrue: %s, for %lld seconds so far\n", activity_.c_str(),
                 static_cast<long long>(passed.count()));
    wait = std::chrono::seconds(10);
    passed += wait;
  }
}

}  // namespace accrue::cli
