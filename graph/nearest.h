// The nearest of some names to a misspelt one, for "did you mean".
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace accrue {

/// The candidate that the fewest single-letter edits (insert, delete, replace, swap neighbours) turn `word`
/// into; the first of several. Nothing where more than a third of the letters would change (two, for short
/// words).
///   cost  word times the candidates' letters; words beyond 64 letters have no nearest name
std::optional<std::string_view> nearest_name(std::string_view word,
                                             std::span<const std::string_view> candidates);

}  // namespace accrue
