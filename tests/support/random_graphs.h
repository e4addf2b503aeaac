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

enum class Size {
  small,  // ranks 0 to 5, dims of 0, 1, a few, and around 8, 32, 256; a few thousand elements
  large,  // 2^16 to 2^18 elements and a few operations: several tiles, which threads share
};

/// Views with negative steps, values with several readers, repeated operands, several outputs. The same for
/// the same seed.
Sample random_sample(std::uint64_t seed, Functions functions, Size size = Size::small);

/// A sample's inputs as tensors, for a run.
std::vector<NamedTensor> bind(const std::map<std::string, Array>& inputs);

/// Whether the node's value is the same bits on every device if its operands' are: it is no floating matmul,
/// and no function that is not exactly rounded.
bool is_exact(const Node& node);

}  // namespace accrue::test
