// Scans.
#include "accrue/ops.hpp"
#include "graph/call.h"
#include "graph/checks.h"

namespace accrue {
namespace {

DType default_scan_dtype(Fold fold, DType x) {
  using scalar::FoldResult;
  switch (spec(fold).result) {
    case FoldResult::widen: return is_floating(x) || x == uint64 ? x : int64;
    case FoldResult::real: return is_floating(x) ? x : float32;
    case FoldResult::boolean: return boolean;
    case FoldResult::index: return int64;
    case FoldResult::same: break;
  }
  return x;
}

void check_out(const Call& call, const ScanOptions& options, const Shape& shape) {
  const std::string out = "out is " + type_text(options.out.dtype(), options.out.shape());
  if (options.dtype && *options.dtype != options.out.dtype())
    call.refuse(out + ", but dtype is " + std::string(to_string(*options.dtype)) +
                "; they must agree, or dtype be left out");
  if (options.out.shape() != shape)
    call.refuse(out + "; the result has shape " + to_string(shape) + ", and an out is not resized");
}

Expr scan(Fold fold, const Operand& x, std::int64_t dim, const ScanOptions& options) {
  Call call(spec(fold).scan, x);
  Node node = call.make(Kind::scan, {x.expr().id()});
  node.fold = fold;
  node.exclusive = options.exclusive;
  node.reverse = options.reverse;
  node.dims = {dim};
  node.dtype = options.dtype ? *options.dtype
               : options.out ? options.out.dtype()
                             : default_scan_dtype(fold, node.dtype);
  if (options.out) check_out(call, options, call.node(x).shape);
  const Expr result = call.add(std::move(node));
  if (options.out) call.arena().outs.push_back({result.id(), options.out});
  return result;
}

}  // namespace

Expr cumsum(Operand x, std::int64_t dim, const ScanOptions& options) {
  return scan(scan_fold("cumsum"), x, dim, options);
}
Expr cumprod(Operand x, std::int64_t dim, const ScanOptions& options) {
  return scan(scan_fold("cumprod"), x, dim, options);
}
Expr cummax(Operand x, std::int64_t dim, const ScanOptions& options) {
  return scan(scan_fold("cummax"), x, dim, options);
}
Expr cummin(Operand x, std::int64_t dim, const ScanOptions& options) {
  return scan(scan_fold("cummin"), x, dim, options);
}

}  // namespace accrue
