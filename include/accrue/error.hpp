// What goes wrong, whose fault it is, and where.
#pragma once

#include <stdexcept>
#include <string>

#include "accrue/export.hpp"

namespace accrue {

/// A place in the user's program or script. Lines and columns count from 1; 0 means unknown.
struct SourceLoc {
  const char* file = nullptr;  // lives as long as the graph that holds the place
  int line = 0;
  int column = 0;
};

/// A mistake of the user's, or something the machine cannot do. what() is the message, then the place:
/// "cumsum: dim 3 is out of range for float32[4, 8]; valid dims are -2..1\n  at model.cpp:34".
class ACCRUE_API Error : public std::runtime_error {
 public:
  explicit Error(std::string message, SourceLoc where = {});
  /// A mistake in a script: `text` is all of what(), and shows the line.
  Error(const std::string& text, std::string message, SourceLoc where);

  const std::string& message() const { return message_; }  // without the place
  const std::string& file() const { return file_; }
  int line() const { return line_; }
  int column() const { return column_; }

 private:
  std::string message_, file_;
  int line_ = 0, column_ = 0;
};

/// A broken invariant of accrue's own: what() says so and carries the dump of the stage that broke it.
class ACCRUE_API InternalError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace accrue
