// Random graphs: every operation, every dtype, from a seed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "accrue/compile.hpp"
#include "graph/node.h"
#include "tests/support/compare.h"

namespace accrue::test {

/// A graph with data for its inputs.
struct Sample {
  std::uint64_t seed = 0;
  Graph graph;
  std::vector<NamedExpr> outputs;
  std::map<std::string, Array> inputs;
};

enum class Functions {
  exact,  // + - * / sqrt, comparisons, integer and bit operations, ...: the same bits on every device
  all,    // exp, sin, pow, matmul, ... too: the same bits on one device
};

/// Ranks 0 to 5; dims of 0, 1, a few, and around 8, 32, 256; views with negative steps; values with several
/// readers, repeated operands, several outputs. The same for the same seed.
Sample random_sample(std::uint64_t seed, Functions functions);

/// A sample's inputs as tensors, for a run.
std::vector<NamedTensor> bind(const std::map<std::string, Array>& inputs);

/// Per node of the sample's graph: whether a function that is not exactly rounded, or a floating matmul,
/// stands upstream of it or is it.
std::vector<bool> inexact_nodes(const Sample& sample);

}  // namespace accrue::test
