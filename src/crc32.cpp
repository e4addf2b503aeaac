#include "src/crc32.h"

#include <array>

namespace accrue {
namespace {

// tables[k][b]: what byte b does to the remainder when k more bytes follow it.
constexpr auto tables = [] {
  std::array<std::array<std::uint32_t, 256>, 4> t{};
  for (std::uint32_t b = 0; b < 256; ++b) {
    std::uint32_t remainder = b;
    for (int bit = 0; bit < 8; ++bit) remainder = remainder >> 1 ^ (remainder & 1 ? 0xEDB88320u : 0);
    t[0][b] = remainder;
  }
  for (std::size_t k = 1; k < t.size(); ++k)
    for (std::size_t b = 0; b < 256; ++b) t[k][b] = t[k - 1][b] >> 8 ^ t[0][t[k - 1][b] & 0xFF];
  return t;
}();

}  // namespace

std::uint32_t crc32_of(const std::byte* bytes, std::size_t count, std::uint32_t before) {
  const auto at = [bytes](std::size_t i) { return static_cast<std::uint32_t>(bytes[i]); };
  std::uint32_t crc = ~before;
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    crc ^= at(i) | at(i + 1) << 8 | at(i + 2) << 16 | at(i + 3) << 24;
    crc = tables[3][crc & 0xFF] ^ tables[2][crc >> 8 & 0xFF] ^ tables[1][crc >> 16 & 0xFF] ^
          tables[0][crc >> 24];
  }
  for (; i < count; ++i) crc = crc >> 8 ^ tables[0][(crc ^ at(i)) & 0xFF];
  return ~crc;
}

}  // namespace accrue
