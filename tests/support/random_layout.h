// Tensors that lie in memory in every way a caller's may.
#pragma once

#include "graph/node.h"
#include "tests/support/guarded_tensor.h"
#include "tests/support/random.h"

namespace accrue::test {

/// Strides that give each element its own address: dims in any order, steps, gaps, negative ones.
Strides random_strides(Random& random, const Shape& shape);

/// The array's elements in storage of random strides, watched.
GuardedTensor random_layout(Random& random, const Array& value);

/// The array with every element along the dim the first one's value, as a broadcast gives it.
Array repeated(const Array& value, std::size_t dim);

}  // namespace accrue::test
