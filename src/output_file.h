// A file that appears whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "src/input_file.h"

namespace accrue {

/// Writes to a temporary file beside the target (beside what it points to, for a symbolic link) and renames
/// it at commit(); without a commit the target stays what it was. A target that is no regular file (a pipe,
/// /dev/null) is written directly. A crash of the machine, as opposed to one of the program, is not guarded
/// against.
class OutputFile {
 public:
  /// op: begins the messages, "save_npy".
  ///   throws  Error: the file cannot be made
  OutputFile(std::string op, const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// throws  Error: the disk is full, ...
  void write(const void* bytes, std::size_t count);
  std::uint64_t written() const { return written_; }
  void commit();

 private:
  [[noreturn]] void fail(const char* what, int code) const;
  int open_target();

  std::string op_, path_;  // as the user gave it
  std::string target_;     // where it really lies
  std::string temporary_;  // "" where the target is written directly
  FileDescriptor descriptor_;
  std::uint64_t written_ = 0;
};

}  // namespace accrue
