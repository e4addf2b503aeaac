// The parts of the .zip format that an .npz uses.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "src/byte_stream.h"
#include "src/output_file.h"

namespace accrue {

struct ZipMember {
  std::string name;
  std::uint32_t checksum = 0;  // CRC-32 of the unpacked bytes
  bool deflated = false;
  std::uint64_t header_offset = 0;
  std::uint64_t packed_bytes = 0, bytes = 0;
};

/// Whether the bytes begin as a .zip does, an empty one too.
bool is_zip(const InputBytes& archive);

/// The archive's directory: members stored or deflated, 64-bit sizes too. Every size and offset is compared
/// with the archive's own size before it is used.
///   throws  Error: cut, damaged, split over several disks, encrypted, another method, one name twice
std::vector<ZipMember> read_zip_directory(const InputBytes& archive);

/// Where the member's bytes lie.
///   throws  Error: its local header is cut or contradicts the directory
Range locate(const InputBytes& archive, const ZipMember& member);

/// Writes stored members, one after the other, each at a multiple of 64 bytes, then the directory.
class ZipWriter {
 public:
  explicit ZipWriter(OutputFile& out) : out_(out) {}

  /// Begins a member; exactly `bytes` bytes with this CRC-32 must be written to the file next.
  void begin(const std::string& name, std::uint64_t bytes, std::uint32_t checksum);
  void finish();

 private:
  OutputFile& out_;
  std::vector<ZipMember> members_;
};

}  // namespace accrue
