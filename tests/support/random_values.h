// Data that tells right from wrong: rows that cancel, special values, extremes.
#pragma once

#include "graph/node.h"
#include "tests/support/random.h"

namespace accrue::test {

/// What an array is filled with, by turns: small whole numbers (exact in any order), rows with large terms
/// that cancel (a wrong order of additions loses the small ones), mixed magnitudes, NaN and infinities and
/// subnormals and -0 among ordinary numbers, and any bits at all.
Array random_values(Random& random, DType dtype, const Shape& shape);

}  // namespace accrue::test
