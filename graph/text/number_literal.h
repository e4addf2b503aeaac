// Numbers as a script writes them.
#pragma once

#include <string>
#include <string_view>

#include "accrue/graph.hpp"

namespace accrue {

/// The value of a token that looks like a number; a message where it is none, or lies beyond uint64 or
/// float64.
struct ReadNumber {
  Literal value;
  std::string error = {};
};
ReadNumber read_number(std::string_view text);

}  // namespace accrue
