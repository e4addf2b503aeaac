// Text in and out: the script language, which is also the dump, and the views of the later stages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
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
  std::vector<std::string> input_types;  // of the inputs, stand-ins by their names: "bool[n, 4]"
};

/// A tensor constant that a dump refers to instead of spelling it out.
struct SidecarConstant {
  std::string member;  // "c0", "c1", ...
  DType dtype;
  Shape shape;
  std::shared_ptr<const std::byte> data;  // its elements, row-major
};

struct ParseOptions {
  std::string file = "<script>";                   // for messages
  std::string entry = {};                          // function to build; empty: the last one
  std::map<std::string, std::int64_t> dims = {};   // lengths of named dims
  std::map<std::string, Shape> input_shapes = {};  // shapes that bind named dims
  /// Finds what constant("dump.npz:c0", ...) stands for, given the text between the quotes; without it such
  /// constants are an error.
  std::function<SidecarConstant(const std::string& place)> load_constant = {};
};

/// Reads a script (examples/README.md: the language).
///   throws  Error: file, line and column, the line with a caret, and what would be right. Nothing the text
///   holds
///           can crash the reader, make it hang, or allocate more than a multiple of its length plus that of
///           the operations it unrolls to (at most 4,194,304)
ACCRUE_API ParsedScript parse(std::string_view script, const ParseOptions& options = {});

struct PrintOptions {
  /// Constants of more than `inline_elements` elements are collected in `sidecar_constants` (where it is
  /// given) and printed as constant("SIDECAR:c0", ...); otherwise every constant is spelt out.
  std::string sidecar = "constants.npz";
  std::vector<SidecarConstant>* sidecar_constants = nullptr;
  std::int64_t inline_elements = 1000;
};

/// The graph as a script, one operation a line, every type stated: parse(print(g)) gives the same graph, and
/// printing that the same text. Places in the user's program and bound outs are comments.
///   throws  Error: an output that is a value of another graph, or whose name is doubled or is no identifier
///   cost    linear in the text
ACCRUE_API std::string print(const Graph& graph, const std::vector<NamedExpr>& outputs,
                             const PrintOptions& options = {});

/// The same, after a comment that states the stand-in lengths.
ACCRUE_API std::string print(const ParsedScript& script, const PrintOptions& options = {});

/// The graph for Graphviz: operations with their attributes, dtypes and shapes on the edges. Beyond
/// `max_nodes` operations the middle of the graph is folded into one box that says how many it stands for.
ACCRUE_API std::string dot(const Graph& graph, const std::vector<NamedExpr>& outputs,
                           std::size_t max_nodes = 2000);

/// The graph as one JSON object with the key "graph" (examples/README.md).
ACCRUE_API std::string json(const Graph& graph, const std::vector<NamedExpr>& outputs);

}  // namespace accrue
