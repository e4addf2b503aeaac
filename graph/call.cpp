#include "graph/call.h"

#include "graph/checks.h"
#include "graph/promote.h"

namespace accrue {

Call::Call(std::string_view op, std::span<const Operand> operands) : op_(op) {
  if (!operands.empty()) where_ = operands[0].where();
  for (const Operand& operand : operands) {
    if (operand.is_literal()) continue;
    const std::shared_ptr<Arena>& arena = operand.expr().arena();
    if (arena == nullptr) refuse("an operand is an empty Expr; assign a value of a graph first");
    if (arena_ == nullptr) arena_ = &arena;
    if (arena != *arena_)
      refuse("operands are of two graphs, \"" + (*arena_)->name + "\" and \"" + arena->name +
             "\"; build both values in one graph");
  }
  if (arena_ == nullptr) refuse("no operand is a value of a graph; make one with Graph::constant");
}

void Call::refuse(const std::string& what) const { accrue::refuse(op_, what, where_); }

std::string Call::describe(std::span<const Operand> operands) const {
  std::string text;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (i > 0) text += i + 1 == operands.size() ? " and " : ", ";
    text += operands[i].is_literal() ? to_string(operands[i].literal()) : type_text(node(operands[i]));
  }
  return text;
}

DType Call::promote(std::span<const Operand> operands) const {
  Promotion promotion;
  for (const Operand& operand : operands) {
    if (operand.is_literal())
      promotion.meet(operand.literal().category);
    else
      promotion.meet(node(operand).dtype);
  }
  const std::optional<DType> dtype = promotion.dtype();
  if (!dtype)
    refuse(describe(operands) + " have no common dtype; cast one of them, for example the uint64 to int64");
  return *dtype;
}

NodeId Call::as(const Operand& operand, DType dtype) {
  if (!operand.is_literal()) {
    const NodeId id = operand.expr().id();
    const Node& x = arena()[id];
    if (x.dtype == dtype) return id;
    Node cast = make(Kind::cast, {id});
    cast.dtype = dtype;
    cast.shape = x.shape;
    return arena().add_inferred(std::move(cast));
  }
  Node constant = make(Kind::constant, {});
  constant.dtype = dtype;
  constant.bits = storage_bits(op_, operand.literal(), dtype, where_);
  return arena().add_inferred(std::move(constant));
}

Node Call::make(Kind kind, std::initializer_list<NodeId> inputs) const {
  Node node;
  node.kind = kind;
  node.inputs = inputs;
  node.where = where_;
  if (inputs.size() > 0) node.dtype = arena()[*inputs.begin()].dtype;
  return node;
}

Expr reshaped(Call& call, const Operand& x, const Shape& shape) {
  if (call.node(x).shape == shape) return x.expr();
  check_shape(call.op(), shape, call.where());
  Node node = call.make(Kind::view, {x.expr().id()});
  node.view = View::reshape;
  node.shape = shape;
  return call.add(std::move(node));
}

Expr converted(Call& call, const Operand& x, DType dtype) { return {x.expr().arena(), call.as(x, dtype)}; }

}  // namespace accrue
