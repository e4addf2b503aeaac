// How far a value may be from the reference's where no rounding is promised.
#pragma once

#include <string>
#include <vector>

#include "graph/node.h"

namespace accrue::test {

/// Empty where `actual` is a value that the node, one that is not exactly rounded, may have of these
/// operands; else what is wrong. `expected` is the reference's. Functions: within twice the widest accuracy
/// that ops.hpp states, for the reference has an error of its own. Floating matmul: within the error of a sum
/// of rounded products in any order; elements whose partial sums may overflow are not looked at.
std::string inaccuracy(const Node& node, const std::vector<const Array*>& operands, const Array& actual,
                       const Array& expected);

}  // namespace accrue::test
