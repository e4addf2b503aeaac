// Whether two graphs are one and the same, places apart.
#pragma once

#include <string>
#include <vector>

#include "accrue/compile.hpp"

namespace accrue::test {

/// Empty where the graphs have the same inputs, operations in the same order, and outputs; else the first
/// difference. Literals are compared where they are used (a dump writes them there), NaNs as equal.
std::string graph_difference(const Graph& a, const std::vector<NamedExpr>& a_outputs, const Graph& b,
                             const std::vector<NamedExpr>& b_outputs);

/// A dump without the places behind its lines.
std::string without_comments(const std::string& dump);

/// Empty where printing the graph, reading it back and printing that gives the same graph and the same text;
/// else what differs, with the text.
std::string round_trip_difference(const Graph& g, const std::vector<NamedExpr>& outputs);

}  // namespace accrue::test
