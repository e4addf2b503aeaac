// Operations that join values: concat, stack, matmul.
#include "accrue/ops.hpp"
#include "graph/call.h"
#include "graph/checks.h"

namespace accrue {
namespace {

Expr joined(Call& call, const std::vector<Operand>& values, std::int64_t dim) {
  const DType dtype = call.promote(values);
  Node node = call.make(Kind::concat, {});
  node.dims = {dim};
  for (const Operand& value : values) node.inputs.push_back(call.as(value, dtype));
  if (values.size() == 1) return {call.shared_arena(), node.inputs[0]};
  return call.add(std::move(node));
}

// A vector as a matrix with that dim of length 1 put in.
NodeId as_matrix(Call& call, const Operand& x, DType dtype, std::size_t new_dim) {
  Operand value(converted(call, x, dtype), call.where());
  Shape shape = call.node(value).shape;
  if (shape.size() == 1) shape.insert(new_dim, 1);
  return reshaped(call, value, shape).id();
}

}  // namespace

Expr concat(const std::vector<Operand>& values, std::int64_t dim) {
  if (values.empty()) refuse("concat", "no values; it takes one or more", {});
  Call call("concat", values);
  for (const Operand& value : values)
    if (value.is_literal() || call.node(value).shape.empty())
      call.refuse(call.describe(values) + ": a 0-d value has no dim to join along; use stack");
  const std::int64_t resolved = resolve_dim("concat", dim, call.node(values[0]), call.where());
  for (const Operand& value : values)
    check_joined(call.node(values[0]), call.node(value), static_cast<std::size_t>(resolved), call.where());
  return joined(call, values, resolved);
}

Expr stack(const std::vector<Operand>& values, std::int64_t dim) {
  if (values.empty()) refuse("stack", "no values; it takes one or more", {});
  Call call("stack", values);
  const DType dtype = call.promote(values);
  std::vector<Operand> rows;
  for (const Operand& value : values) {
    const Operand converted({call.shared_arena(), call.as(value, dtype)}, call.where());
    if (call.node(converted).shape != call.node(rows.empty() ? converted : rows[0]).shape)
      call.refuse(call.describe(values) + " differ in shape; stack joins equal ones, concat others");
    rows.push_back(converted);
  }
  const auto rank = static_cast<std::int64_t>(call.node(rows[0]).shape.size());
  if (dim < -rank - 1 || dim > rank)
    call.refuse("dim " + std::to_string(dim) + " is out of range for a stack of " +
                type_text(call.node(rows[0])) + "; valid dims are " + std::to_string(-rank - 1) + ".." +
                std::to_string(rank));
  const std::int64_t resolved = dim < 0 ? dim + rank + 1 : dim;
  for (Operand& row : rows) row = Operand(unsqueeze(row, resolved), call.where());
  return joined(call, rows, resolved);
}

Expr matmul(Operand a, Operand b) {
  const Operand operands[] = {a, b};
  Call call("matmul", operands);
  if (a.is_literal() || b.is_literal())
    call.refuse(call.describe(operands) + ": operands need one dim or more; multiply by a number with *");
  check_matmul(call.node(a), call.node(b), call.where());
  const bool row = call.node(a).shape.size() == 1, column = call.node(b).shape.size() == 1;
  const DType dtype = call.promote(operands);
  const Expr product =
      call.add(call.make(Kind::matmul, {as_matrix(call, a, dtype, 0), as_matrix(call, b, dtype, 1)}));
  Shape shape = product.shape();
  if (column) shape.erase(shape.size() - 1);
  if (row) shape.erase(shape.size() - (column ? 1 : 2));
  return reshaped(call, Operand(product, call.where()), shape);
}

}  // namespace accrue
