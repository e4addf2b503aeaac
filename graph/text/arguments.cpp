#include <algorithm>
#include <limits>

#include "graph/promote.h"
#include "graph/text/builtins.h"
#include "graph/text/numbers.h"

namespace accrue {
namespace {

std::string plural(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string number_text(const Literal& number) {
  if (number.category == Literal::Category::integer) return to_string(number);
  std::string text;
  append_real(text, number.real);
  return text;
}

}  // namespace

std::string described(const BuildContext& context, const Value& value) {
  switch (value.kind) {
    case Value::Kind::none: return "None";
    case Value::Kind::number:
      if (value.number.category == Literal::Category::boolean)
        return value.number.integer != 0 ? "True" : "False";
      return number_text(value.number);
    case Value::Kind::tensor: return type_text((*context.graph.arena())[value.node]);
    case Value::Kind::dtype: return "the dtype " + std::string(to_string(value.dtype));
    case Value::Kind::tuple: return "a tuple of " + plural(value.items->size(), "value");
    case Value::Kind::string: return "a string";
    case Value::Kind::ellipsis: return "...";
    case Value::Kind::slice: break;
  }
  return "a slice";
}

Arguments::Arguments(const BuildContext& context, const Builtin& builtin, std::span<const PlacedValue> given,
                     Place at)
    : context_(context), builtin_(builtin), at_(at), bound_(builtin.parameters.size(), nullptr) {
  std::size_t next = 0;
  for (const PlacedValue& value : given) {
    if (value.keyword.length > 0) {
      bind_keyword(value);
      continue;
    }
    if (next >= bound_.size() || !builtin.parameters[next].by_position)
      refuse(value, next < bound_.size()
                        ? "takes " + plural(next, "argument") + " by position; name this one: " +
                              std::string(builtin.parameters[next].name) + "=..."
                        : "takes " + plural(next, "argument"));
    bound_[next++] = &value;
  }
  for (std::size_t i = 0; i < bound_.size(); ++i)
    if (bound_[i] == nullptr && builtin.parameters[i].required)
      context_.script.fail(
          at, std::string(builtin.name) + ": " + std::string(builtin.parameters[i].name) + " is missing");
}

void Arguments::bind_keyword(const PlacedValue& value) {
  const std::string_view keyword = context_.syntax[value.keyword];
  std::vector<std::string_view> names;
  for (const Parameter& p : builtin_.parameters) names.push_back(p.name);
  const auto found = std::find(names.begin(), names.end(), keyword);
  if (found == names.end()) {
    std::string all;
    for (std::string_view name : names) all += (all.empty() ? "; it has " : ", ") + std::string(name);
    refuse(value, "has no argument " + quoted(keyword) + did_you_mean(keyword, names, all));
  }
  const PlacedValue*& bound = bound_[static_cast<std::size_t>(found - names.begin())];
  if (bound != nullptr) refuse(value, std::string(keyword) + " is given twice");
  bound = &value;
}

void Arguments::refuse(const PlacedValue& value, const std::string& what) const {
  context_.script.fail(value.at, std::string(builtin_.name) + ": " + what);
}

void Arguments::takes(std::size_t i, const std::string& what) const {
  refuse(*bound_[i], std::string(builtin_.parameters[i].name) + " takes " + what + ", not " +
                         described(context_, bound_[i]->value));
}

Operand Arguments::operand(const PlacedValue& value, std::size_t i) const {
  if (value.value.is(Value::Kind::tensor)) return {context_.expr(value.value), where()};
  if (value.value.is(Value::Kind::number)) return {value.value.number, where()};
  refuse(value, std::string(builtin_.parameters[i].name) + " takes a tensor or a number, not " +
                    described(context_, value.value));
}

Operand Arguments::operand(std::size_t i) const { return operand(*bound_[i], i); }

std::vector<Operand> Arguments::operands(std::size_t i) const {
  if (!bound_[i]->value.is(Value::Kind::tuple)) takes(i, "a tuple of tensors");
  std::vector<Operand> list;
  for (const Value& value : *bound_[i]->value.items) list.push_back(operand({value, bound_[i]->at, {}}, i));
  return list;
}

Literal Arguments::number(std::size_t i) const {
  if (!bound_[i]->value.is(Value::Kind::number)) takes(i, "a number");
  return bound_[i]->value.number;
}

std::int64_t Arguments::integer(std::size_t i) const {
  const Value& v = bound_[i]->value;
  if (!v.is(Value::Kind::number) || v.number.category != Literal::Category::integer)
    takes(i, "a whole number");
  if (!v.number.negative && v.number.integer > std::numeric_limits<std::int64_t>::max())
    takes(i, "a number up to 9223372036854775807");
  return static_cast<std::int64_t>(v.number.integer);
}

bool Arguments::flag(std::size_t i) const {
  if (!has(i)) return false;
  const Value& v = bound_[i]->value;
  if (!v.is(Value::Kind::number) || v.number.category != Literal::Category::boolean)
    takes(i, "True or False");
  return v.number.integer != 0;
}

std::optional<DType> Arguments::dtype(std::size_t i) const {
  if (!has(i) || bound_[i]->value.is(Value::Kind::none)) return std::nullopt;
  if (!bound_[i]->value.is(Value::Kind::dtype)) takes(i, "a dtype, such as float32");
  return bound_[i]->value.dtype;
}

Dims Arguments::integers(std::size_t i) const {
  const Value& given = bound_[i]->value;
  if (!given.is(Value::Kind::tuple)) return {integer(i)};
  if (given.items->size() > max_rank) takes(i, "at most 32 numbers");
  Dims dims;
  for (const Value& v : *given.items) {
    const bool whole = v.is(Value::Kind::number) && v.number.category == Literal::Category::integer;
    if (!whole || (!v.number.negative && v.number.integer > std::numeric_limits<std::int64_t>::max()))
      refuse(*bound_[i], std::string(builtin_.parameters[i].name) + " takes whole numbers below 2^63, not " +
                             described(context_, v));
    dims.push_back(static_cast<std::int64_t>(v.number.integer));
  }
  return dims;
}

DimList Arguments::dims(std::size_t i) const {
  if (!has(i) || bound_[i]->value.is(Value::Kind::none)) return all_dims;
  return DimList(integers(i));
}

}  // namespace accrue
