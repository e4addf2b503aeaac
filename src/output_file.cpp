#include "src/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <system_error>

#include "accrue/error.hpp"

namespace accrue {
namespace {

constexpr std::size_t largest_write = std::size_t{1} << 30;  // one system call writes less than 2 GiB
constexpr mode_t mode_before_umask = 0666;

// The path without symbolic links, or the path itself where the file does not exist yet.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(realpath(path.c_str(), nullptr), &std::free);
  return real == nullptr ? path : std::string(real.get());
}

std::string temporary_beside(const std::string& target) {
  static std::atomic<unsigned> counter{0};
  const std::size_t slash = target.rfind('/');
  const std::string folder = slash == std::string::npos ? "" : target.substr(0, slash + 1);
  return folder + ".accrue-" + std::to_string(getpid()) + "-" + std::to_string(counter++) + ".tmp";
}

}  // namespace

OutputFile::OutputFile(std::string op, const std::string& path)
    : op_(std::move(op)), path_(path), target_(resolved(path)), descriptor_(open_target()) {
  if (descriptor_.number() < 0) fail("cannot create", errno);
}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

int OutputFile::open_target() {
  struct stat about = {};
  if (stat(target_.c_str(), &about) == 0 && !S_ISREG(about.st_mode))
    return open(target_.c_str(), O_WRONLY | O_CLOEXEC);
  int descriptor = -1;
  do {
    temporary_ = temporary_beside(target_);
    descriptor = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_before_umask);
  } while (descriptor < 0 && errno == EEXIST);
  if (descriptor < 0) temporary_.clear();
  return descriptor;
}

void OutputFile::fail(const char* what, int code) const {
  throw Error(op_ + ": " + path_ + ": " + what + ": " + std::generic_category().message(code));
}

void OutputFile::write(const void* bytes, std::size_t count) {
  const auto* next = static_cast<const std::byte*>(bytes);
  while (count > 0) {
    const ssize_t done = ::write(descriptor_.number(), next, std::min(count, largest_write));
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) fail("cannot write", errno);
    next += done;
    count -= static_cast<std::size_t>(done);
    written_ += static_cast<std::uint64_t>(done);
  }
}

void OutputFile::commit() {
  if (close(descriptor_.release()) != 0) fail("cannot write", errno);
  if (temporary_.empty()) return;
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) fail("cannot rename the finished file", errno);
  temporary_.clear();
}

}  // namespace accrue
