// Another program that is timed beside ours.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace accrue::test {

/// A process of its own (peers.py, cub.cu), so that none's memory or threads disturb another's. It says
/// "ready: what it is", or else why it takes no part; then it answers each line with a line.
class Peer {
 public:
  /// Starts the process; its imports take their time while others start.
  ///   command  for /bin/sh
  Peer(std::string name, std::string command);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  const std::string& name() const { return name_; }

  /// Waits until it is ready.
  ///   returns  what it is, or why it takes no part
  std::string greeting();
  bool is_ready() const { return is_ready_; }

  /// What it answers, or nothing: it takes no part, or has not answered in time. Then it is ended, and
  /// started again for another question.
  std::optional<std::string> ask(const std::string& question, double limit_seconds);

 private:
  void start();
  void stop();
  void require_greeting();
  std::optional<std::string> read_line(double limit_seconds);

  const std::string name_, command_;
  pid_t process_ = -1;
  int to_ = -1, from_ = -1;
  std::string unread_;
  std::string greeting_;
  bool is_ready_ = false;
  std::string unanswered_;
};

}  // namespace accrue::test
