// Which words a script's names may be.
#pragma once

#include <string_view>
#include <vector>

namespace accrue {

constexpr bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }

/// Letters, digits and underscores, not starting with a digit.
bool is_identifier(std::string_view text);

/// The words that no variable or function may be called: Python's keywords, inf, nan, and the dtypes' names.
bool is_reserved(std::string_view word);

/// float32 and all the others.
std::vector<std::string_view> dtype_names();

/// An identifier that is not reserved.
inline bool is_name(std::string_view text) { return is_identifier(text) && !is_reserved(text); }

}  // namespace accrue
