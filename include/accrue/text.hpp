// Text in and out: the script language, which is also the dump, and the views of the later stages.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "accrue/compile.hpp"
#include "accrue/graph.hpp"

namespace accrue {

/// A script's entry as a graph: its inputs in the order of the parameters, its outputs by name.
struct ParsedScript {
  Graph graph;
  std::vector<NamedExpr> outputs;
  std::vector<std::pair<std::string, std::int64_t>> dims;  // named dims and the lengths they stand for
  std::vector<std::string> stand_ins;                      // those of them that were given no length
};

struct ParseOptions {
  std::string file = "<script>";                   // for messages
  std::string entry = {};                          // function to build; empty: the last one
  std::map<std::string, std::int64_t> dims = {};   // lengths of named dims
  std::map<std::string, Shape> input_shapes = {};  // shapes that bind named dims
};

/// Reads a script (examples/README.md: the language).
///   throws  Error: file, line and column, the line with a caret, and what would be right. Nothing the text
///   holds
///           can crash the reader, make it hang, or allocate more than a multiple of its length plus that of
///           the operations it unrolls to (at most 4,194,304)
ACCRUE_API ParsedScript parse(std::string_view script, const ParseOptions& options = {});

/// The graph as a script, one operation a line, every type stated: parse(print(g)) gives the same graph, and
/// printing that the same text.
ACCRUE_API std::string print(const Graph& graph, const std::vector<NamedExpr>& outputs);

}  // namespace accrue
