// The one comparator of the tests: the same dtype, shape and bits. +0 differs from -0; any NaN equals any
// NaN.
#pragma once

#include <string>

#include "accrue/tensor.hpp"
#include "graph/node.h"

namespace accrue::test {

/// Empty where the two are the same; else what differs: the dtypes, the shapes, or how many elements, the
/// first of them with its index and both values, in hex and in decimal.
std::string difference(const Array& actual, const Array& expected);

/// How far values of functions that are not exactly rounded may be off: |actual - expected| up to
/// relative * |expected| + absolute. Nothing: the same bits. Integers and bools must be equal in any case.
struct Bound {
  double relative = 0;
  double absolute = 0;
  bool is_exact() const { return relative == 0 && absolute == 0; }
};
std::string difference(const Array& actual, const Array& expected, Bound bound);

/// A tensor's elements, row-major, and back.
Array to_array(const Tensor& t);
Tensor to_tensor(const Array& a);

/// The element at a row-major index as a double (64-bit integers are rounded).
double element_as_double(const Array& a, std::int64_t i);

/// The same in hex and in decimal: "0x3f800000 (1)".
std::string element_text(const Array& a, std::int64_t i);

}  // namespace accrue::test
