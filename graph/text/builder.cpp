#include "graph/text/builder.h"

#include <algorithm>
#include <limits>

#include "accrue/ops.hpp"
#include "graph/promote.h"

namespace accrue {
namespace {

// The functions behind the operators, in the order of Binary.
constexpr std::string_view function_names[] = {"eq",
                                               "ne",
                                               "lt",
                                               "le",
                                               "gt",
                                               "ge",
                                               "bitwise_or",
                                               "bitwise_xor",
                                               "bitwise_and",
                                               "bitwise_left_shift",
                                               "bitwise_right_shift",
                                               "add",
                                               "sub",
                                               "mul",
                                               "div",
                                               "floor_divide",
                                               "remainder",
                                               "matmul",
                                               "pow"};
static_assert(std::size(function_names) == static_cast<std::size_t>(Binary::pow) + 1);

/// x[i, a:b, None, ...] as one slice and one reshape.
class Subscript {
 public:
  Subscript(const BuildContext& context, const Value& x, Place at)
      : context_(context), x_(x), from_((*context.graph.arena())[x.node]), at_(at) {}

  Expr build(std::span<const PlacedValue> indices) {
    std::size_t used = 0;
    bool ellipsis = false;
    for (const PlacedValue& index : indices) {
      if (index.value.is(Value::Kind::number) || index.value.is(Value::Kind::slice)) ++used;
      if (!index.value.is(Value::Kind::ellipsis)) continue;
      if (ellipsis) fail(index.at, "... stands twice; once is enough to say where the other dims are");
      ellipsis = true;
    }
    if (used > from_.shape.size())
      fail(at_, std::to_string(used) + " indices of " + type_text(from_) + "; it has " +
                    std::to_string(from_.shape.size()) + (from_.shape.size() == 1 ? " dim" : " dims"));
    for (const PlacedValue& index : indices) {
      if (index.value.is(Value::Kind::ellipsis))
        take_whole(from_.shape.size() - used);
      else
        take(index);
    }
    take_whole(from_.shape.size() - slices_.size());
    return result();
  }

 private:
  enum class Dim { kept, dropped, added };

  void take(const PlacedValue& index) {
    switch (index.value.kind) {
      case Value::Kind::none: dims_.push_back(Dim::added); return;
      case Value::Kind::number: return take_index(index);
      case Value::Kind::slice: return take_slice(index);
      default:
        fail(index.at,
             "an index is a whole number, a slice, None or ..., not " + described(context_, index.value));
    }
  }

  void take_whole(std::size_t count) {
    slices_.resize(slices_.size() + count);
    dims_.insert(dims_.end(), count, Dim::kept);
  }

  void take_index(const PlacedValue& index) {
    const std::int64_t length = from_.shape[slices_.size()];
    const std::int64_t i = clamped(index.value, index.at);
    if (i < -length || i >= length)
      fail(index.at, "index " + described(context_, index.value) + " is out of range for dim " +
                         std::to_string(slices_.size()) + " of " + type_text(from_) +
                         (length == 0 ? "; it is empty"
                                      : "; valid indices are " + std::to_string(-length) + ".." +
                                            std::to_string(length - 1)));
    const std::int64_t first = i < 0 ? i + length : i;
    slices_.push_back({first, first + 1});
    dims_.push_back(Dim::dropped);
  }

  void take_slice(const PlacedValue& index) {
    const std::vector<Value>& parts = *index.value.items;
    const auto bound = [&](std::size_t i) {
      return parts[i].is(Value::Kind::none) ? std::nullopt : std::optional(clamped(parts[i], index.at));
    };
    slices_.push_back({bound(0), bound(1), bound(2).value_or(1)});
    dims_.push_back(Dim::kept);
  }

  // Beyond 64 bits a bound means the same as at their end.
  std::int64_t clamped(const Value& v, Place at) const {
    if (!v.is(Value::Kind::number) || v.number.category != Literal::Category::integer)
      fail(at, "an index or bound is a whole number, not " + described(context_, v));
    constexpr std::uint64_t largest = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(v.number.negative ? v.number.integer
                                                       : std::min(v.number.integer, largest));
  }

  Expr result() const {
    const Expr cut = slice(Operand(context_.expr(x_), context_.where(at_)), slices_);
    Shape shape;
    std::size_t next = 0;
    for (Dim dim : dims_) {
      if (dim == Dim::added)
        shape.push_back(1);
      else if (dim == Dim::kept)
        shape.push_back(cut.shape()[next]);
      if (dim != Dim::added) ++next;
    }
    return reshape(Operand(cut, context_.where(at_)), shape);
  }

  [[noreturn]] void fail(Place at, const std::string& message) const { context_.script.fail(at, message); }

  const BuildContext& context_;
  const Value& x_;
  const Node& from_;
  Place at_;
  std::vector<Slice> slices_;  // of x's dims
  std::vector<Dim> dims_;
};

}  // namespace

Operand Builder::operand(const Value& value, std::string_view op, Place at) const {
  if (value.is(Value::Kind::tensor)) return {context_.expr(value), context_.where(at)};
  if (value.is(Value::Kind::number)) return {value.number, context_.where(at)};
  context_.script.fail(at, std::string(op) + " takes tensors and numbers, not " + described(context_, value));
}

Value Builder::unary(Unary op, const Value& x, Place at) {
  const std::string_view function = op == Unary::invert ? "bitwise_not" : "neg";
  const Operand value = operand(x, function, at);
  return op == Unary::plus ? x : Value::of_node(detail::map(function, {value}).id());
}

Value Builder::binary(Binary op, const Value& a, const Value& b, Place at) {
  const std::string_view function = function_names[static_cast<std::size_t>(op)];
  const Operand left = operand(a, function, at), right = operand(b, function, at);
  const Expr result = op == Binary::matmul ? matmul(left, right) : detail::map(function, {left, right});
  return Value::of_node(result.id());
}

Value Builder::subscript(const Value& x, std::span<const PlacedValue> indices, Place at) {
  if (!x.is(Value::Kind::tensor))
    context_.script.fail(at, "tensors and tuples have indices, not " + described(context_, x));
  return Value::of_node(Subscript(context_, x, at).build(indices).id());
}

Value Builder::call(const Builtin& operation, std::span<const PlacedValue> given, Place at) {
  Arguments arguments(context_, operation, given, at);
  return Value::of_node(operation.build(arguments).id());
}

std::string Builder::check_type(const Value& value, DType dtype, const Shape& shape) {
  if (value.is(Value::Kind::tensor)) {
    const Node& n = node(value);
    return n.dtype == dtype && n.shape == shape ? "" : type_text(n);
  }
  const bool is_default = value.is(Value::Kind::number) && default_dtype(value.number.category) == dtype;
  if (is_default && shape.empty()) return {};
  return described(context_, value) +
         (value.is(Value::Kind::number) ? ", a number without a dtype of its own" : "");
}

Shape Builder::shape_of(const Value& value) {
  return value.is(Value::Kind::tensor) ? node(value).shape : Shape{};
}

}  // namespace accrue
