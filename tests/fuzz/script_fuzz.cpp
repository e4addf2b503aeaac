// Any bytes as a script: an Error or a graph, and a graph prints and parses to itself.
#include <cstdint>
#include <stdexcept>
#include <string_view>

#include "accrue/text.hpp"
#include "tests/support/same_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view script(reinterpret_cast<const char*>(data), size);
  accrue::ParsedScript read;
  try {
    read = accrue::parse(script);
  } catch (const accrue::Error&) {
    return 0;
  }
  const std::string difference = accrue::test::round_trip_difference(read.graph, read.outputs);
  if (!difference.empty()) throw std::logic_error(difference);
  return 0;
}
