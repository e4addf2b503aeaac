// Reductions.
#include "accrue/ops.hpp"
#include "graph/call.h"
#include "graph/dim_list.h"
#include "graph/promote.h"

namespace accrue {
namespace {

DType default_dtype_of(Fold fold, DType x) {
  if (spec(fold).result == scalar::FoldResult::real) return real_dtype(x);
  return is_floating(x) || x == uint64 ? x : int64;
}

Expr reduce(Fold fold, const Operand& x, const DimList& dims, const ReduceOptions& options) {
  Call call(spec(fold).reduce, x);
  if (options.dtype && !takes_dtype(fold)) call.refuse("takes no dtype; cast its operand or its result");
  Node node = call.make(Kind::reduce, {x.expr().id()});
  node.fold = fold;
  node.keepdim = options.keepdim;
  node.dims = resolve_dims(call, dims, call.node(x));
  if (takes_dtype(fold)) node.dtype = options.dtype.value_or(default_dtype_of(fold, node.dtype));
  return call.add(std::move(node));
}

}  // namespace

Expr sum(Operand x, const DimList& dims, const ReduceOptions& options) {
  return reduce(reduce_fold("sum"), x, dims, options);
}
Expr prod(Operand x, const DimList& dims, const ReduceOptions& options) {
  return reduce(reduce_fold("prod"), x, dims, options);
}
Expr mean(Operand x, const DimList& dims, const ReduceOptions& options) {
  return reduce(reduce_fold("mean"), x, dims, options);
}
Expr max(Operand x, const DimList& dims, const ReduceOptions& options) {
  return reduce(reduce_fold("max"), x, dims, options);
}
Expr min(Operand x, const DimList& dims, const ReduceOptions& options) {
  return reduce(reduce_fold("min"), x, dims, options);
}
Expr any(Operand x, const DimList& dims, const ReduceOptions& options) {
  return reduce(reduce_fold("any"), x, dims, options);
}
Expr all(Operand x, const DimList& dims, const ReduceOptions& options) {
  return reduce(reduce_fold("all"), x, dims, options);
}
Expr argmax(Operand x, const DimList& dims, const ReduceOptions& options) {
  return reduce(reduce_fold("argmax"), x, dims, options);
}
Expr argmin(Operand x, const DimList& dims, const ReduceOptions& options) {
  return reduce(reduce_fold("argmin"), x, dims, options);
}

}  // namespace accrue
