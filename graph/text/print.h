// The dump of an arena.
#pragma once

#include <span>
#include <string>

#include "accrue/text.hpp"
#include "graph/graph.h"

namespace accrue {

/// As print(Graph, outputs), of an arena and the outputs it carries. Without outputs the text has no return,
/// and shows a graph that is still being built.
std::string print(const Arena& graph, const PrintOptions& options = {});

/// The names under which a dump shows the nodes: an input's, an output's, else t0, t1, ... Literals have
/// none.
std::vector<std::string> node_names(const Arena& graph, std::span<const Arena::Output> outputs);

/// "model.cpp:34", the file without its folders; empty where the place is unknown.
std::string place_text(const SourceLoc& where);

}  // namespace accrue
