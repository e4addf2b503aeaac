// Signatures, sizes and codes of the .zip format (PKWARE's APPNOTE.TXT, sections 4.3 to 4.5).
#pragma once

#include <cstddef>
#include <cstdint>

namespace accrue::zip {

inline constexpr std::uint32_t local_signature = 0x04034b50, entry_signature = 0x02014b50,
                               end_signature = 0x06054b50, end64_signature = 0x06064b50,
                               end64_locator_signature = 0x07064b50;

// Without the names, extra fields and comments that follow.
inline constexpr std::size_t local_bytes = 30, entry_bytes = 46, end_bytes = 22, end64_bytes = 56,
                             end64_locator_bytes = 20;

inline constexpr std::uint16_t stored = 0, deflated = 8;             // methods
inline constexpr std::uint16_t encrypted = 1, utf8_names = 1 << 11;  // flags
inline constexpr std::uint16_t wide_extra = 1;                       // extra field of 64-bit sizes
inline constexpr std::uint16_t padding_extra = 0xD935;               // extra field that only takes room
inline constexpr std::uint32_t all_ones = 0xFFFFFFFF;                // "see the 64-bit field"

}  // namespace accrue::zip
