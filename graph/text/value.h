// What an expression of a script can stand for.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "accrue/graph.hpp"
#include "graph/node.h"
#include "graph/text/syntax.h"

namespace accrue {

struct Value {
  enum class Kind : std::uint8_t { none, number, tensor, dtype, tuple, string, ellipsis, slice };
  Kind kind = Kind::none;
  DType dtype = DType::float32;  // kind dtype
  std::uint16_t depth = 0;       // tuple: brackets one inside another
  std::uint32_t leaves = 0;      // tuple: values in it that are no tuples
  NodeId node = no_node;         // tensor
  Literal number;
  Word word = {};  // string: with its quotes
  std::shared_ptr<const std::vector<Value>>
      items;  // tuple or list; slice: start, stop, step, each perhaps none

  static Value of(const Literal& number) {
    Value v;
    v.kind = Kind::number;
    v.number = number;
    return v;
  }
  static Value of_node(NodeId node) {
    Value v;
    v.kind = Kind::tensor;
    v.node = node;
    return v;
  }
  bool is(Kind k) const { return kind == k; }
};

/// A value on the stack or in a call: with the place it came from and, as an argument, its keyword.
struct PlacedValue {
  Value value;
  Place at;
  Word keyword = {};  // empty: by position
};

/// Numbers combined as Python combines them: 64-bit integers, float64, bools counting as 0 and 1.
///   throws  Error with the bare message: division by zero, a result beyond 64 bits, a dtype of number that
///           the operator does not take
Literal combine(Binary op, const Literal& a, const Literal& b);
Literal apply(Unary op, const Literal& a);

}  // namespace accrue
