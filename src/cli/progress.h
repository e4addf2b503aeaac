// Says on standard error what a command is at, where it takes long and a person may be watching.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace accrue::cli {

/// From its making to its end: a line after two seconds, and after each further ten; none where standard
/// error is no terminal.
class Progress {
 public:
  explicit Progress(std::string activity);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

 private:
  void watch();

  const std::string activity_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool has_ended_ = false;
  std::thread watcher_;  // none where nothing is to be said
};

}  // namespace accrue::cli
