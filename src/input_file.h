// Bytes that may be read at any place: of a file, or of memory (what a pipe gave, what a fuzzer tries).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace accrue {

/// Read-only memory that shows a part of a file; `owner` unmaps it.
struct Mapping {
  std::shared_ptr<void> owner;
  std::byte* data = nullptr;
};

class InputBytes {
 public:
  explicit InputBytes(std::string name) : name_(std::move(name)) {}
  virtual ~InputBytes() = default;

  /// What messages call it: the path that the user gave.
  const std::string& name() const { return name_; }
  virtual std::uint64_t size() const = 0;

  /// Copies `count` bytes from `offset` on, all of which lie below size().
  ///   throws  Error: reading failed, or the file has become shorter meanwhile
  virtual void read_at(std::uint64_t offset, std::byte* to, std::size_t count) const = 0;

  /// The bytes themselves, where they can be had without a copy; else a Mapping without data.
  virtual Mapping map(std::uint64_t offset, std::size_t count) const = 0;

  /// Throws Error: "load_npy: NAME: WHAT".
  [[noreturn]] void fail(const std::string& what) const;

 private:
  std::string name_;
};

/// Memory, not copied: it must outlive the reader, and is never mapped.
class InputMemory final : public InputBytes {
 public:
  InputMemory(std::string name, std::span<const std::byte> bytes)
      : InputBytes(std::move(name)), bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }
  void read_at(std::uint64_t offset, std::byte* to, std::size_t count) const override;
  Mapping map(std::uint64_t, std::size_t) const override { return {}; }

 private:
  std::span<const std::byte> bytes_;
};

/// Closes the file that it holds.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor();
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int number() const { return number_; }
  int release() { return std::exchange(number_, -1); }

 private:
  int number_;  // below 0: none
};

/// An open file. A regular one is read in place; anything else (a pipe) is first read to its end.
///
/// A mapped file belongs to the system: where another process shortens it, the pages beyond its new end are
/// gone, and touching them raises SIGBUS. Reading by read_at meets the same event as an Error.
class InputFile final : public InputBytes {
 public:
  /// throws  Error: it cannot be opened or read
  explicit InputFile(const std::string& path);

  std::uint64_t size() const override { return size_; }
  void read_at(std::uint64_t offset, std::byte* to, std::size_t count) const override;
  Mapping map(std::uint64_t offset, std::size_t count) const override;

 private:
  void read_stream();

  FileDescriptor descriptor_;
  std::uint64_t size_ = 0;
  std::unique_ptr<std::byte, void (*)(void*)> stream_;  // what a pipe gave; null for a regular file
};

/// An unsigned little-endian number of so many bytes at the address.
inline std::uint64_t little_endian(const std::byte* from, std::size_t bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes; i-- > 0;) value = value << 8 | static_cast<std::uint64_t>(from[i]);
  return value;
}

}  // namespace accrue
