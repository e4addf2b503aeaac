#include "src/input_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>
#include <system_error>

#include "accrue/error.hpp"

namespace accrue {
namespace {

constexpr std::size_t largest_read = std::size_t{1} << 30;  // one system call reads less than 2 GiB

std::string system_message(int code) { return std::generic_category().message(code); }

// As much as comes, up to `count`; 0 at the end, -1 on failure.
ssize_t read_some(int descriptor, std::byte* to, std::size_t count, std::uint64_t offset, bool is_stream) {
  ssize_t got = 0;
  do {
    const std::size_t part = std::min(count, largest_read);
    got = is_stream ? read(descriptor, to, part) : pread(descriptor, to, part, static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  return got;
}

}  // namespace

void InputBytes::fail(const std::string& what) const { throw Error("load_npy: " + name_ + ": " + what); }

void InputMemory::read_at(std::uint64_t offset, std::byte* to, std::size_t count) const {
  if (count > 0) std::memcpy(to, bytes_.data() + offset, count);
}

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) close(number_);
}

InputFile::InputFile(const std::string& path)
    : InputBytes(path), descriptor_(open(path.c_str(), O_RDONLY | O_CLOEXEC)), stream_(nullptr, std::free) {
  if (descriptor_.number() < 0) fail("cannot open: " + system_message(errno));
  struct stat about = {};
  if (fstat(descriptor_.number(), &about) == 0 && S_ISREG(about.st_mode))
    size_ = static_cast<std::uint64_t>(about.st_size);
  else
    read_stream();
}

void InputFile::read_stream() {
  std::size_t capacity = 0;
  for (;;) {
    if (size_ == capacity) {
      capacity = std::max<std::size_t>(capacity * 2, std::size_t{1} << 16);
      void* grown = std::realloc(stream_.get(), capacity);
      if (grown == nullptr) throw std::bad_alloc();
      static_cast<void>(stream_.release());
      stream_.reset(static_cast<std::byte*>(grown));
    }
    const ssize_t got = read_some(descriptor_.number(), stream_.get() + size_, capacity - size_, 0, true);
    if (got < 0) fail("cannot read: " + system_message(errno));
    if (got == 0) return;
    size_ += static_cast<std::uint64_t>(got);
  }
}

void InputFile::read_at(std::uint64_t offset, std::byte* to, std::size_t count) const {
  if (stream_) {
    if (count > 0) std::memcpy(to, stream_.get() + offset, count);
    return;
  }
  while (count > 0) {
    const ssize_t got = read_some(descriptor_.number(), to, count, offset, false);
    if (got < 0) fail("cannot read: " + system_message(errno));
    if (got == 0) fail("cut to " + std::to_string(offset) + " bytes while it was read");
    offset += static_cast<std::uint64_t>(got);
    to += got;
    count -= static_cast<std::size_t>(got);
  }
}

Mapping InputFile::map(std::uint64_t offset, std::size_t count) const {
  if (stream_ || count == 0) return {};
  const auto page_bytes = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  const std::uint64_t before = offset % page_bytes;
  const std::size_t mapped_bytes = count + before;
  void* mapped = mmap(nullptr, mapped_bytes, PROT_READ, MAP_PRIVATE, descriptor_.number(),
                      static_cast<off_t>(offset - before));
  if (mapped == MAP_FAILED) return {};
  Mapping result;
  result.owner =
      std::shared_ptr<void>(mapped, [mapped_bytes](void* address) { munmap(address, mapped_bytes); });
  result.data = static_cast<std::byte*>(mapped) + before;
  struct stat about = {};
  if (fstat(descriptor_.number(), &about) != 0 || static_cast<std::uint64_t>(about.st_size) < offset + count)
    fail("cut to " + std::to_string(about.st_size) + " bytes while it was read");
  return result;
}

}  // namespace accrue
