// By how much two tensors differ.
#pragma once

#include <optional>
#include <string>

#include "accrue/tensor.hpp"

namespace accrue::cli {

/// What differs, as a sentence without its subject: "differs in 3 of 16 elements; at [0, 3] 5.0 instead
/// of 4.0, by 1 at most". Nothing where dtypes, shapes and bits are the same (any NaN equals any NaN; +0
/// differs from -0).
///   tolerance  floats may be off by so much of the largest finite value expected
std::optional<std::string> difference(const Tensor& actual, const Tensor& expected, double tolerance = 0);

}  // namespace accrue::cli
