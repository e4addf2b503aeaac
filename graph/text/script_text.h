// A script's text, and how its errors point into it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "accrue/error.hpp"

namespace accrue {

/// A byte of a script; both count from 1.
struct Place {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
};

/// An Error that shows its line of the script already.
class ScriptError : public Error {
 public:
  using Error::Error;
};

struct ScriptText {
  std::string_view text;
  std::string file;

  /// "file:line:column: error: message", the line, a caret. Columns count characters.
  ScriptError error(Place at, const std::string& message) const;
  [[noreturn]] void fail(Place at, const std::string& message) const { throw error(at, message); }
  /// Where no line is to blame: "file: error: message".
  [[noreturn]] void fail(const std::string& message) const;

  /// Refuses text that is no UTF-8, holds a NUL, or has 4 GiB or more.
  void check_encoding() const;

 private:
  std::string_view line_at(std::uint32_t line) const;
};

/// "'x'", cut to 40 characters.
std::string quoted(std::string_view word);

/// "; did you mean 'cumsum'?" where one of the names is near to `word`, else `otherwise`.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> names,
                         const std::string& otherwise = {});

}  // namespace accrue
