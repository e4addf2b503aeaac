// A node's attributes as the script language spells them, for the dump, the drawing and the JSON.
#pragma once

#include <string>
#include <vector>

#include "graph/graph.h"

namespace accrue {

struct Attribute {
  const char* name;
  std::string text;
  bool keyword;  // printed as name=text; else by position, after the operands
};

/// The attributes of a scan, reduce, cast, view, concat or iota. A slice has one, "slices", the text between
/// x[ and ].
std::vector<Attribute> attributes(const Arena& graph, const Node& node);

/// "()", "(3,)", "(2, 3)": a Python tuple.
std::string tuple_text(const Dims& dims);

}  // namespace accrue
