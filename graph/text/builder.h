// What a script's operations do to a graph, and, before that, what they would cost.
#pragma once

#include "graph/text/machine.h"

namespace accrue {

/// Stands in while operations are counted: every tensor is the same unknown one.
class Counter final : public Operations {
 public:
  Value unary(Unary, const Value&, Place) override { return Value::of_node(0); }
  Value binary(Binary, const Value&, const Value&, Place) override { return Value::of_node(0); }
  Value subscript(const Value&, std::span<const PlacedValue>, Place) override { return Value::of_node(0); }
  Value call(const Builtin&, std::span<const PlacedValue>, Place) override { return Value::of_node(0); }
  std::string check_type(const Value&, DType, const Shape&) override { return {}; }
  Shape shape_of(const Value&) override { return {}; }
};

class Builder final : public Operations {
 public:
  explicit Builder(const BuildContext& context) : context_(context) {}

  Value unary(Unary op, const Value& x, Place at) override;
  Value binary(Binary op, const Value& a, const Value& b, Place at) override;
  Value subscript(const Value& x, std::span<const PlacedValue> indices, Place at) override;
  Value call(const Builtin& operation, std::span<const PlacedValue> arguments, Place at) override;
  std::string check_type(const Value& value, DType dtype, const Shape& shape) override;
  Shape shape_of(const Value& value) override;

 private:
  Operand operand(const Value& value, std::string_view op, Place at) const;
  const Node& node(const Value& tensor) const { return (*context_.graph.arena())[tensor.node]; }

  const BuildContext& context_;
};

}  // namespace accrue
