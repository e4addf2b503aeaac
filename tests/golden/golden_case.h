// A line of cumsum_golden.jsonl (README.md), as tensors and options.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "accrue/ops.hpp"
#include "graph/node.h"
#include "tests/support/compare.h"
#include "tests/support/guarded_tensor.h"
#include "tests/support/json_lines.h"

namespace accrue::test {

struct GoldenCase {
  std::string name, op;
  Tensor input;  // with the strides of its view
  std::int64_t dim = 0;
  ScanOptions options;                // without out
  std::optional<Tensor> out;          // the caller's tensor that the result is written to
  std::optional<GuardedTensor> room;  // where out lies, unless it is the input or lies in its storage

  std::string error;  // the kind of mistake, or empty
  DType dtype = DType::float32;
  Shape shape;
  std::vector<std::pair<std::int64_t, Array>> at;  // expected elements, 0-d, by row-major index
  std::optional<Array> values;                     // or all of them
  Bound bound;
};

/// A fresh copy, tensors included: a run may write over its input.
GoldenCase read_golden_case(const Json& line);

}  // namespace accrue::test
