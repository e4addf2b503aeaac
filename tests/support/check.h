// One expectation, on everything that runs graphs.
#pragma once

#include <functional>
#include <vector>

#include "accrue/ops.hpp"
#include "graph/node.h"
#include "tests/support/compare.h"

namespace accrue::test {

/// Values, row-major, of any dtype; doubles are converted as cast does.
Array values(DType dtype, const Shape& shape, const std::vector<double>& numbers);
inline Array values(DType dtype, const std::vector<double>& numbers) {
  return values(dtype, Shape{static_cast<std::int64_t>(numbers.size())}, numbers);
}

/// CHECKs that the expression `build` makes of these inputs has this value: on every runner, with the inputs
/// given at run time and as constants of the graph.
using Build = std::function<Expr(const std::vector<Expr>& inputs)>;
void check_value(const std::vector<Array>& inputs, const Build& build, const Array& expected,
                 Bound bound = {});

}  // namespace accrue::test
