// Views: the same elements in another arrangement. One that changes nothing is its operand.
#include "accrue/ops.hpp"
#include "graph/call.h"
#include "graph/checks.h"
#include "graph/dim_list.h"

namespace accrue {
namespace {

std::size_t index_of(const Call& call, std::int64_t dim, const Node& x) {
  return static_cast<std::size_t>(resolve_dim(call.op(), dim, x, call.where()));
}

// The shape with its -1, if it has one, replaced by what the number of elements asks for.
Shape without_unknown(const Call& call, const Node& x, const Shape& shape) {
  Shape known = shape;
  std::int64_t* unknown = nullptr;
  for (std::int64_t& dim : known) {
    if (dim != -1) continue;
    if (unknown != nullptr)
      call.refuse("shape " + to_string(shape) + " has several -1; one can be worked out");
    unknown = &dim;
  }
  if (unknown == nullptr) return known;
  *unknown = 1;
  const std::optional<std::int64_t> others = checked_elements(known);
  const std::int64_t all = elements(x.shape);
  if (!others || *others == 0 || all % *others != 0)
    call.refuse("no length in place of -1 in shape " + to_string(shape) + " gives the " +
                std::to_string(all) + " elements of " + type_text(x) +
                (others == 0 && all == 0 ? " alone" : "") + "; name it");
  *unknown = all / *others;
  return known;
}

Expr permuted(Call& call, const Operand& x, const Dims& order) {
  Node node = call.make(Kind::view, {x.expr().id()});
  node.view = View::permute;
  node.dims = order;
  bool changes = order.size() != call.node(x).shape.size();  // refused by inference
  for (std::size_t i = 0; i < order.size(); ++i) changes |= order[i] != static_cast<std::int64_t>(i);
  return changes ? call.add(std::move(node)) : x.expr();
}

// ------------------------------------------------------------------------------------------- slices

/// Some indices of a dim: first, first + step, ... Fewer than two of them have step 1.
struct IndexRange {
  std::int64_t first, step, count;
};

// A bound as an index, clamped to low..high.
std::int64_t clamped(std::int64_t bound, std::int64_t length, std::int64_t low, std::int64_t high) {
  return std::clamp(bound < 0 ? bound + length : bound, low, high);
}

IndexRange range_of(const Slice& s, std::int64_t length) {
  const bool forward = s.step > 0;
  const std::int64_t low = forward ? 0 : -1, high = forward ? length : length - 1;
  const std::int64_t first = s.start ? clamped(*s.start, length, low, high) : forward ? low : high;
  const std::int64_t stop = s.stop ? clamped(*s.stop, length, low, high) : forward ? high : low;
  const std::int64_t distance = forward ? stop - first : first - stop;
  if (distance <= 0) return {0, 1, 0};
  const std::uint64_t stride =
      forward ? static_cast<std::uint64_t>(s.step) : 0 - static_cast<std::uint64_t>(s.step);
  const auto count = static_cast<std::int64_t>((static_cast<std::uint64_t>(distance) - 1) / stride) + 1;
  return {first, count == 1 ? 1 : s.step, count};
}

Node whole_slice(const Call& call, const Operand& x) {
  Node node = call.make(Kind::view, {x.expr().id()});
  node.view = View::slice;
  node.shape = call.node(x).shape;
  node.dims = Dims(node.shape.size(), 0);
  node.steps = Dims(node.shape.size(), 1);
  return node;
}

void narrow(const Call& call, Node& node, std::size_t dim, const Slice& s) {
  if (s.step == 0) call.refuse("step 0 of dim " + std::to_string(dim) + "; it must be positive or negative");
  const IndexRange range = range_of(s, node.shape[dim]);
  node.dims[dim] = range.first;
  node.steps[dim] = range.step;
  node.shape[dim] = range.count;
}

Expr add_slice(Call& call, const Operand& x, Node node) {
  bool changes = node.shape != call.node(x).shape;
  for (std::int64_t step : node.steps) changes |= step != 1;
  return changes ? call.add(std::move(node)) : x.expr();
}

}  // namespace

Expr reshape(Operand x, const Shape& shape) {
  Call call("reshape", x);
  return reshaped(call, x, without_unknown(call, call.node(x), shape));
}

Expr permute(Operand x, const Dims& order) {
  Call call("permute", x);
  Dims dims;
  for (std::int64_t dim : order) dims.push_back(resolve_dim("permute", dim, call.node(x), call.where()));
  return permuted(call, x, dims);
}

Expr transpose(Operand x, std::int64_t dim0, std::int64_t dim1) {
  Call call("transpose", x);
  const Node& node = call.node(x);
  const std::size_t a = index_of(call, dim0, node), b = index_of(call, dim1, node);
  Dims order;
  for (std::size_t i = 0; i < node.shape.size(); ++i) order.push_back(static_cast<std::int64_t>(i));
  if (a != b) std::swap(order[a], order[b]);
  return permuted(call, x, order);
}

Expr slice(Operand x, const std::vector<Slice>& slices) {
  Call call("slice", x);
  Node node = whole_slice(call, x);
  if (slices.size() > node.shape.size())
    call.refuse(std::to_string(slices.size()) + " slices of " + type_text(call.node(x)) + "; it has " +
                std::to_string(node.shape.size()) + " dims");
  for (std::size_t i = 0; i < slices.size(); ++i) narrow(call, node, i, slices[i]);
  return add_slice(call, x, std::move(node));
}

Expr slice(Operand x, std::int64_t dim, const Slice& s) {
  Call call("slice", x);
  const std::size_t i = index_of(call, dim, call.node(x));
  Node node = whole_slice(call, x);
  if (node.shape.empty()) call.refuse(type_text(call.node(x)) + " has no dims to cut");
  narrow(call, node, i, s);
  return add_slice(call, x, std::move(node));
}

Expr select(Operand x, std::int64_t dim, std::int64_t i) {
  Call call("select", x);
  const Node& from = call.node(x);
  const std::size_t d = index_of(call, dim, from);
  const std::int64_t length = from.shape.empty() ? 1 : from.shape[d];
  if (i < -length || i >= length)
    call.refuse("index " + std::to_string(i) + " is out of range for dim " + std::to_string(d) + " of " +
                type_text(from) +
                (length == 0
                     ? "; it is empty"
                     : "; valid indices are " + std::to_string(-length) + ".." + std::to_string(length - 1)));
  if (from.shape.empty()) return x.expr();
  Node node = whole_slice(call, x);
  node.dims[d] = i < 0 ? i + length : i;
  node.shape[d] = 1;
  Shape shape = node.shape;
  shape.erase(d);
  const Expr row = add_slice(call, x, std::move(node));
  return reshaped(call, Operand(row, call.where()), shape);
}

Expr flip(Operand x, const DimList& dims) {
  Call call("flip", x);
  Node node = whole_slice(call, x);
  for (std::int64_t dim : resolve_dims(call, dims, call.node(x)))
    narrow(call, node, static_cast<std::size_t>(dim), {.step = -1});
  return add_slice(call, x, std::move(node));
}

Expr broadcast_to(Operand x, const Shape& shape) {
  Call call("broadcast_to", x);
  if (call.node(x).shape == shape) return x.expr();
  Node node = call.make(Kind::view, {x.expr().id()});
  node.view = View::broadcast;
  node.shape = shape;
  return call.add(std::move(node));
}

Expr squeeze(Operand x, const DimList& dims) {
  Call call("squeeze", x);
  Shape shape = call.node(x).shape;
  const Dims candidates = resolve_dims(call, dims, call.node(x));
  for (std::size_t i = candidates.size(); i-- > 0;) {
    const auto dim = static_cast<std::size_t>(candidates[i]);
    if (shape[dim] == 1) shape.erase(dim);
  }
  return reshaped(call, x, shape);
}

Expr unsqueeze(Operand x, std::int64_t dim) {
  Call call("unsqueeze", x);
  Shape shape = call.node(x).shape;
  const auto rank = static_cast<std::int64_t>(shape.size());
  if (dim < -rank - 1 || dim > rank)
    call.refuse("dim " + std::to_string(dim) + " is out of range for " + type_text(call.node(x)) +
                "; valid dims are " + std::to_string(-rank - 1) + ".." + std::to_string(rank));
  shape.insert(static_cast<std::size_t>(dim < 0 ? dim + rank + 1 : dim), 1);
  return reshaped(call, x, shape);
}

}  // namespace accrue
