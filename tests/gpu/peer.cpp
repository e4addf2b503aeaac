#include "tests/gpu/peer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>

namespace accrue::test {
namespace {

constexpr double start_seconds = 60;
constexpr const char* ready = "ready: ";

using Clock = std::chrono::steady_clock;

}  // namespace

Peer::Peer(std::string name, std::string command) : name_(std::move(name)), command_(std::move(command)) {
  std::signal(SIGPIPE, SIG_IGN);  // a process that has ended answers nothing
  start();
}

Peer::~Peer() { stop(); }

void Peer::start() {
  int in[2], out[2];
  if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) throw std::runtime_error("no pipes");
  process_ = fork();
  if (process_ == 0) {
    setpgid(0, 0);  // with the processes that it starts
    dup2(in[0], STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    execl("/bin/sh", "sh", "-c", command_.c_str(), nullptr);
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  to_ = in[1];
  from_ = out[0];
  unread_.clear();
  greeting_.clear();
  is_ready_ = false;
}

void Peer::stop() {
  if (process_ < 0) return;
  close(to_);
  close(from_);
  kill(-process_, SIGKILL);
  kill(process_, SIGKILL);  // should it have no group yet
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

std::optional<std::string> Peer::read_line(double limit_seconds) {
  const auto end = Clock::now() + std::chrono::duration<double>(limit_seconds);
  for (;;) {
    if (const std::size_t line_end = unread_.find('\n'); line_end != std::string::npos) {
      std::string line = unread_.substr(0, line_end);
      unread_.erase(0, line_end + 1);
      return line;
    }
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd waiting{from_, POLLIN, 0};
    if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) <= 0) return std::nullopt;
    char part[4096];
    const ssize_t count = read(from_, part, sizeof part);
    if (count <= 0) return std::nullopt;
    unread_.append(part, static_cast<std::size_t>(count));
  }
}

void Peer::require_greeting() {
  if (!greeting_.empty()) return;
  greeting_ = read_line(start_seconds).value_or("it ended, or did not start in time");
  is_ready_ = greeting_.starts_with(ready);
  if (is_ready_) greeting_.erase(0, std::string(ready).size());
}

std::string Peer::greeting() {
  require_greeting();
  return is_ready_ ? greeting_ : "SKIPPED: " + greeting_;
}

std::optional<std::string> Peer::ask(const std::string& question, double limit_seconds) {
  if (process_ < 0) {
    if (question == unanswered_) return std::nullopt;
    start();
  }
  require_greeting();
  if (!is_ready_) return std::nullopt;
  const std::string line = question + "\n";
  std::optional<std::string> answer;
  if (write(to_, line.data(), line.size()) == static_cast<ssize_t>(line.size()))
    answer = read_line(limit_seconds);
  if (!answer) {  // it is still ready: for another question
    stop();
    unanswered_ = question;
  }
  return answer;
}

}  // namespace accrue::test
