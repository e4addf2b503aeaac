// The checksum of .zip members.
#pragma once

#include <cstddef>
#include <cstdint>

namespace accrue {

/// The CRC-32 (polynomial 0xEDB88320, as zip, gzip and PNG use) of some bytes, or, with the CRC of the bytes
/// before them, of all. Of nothing it is 0.
///   cost  about a nanosecond per byte
std::uint32_t crc32_of(const std::byte* bytes, std::size_t count, std::uint32_t before = 0);

}  // namespace accrue
