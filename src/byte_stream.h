// The bytes of an .npy file in order: a range of a file or of memory as it stands, or unpacked on the way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "src/input_file.h"

namespace accrue {

class ByteStream {
 public:
  explicit ByteStream(std::string name) : name_(std::move(name)) {}
  virtual ~ByteStream() = default;

  /// All bytes, as the file or the archive's directory says; a packed stream may turn out to hold fewer or
  /// more.
  virtual std::uint64_t size() const = 0;
  /// The next bytes.
  ///   throws  Error: there are fewer, or they are damaged
  virtual void read(std::byte* to, std::size_t count) = 0;
  /// The next bytes without a copy, all that are left; without data where that is impossible.
  virtual Mapping map(std::size_t count) = 0;
  /// To be called after the last byte was read (not after map).
  ///   throws  Error: there are more, or their checksum is wrong
  virtual void finish() = 0;

  /// Throws Error: "load_npy: NAME: WHAT".
  [[noreturn]] void fail(const std::string& what) const;

 private:
  std::string name_;
};

/// Where an archive keeps a member.
struct Range {
  std::uint64_t offset = 0;
  std::uint64_t packed_bytes = 0;  // in the file
  std::uint64_t bytes = 0;         // unpacked
};

/// The bytes of a range as they stand. `bytes` and `name` outlive the stream. `checksum`, where there is one,
/// is compared with the CRC-32 of what was read.
std::unique_ptr<ByteStream> plain_stream(const InputBytes& bytes, const std::string& name, Range range,
                                         const std::uint32_t* checksum);

/// Whether accrue was built with zlib.
bool can_inflate();

/// The bytes that a deflated range (without zlib's or gzip's frame) unpacks to.
///   throws  Error: accrue was built without zlib, or the range claims more than deflate can pack into its
///   bytes
std::unique_ptr<ByteStream> inflated_stream(const InputBytes& bytes, const std::string& name, Range range,
                                            std::uint32_t checksum);

}  // namespace accrue
