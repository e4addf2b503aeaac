// Maps and casts: operands promoted, cast, and broadcast by the node itself.
#include <array>

#include "accrue/ops.hpp"
#include "graph/call.h"
#include "graph/checks.h"
#include "graph/promote.h"

namespace accrue {
namespace {

// The functions by name, in an open-addressing table that the compiler fills.
class FnIndex {
 public:
  constexpr FnIndex() {
    for (std::size_t i = 0; i < fn_infos.size(); ++i) {
      std::size_t place = hash(fn_infos[i].name);
      while (places_[place] != 0) place = (place + 1) % places_.size();
      places_[place] = static_cast<std::uint8_t>(i + 1);
    }
  }
  constexpr std::optional<Fn> find(std::string_view name) const {
    if (name.empty()) return std::nullopt;
    for (std::size_t place = hash(name); places_[place] != 0; place = (place + 1) % places_.size())
      if (fn_infos[places_[place] - 1u].name == name) return static_cast<Fn>(places_[place] - 1);
    return std::nullopt;
  }

 private:
  static constexpr std::size_t hash(std::string_view name) {
    std::size_t h = name.size();
    for (char c : {name.front(), name[name.size() / 2], name.back()})
      h = h * 31 + static_cast<unsigned char>(c);
    return h % 256;
  }
  std::array<std::uint8_t, 256> places_{};  // 1 + the function; 0 is free
};
static_assert(fn_infos.size() < 200, "the index needs free places");
constexpr FnIndex fn_index;

// What the operands broadcast to; numbers fit any shape.
Shape broadcast_shape(const Call& call, std::span<const Operand> operands) {
  SmallVector<const Node*, 4> values;
  for (const Operand& operand : operands)
    if (!operand.is_literal()) values.push_back(&call.node(operand));
  Shape shape = broadcast_shape(call.op(), std::span(values.begin(), values.size()), call.where());
  check_shape(call.op(), shape, call.where());
  return shape;
}

void check_exponent(const Call& call, std::span<const Operand> operands, DType dtype) {
  const Operand& exponent = operands[1];
  if (is_floating(dtype) || !exponent.is_literal() || !exponent.literal().negative) return;
  call.refuse(
      call.describe(operands) +
      ": an integer has no negative power; cast it to a floating dtype, or use an exponent of 0 or more");
}

}  // namespace

Expr detail::map(std::string_view function, std::initializer_list<Operand> list) {
  const std::optional<Fn> fn = fn_index.find(function);
  if (!fn) throw InternalError("map: there is no function \"" + std::string(function) + "\"");
  const auto& [name, op] = info(*fn);
  const std::span<const Operand> operands(list.begin(), list.size());
  Call call(name, operands);
  const auto conditions = static_cast<std::size_t>(op.unpromoted);
  if (operands.size() != static_cast<std::size_t>(op.arity))
    call.refuse("takes " + std::to_string(op.arity) + " operands, not " + std::to_string(operands.size()));
  DType dtype = call.promote(operands.subspan(conditions));
  if (const char* takes = domain_refused(op.domain, dtype))
    call.refuse("takes " + std::string(takes) + ", not " + call.describe(operands) + "; cast first");
  if (*fn == accrue::fn("pow")) check_exponent(call, operands, dtype);
  if (op.result == scalar::Result::real) dtype = real_dtype(dtype);
  Node node = call.make(Kind::map, {});
  node.shape = broadcast_shape(call, operands);
  node.dtype = op.result == scalar::Result::boolean ? boolean : dtype;
  node.fn = *fn;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const Operand& operand = operands[i];
    const bool condition = i < conditions;
    const bool keeps_dtype = condition && !operand.is_literal();
    node.inputs.push_back(keeps_dtype ? operand.expr().id() : call.as(operand, condition ? boolean : dtype));
  }
  return conditions > 0 ? call.add(std::move(node)) : call.add_inferred(std::move(node));  // checks them
}

Expr cast(Operand x, DType dtype) {
  Call call("cast", x);
  return converted(call, x, dtype);
}

Expr clamp(Operand x, std::optional<Operand> min, std::optional<Operand> max) {
  if (min && max) return detail::map("clamp", {x, *min, *max});
  if (!min && !max) accrue::refuse("clamp", "neither min nor max is given; give one or both", x.where());
  return min ? detail::map("maximum", {x, *min}) : detail::map("minimum", {x, *max});
}

}  // namespace accrue
