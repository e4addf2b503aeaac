// Operations made of others. They compute in float32 at least, and round to the result dtype once, at the
// end.
#include "accrue/ops.hpp"
#include "graph/call.h"
#include "graph/dim_list.h"
#include "graph/promote.h"

namespace accrue {
namespace {

/// A function of real numbers of one value: its operand in the dtype that it computes in.
class RealFunction {
 public:
  RealFunction(std::string_view op, const Operand& x)
      : call_(op, x), result_(real_dtype(call_.node(x).dtype)) {
    x_ = converted(call_, x, result_ == float64 ? float64 : float32);
  }

  Operand x() const { return at(x_); }
  const Shape& shape() const { return x_.shape(); }
  Operand at(const Expr& value) const { return {value, call_.where()}; }
  Operand number(double value) const { return {Literal(value), call_.where()}; }
  DimList dims(const DimList& dims) const { return DimList(resolve_dims(call_, dims, call_.node(x_))); }
  Expr result(const Expr& value) { return converted(call_, at(value), result_); }

 private:
  Call call_;
  DType result_;
  Expr x_;
};

/// Elements of x per element of the result.
std::int64_t count_along(const Shape& shape, const DimList& dims) {
  Shape lengths;
  for (std::int64_t dim : *dims.dims()) lengths.push_back(shape[static_cast<std::size_t>(dim)]);
  return elements(lengths);
}

// The largest element along the dims, kept; 0 in place of an infinite one, which would make NaN of x - max.
Expr finite_max(const RealFunction& f, const DimList& dims) {
  const Expr largest = max(f.x(), dims, {.keepdim = true});
  return where(f.at(isfinite(f.at(largest))), f.at(largest), f.number(0));
}

Expr variance(const RealFunction& f, const DimList& dims, std::int64_t correction, bool keepdim) {
  const Expr distance = sub(f.x(), f.at(mean(f.x(), dims, {.keepdim = true})));
  const Expr total = sum(f.at(square(f.at(distance))), dims, {.keepdim = keepdim});
  const double count = static_cast<double>(count_along(f.shape(), dims)) - static_cast<double>(correction);
  return div(f.at(total), f.number(std::max(count, 0.0)));
}

}  // namespace

Expr tan(Operand x) {
  RealFunction f("tan", x);
  return f.result(div(f.at(sin(f.x())), f.at(cos(f.x()))));
}

Expr softmax(Operand x, std::int64_t dim) {
  RealFunction f("softmax", x);
  const DimList dims = f.dims(dim);
  if (elements(f.shape()) == 0) return f.result(f.x().expr());
  const Expr power = exp(f.at(sub(f.x(), f.at(max(f.x(), dims, {.keepdim = true})))));
  return f.result(div(f.at(power), f.at(sum(f.at(power), dims, {.keepdim = true}))));
}

Expr log_softmax(Operand x, std::int64_t dim) {
  RealFunction f("log_softmax", x);
  const DimList dims = f.dims(dim);
  if (elements(f.shape()) == 0) return f.result(f.x().expr());
  const Expr shifted = sub(f.x(), f.at(max(f.x(), dims, {.keepdim = true})));
  const Expr total = sum(f.at(exp(f.at(shifted))), dims, {.keepdim = true});
  return f.result(sub(f.at(shifted), f.at(log(f.at(total)))));
}

Expr logsumexp(Operand x, const DimList& given, bool keepdim) {
  RealFunction f("logsumexp", x);
  const DimList dims = f.dims(given);
  if (elements(f.shape()) == 0)  // max of no elements has no value
    return f.result(log(f.at(sum(f.at(exp(f.x())), dims, {.keepdim = keepdim}))));
  const Expr shift = finite_max(f, dims);
  const Expr total = sum(f.at(exp(f.at(sub(f.x(), f.at(shift))))), dims, {.keepdim = keepdim});
  const Expr back = keepdim ? shift : reshape(f.at(shift), total.shape());
  return f.result(add(f.at(log(f.at(total))), f.at(back)));
}

Expr var(Operand x, const DimList& dims, std::int64_t correction, bool keepdim) {
  RealFunction f("var", x);
  return f.result(variance(f, f.dims(dims), correction, keepdim));
}

Expr std(Operand x, const DimList& dims, std::int64_t correction, bool keepdim) {
  RealFunction f("std", x);
  return f.result(sqrt(f.at(variance(f, f.dims(dims), correction, keepdim))));
}

}  // namespace accrue
