// Numbers as storage bits: what rewrites ask about constants.
#pragma once

#include <cstdint>
#include <optional>

#include "graph/graph.h"

namespace accrue {

/// The storage bits of the one number that a constant holds throughout, or nothing (of a tensor constant with
/// more than 1024 elements always).
std::optional<std::uint64_t> uniform_bits(const Node& node);

/// The numbers that identities are made of.
enum class Number : std::uint8_t { zero, minus_zero, one, all_bits_set, lowest, highest };

/// The storage bits of that number in a dtype: the lowest and highest of a floating dtype are infinite, of
/// bool false and true; bool with all bits set is true. minus_zero is for floating dtypes, all_bits_set for
/// the others.
std::uint64_t bits_of(Number number, DType dtype);

/// The storage bits of what a scan with that fold starts from.
std::uint64_t identity_bits(Fold fold, DType dtype);

}  // namespace accrue
