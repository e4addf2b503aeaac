#include "graph/text/builtins.h"

#include <algorithm>
#include <unordered_map>

#include "accrue/ops.hpp"
#include "graph/text/constant_call.h"

namespace accrue {
namespace {

constexpr bool optional = false;
constexpr int composed = 16;  // operations that an operation made of others counts as

// Scalar functions: their names, arities and operands are those of scalar_ops.h.
Expr build_map(Arguments& a) {
  const std::string_view f = a.function();
  if (a.size() == 1) return detail::map(f, {a.operand(0)});
  if (a.size() == 2) return detail::map(f, {a.operand(0), a.operand(1)});
  return detail::map(f, {a.operand(0), a.operand(1), a.operand(2)});
}

std::vector<Parameter> map_parameters(const scalar::OpSpec& spec) {
  if (spec.arity == 1) return {{"x"}};
  if (spec.arity == 2) return {{"a"}, {"b"}};
  return {{spec.unpromoted > 0 ? "condition" : "x"}, {"a"}, {"b"}};
}

template <Expr (*f)(Operand, std::int64_t, const ScanOptions&)>
Expr build_scan(Arguments& a) {
  return f(a.operand(0), a.integer(1), {.dtype = a.dtype(2), .exclusive = a.flag(3), .reverse = a.flag(4)});
}
const std::vector<Parameter> scan_parameters = {
    {"x"}, {"dim"}, {"dtype", optional, false}, {"exclusive", optional, false}, {"reverse", optional, false}};

template <Expr (*f)(Operand, const DimList&, const ReduceOptions&)>
Expr build_reduce(Arguments& a) {
  return f(a.operand(0), a.dims(1), {.keepdim = a.flag(2), .dtype = a.dtype(3)});
}
const std::vector<Parameter> reduce_parameters = {
    {"x"}, {"dim", optional}, {"keepdim", optional}, {"dtype", optional, false}};

template <Expr (*f)(Operand, const DimList&, std::int64_t, bool)>
Expr build_variance(Arguments& a) {
  return f(a.operand(0), a.dims(1), a.integer(2, 1), a.flag(3));
}
const std::vector<Parameter> variance_parameters = {
    {"x"}, {"dim", optional}, {"correction", optional, false}, {"keepdim", optional, false}};

Expr build_clamp(Arguments& a) {
  const auto bound = [&](std::size_t i) {
    const bool given = a.has(i) && !a[i].value.is(Value::Kind::none);
    return given ? std::optional(a.operand(i)) : std::nullopt;
  };
  return clamp(a.operand(0), bound(1), bound(2));
}

Expr build_cast(Arguments& a) {
  const std::optional<DType> dtype = a.dtype(1);
  if (!dtype) a.takes(1, "a dtype, such as float32");
  return cast(a.operand(0), *dtype);
}

Expr build_full(Arguments& a) {
  return full(a.context().graph, a.integers(0), a.number(1), a.dtype(2), a.file(), a.line());
}

template <Expr (*f)(const Graph&, const Shape&, DType, const char*, int)>
Expr build_filled(Arguments& a) {
  return f(a.context().graph, a.integers(0), a.dtype(1).value_or(float32), a.file(), a.line());
}

// arange(stop), arange(start, stop), arange(start, stop, step), as Python's range.
Expr build_arange(Arguments& a) {
  const Literal first = a.number(0);
  const Literal start = a.has(1) ? first : Literal(0), stop = a.has(1) ? a.number(1) : first;
  const Literal step = a.has(2) ? a.number(2) : Literal(1);
  return arange(a.context().graph, start, stop, step, a.dtype(3), a.file(), a.line());
}

std::vector<Builtin> all_builtins() {
  std::vector<Builtin> list = {
      {"cast", {{"x"}, {"dtype"}}, build_cast},
      {"clamp", {{"x"}, {"min", optional}, {"max", optional}}, build_clamp},
      {"tan", {{"x"}}, [](Arguments& a) { return tan(a.operand(0)); }, composed},

      {"full", {{"shape"}, {"value"}, {"dtype", optional, false}}, build_full},
      {"zeros", {{"shape"}, {"dtype", optional, false}}, build_filled<zeros>},
      {"ones", {{"shape"}, {"dtype", optional, false}}, build_filled<ones>},
      {"arange",
       {{"start"}, {"stop", optional}, {"step", optional}, {"dtype", optional, false}},
       build_arange},
      {"constant", {{"value"}, {"dtype", optional, false}, {"shape", optional, false}}, build_constant},

      {"cumsum", scan_parameters, build_scan<cumsum>},
      {"cumprod", scan_parameters, build_scan<cumprod>},
      {"cummax", scan_parameters, build_scan<cummax>},
      {"cummin", scan_parameters, build_scan<cummin>},

      {"sum", reduce_parameters, build_reduce<sum>},
      {"prod", reduce_parameters, build_reduce<prod>},
      {"mean", reduce_parameters, build_reduce<mean>},
      {"max", reduce_parameters, build_reduce<max>},
      {"min", reduce_parameters, build_reduce<min>},
      {"any", reduce_parameters, build_reduce<any>},
      {"all", reduce_parameters, build_reduce<all>},
      {"argmax", reduce_parameters, build_reduce<argmax>},
      {"argmin", reduce_parameters, build_reduce<argmin>},

      {"reshape", {{"x"}, {"shape"}}, [](Arguments& a) { return reshape(a.operand(0), a.integers(1)); }},
      {"permute", {{"x"}, {"dims"}}, [](Arguments& a) { return permute(a.operand(0), a.integers(1)); }},
      {"transpose",
       {{"x"}, {"dim0"}, {"dim1"}},
       [](Arguments& a) { return transpose(a.operand(0), a.integer(1), a.integer(2)); }},
      {"select",
       {{"x"}, {"dim"}, {"index"}},
       [](Arguments& a) { return select(a.operand(0), a.integer(1), a.integer(2)); }},
      {"flip", {{"x"}, {"dims", optional}}, [](Arguments& a) { return flip(a.operand(0), a.dims(1)); }},
      {"broadcast_to",
       {{"x"}, {"shape"}},
       [](Arguments& a) { return broadcast_to(a.operand(0), a.integers(1)); }},
      {"squeeze", {{"x"}, {"dim", optional}}, [](Arguments& a) { return squeeze(a.operand(0), a.dims(1)); }},
      {"unsqueeze", {{"x"}, {"dim"}}, [](Arguments& a) { return unsqueeze(a.operand(0), a.integer(1)); }},

      {"concat",
       {{"values"}, {"dim", optional}},
       [](Arguments& a) { return concat(a.operands(0), a.integer(1, 0)); }},
      {"stack",
       {{"values"}, {"dim", optional}},
       [](Arguments& a) { return stack(a.operands(0), a.integer(1, 0)); },
       composed},
      {"matmul", {{"a"}, {"b"}}, [](Arguments& a) { return matmul(a.operand(0), a.operand(1)); }},

      {"softmax",
       {{"x"}, {"dim"}},
       [](Arguments& a) { return softmax(a.operand(0), a.integer(1)); },
       composed},
      {"log_softmax",
       {{"x"}, {"dim"}},
       [](Arguments& a) { return log_softmax(a.operand(0), a.integer(1)); },
       composed},
      {"logsumexp",
       {{"x"}, {"dim", optional}, {"keepdim", optional}},
       [](Arguments& a) { return logsumexp(a.operand(0), a.dims(1), a.flag(2)); },
       composed},
      {"var", variance_parameters, build_variance<var>, composed},
      {"std", variance_parameters, build_variance<accrue::std>, composed},
  };
  for (const FnInfo& f : fn_infos) {
    const auto same_name = [&](const Builtin& b) { return b.name == f.name; };
    if (std::none_of(list.begin(), list.end(), same_name))
      list.push_back({f.name, map_parameters(f.spec), build_map});
  }
  return list;
}

const std::unordered_map<std::string_view, Builtin>& table() {
  static const auto builtins = [] {
    std::unordered_map<std::string_view, Builtin> map;
    for (Builtin& b : all_builtins()) map.emplace(b.name, std::move(b));
    return map;
  }();
  return builtins;
}

}  // namespace

const Builtin* find_builtin(std::string_view name) {
  const auto found = table().find(name);
  return found == table().end() ? nullptr : &found->second;
}

std::vector<std::string_view> builtin_names() {
  std::vector<std::string_view> names;
  for (const auto& [name, builtin] : table()) names.push_back(name);
  return names;
}

}  // namespace accrue
