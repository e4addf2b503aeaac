// A graph's nodes as short text, for expectations.
#pragma once

#include <string>

#include "graph/graph.h"

namespace accrue {

/// One node a line: "%2 float32[3] add(%0, %1)". Constants show their bits, dims and steps where they matter.
inline std::string listing(const Graph& graph) {
  const Arena& arena = *graph.arena();
  std::string text;
  for (NodeId id = 0; id < arena.size(); ++id) {
    const Node& node = arena[id];
    text += '%' + std::to_string(id) + ' ' + type_text(node) + ' ' + std::string(op_name(node)) + '(';
    if (node.name != nullptr) text += node.name;
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      text += (i > 0 ? ", %" : "%") + std::to_string(node.inputs[i]);
    if (node.kind == Kind::constant) text += "bits " + std::to_string(node.bits);
    text += ')';
    if (!node.dims.empty()) text += " dims " + to_string(node.dims);
    if (!node.steps.empty()) text += " steps " + to_string(node.steps);
    if (node.keepdim) text += " keepdim";
    text += '\n';
  }
  return text;
}

/// "float32[4, 8]", the type of a value.
inline std::string type_of(const Expr& value) { return type_text(value.dtype(), value.shape()); }

}  // namespace accrue
