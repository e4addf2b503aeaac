// Kinds that fold rows: scan and reduce. Everything is said with P(m), the fold of a row's first m elements.
#include <algorithm>
#include <type_traits>
#include <utility>

#include "graph/element_types.h"
#include "graph/prefix_tree.h"
#include "graph/reference_kinds.h"

namespace accrue::plain {
namespace {

using scalar::FoldResult;
using scalar::FoldSpec;

/// P(m) of a fold whose result does not depend on the order.
template <class T, class Combine>
class PrefixRun {
 public:
  PrefixRun(const std::vector<T>& elements, T identity, Combine combine) : prefixes_{identity} {
    for (const T x : elements) prefixes_.push_back(combine(prefixes_.back(), x));
  }
  T operator()(std::size_t m) const { return prefixes_[m]; }

 private:
  std::vector<T> prefixes_;
};

/// A fold over elements stored as S: what it carries, and P of a row.
template <int fold, class S>
struct RowFold {
  using Functions = typename scalar::ScalarFold<fold>::type;
  using Accumulator = scalar::accumulator_t<fold, S>;
  using State = typename Functions::template State<Accumulator>;
  static constexpr FoldSpec spec = scalar::ScalarFold<fold>::spec;
  static constexpr bool ordered = spec.rounds && std::is_floating_point_v<Accumulator>;
  using Result = std::conditional_t<spec.result == FoldResult::index, scalar::i64, S>;

  static State lift(S x, std::size_t i) {
    const auto value = scalar::convert<Accumulator>(scalar::load_as(x));
    return Functions::template lift<Accumulator>(value, static_cast<scalar::i64>(i));
  }
  static auto prefixes(std::vector<State> row) {
    const auto combine = [](State a, State b) { return Functions::template combine<Accumulator>(a, b); };
    const State identity = Functions::template identity<Accumulator>();
    if constexpr (ordered)
      return PrefixTree(std::move(row), identity, combine);
    else
      return PrefixRun(row, identity, combine);
  }
  /// The result for a state that folds n elements, rounded once.
  static Result finish(State state, std::size_t n) {
    return scalar::Store<Result>::from(
        Functions::template finish<Accumulator>(state, static_cast<scalar::i64>(n)));
  }
};

/// The elements first, first + stride, ... of a row, in the fold's order.
template <class F, class S>
auto lift_row(const S* first, std::int64_t stride, std::size_t n) {
  std::vector<typename F::State> row;
  row.reserve(n);
  for (std::size_t i = 0; i < n; ++i) row.push_back(F::lift(first[static_cast<std::int64_t>(i) * stride], i));
  return row;
}

struct ScanRow {  // one row of a scan's input and output, numbered in the scan's direction
  std::int64_t first = 0;
  std::int64_t stride = 1;
  std::size_t n = 0;
  bool exclusive = false;
};
using ScanLoop = void (*)(const Array& x, Array& out, const ScanRow& row);
using ReduceLoop = void (*)(const Array& rows, Array& out, std::size_t n);

/// Whether a fold is defined where its elements, converted to the result dtype, are stored as S.
template <class S>
constexpr bool takes(const FoldSpec& spec) {
  if (spec.result == FoldResult::real) return stores_float<S>;
  if (spec.result == FoldResult::boolean) return stores_bool<S>;
  return !stores_bool<S> || spec.bool_result || spec.result == FoldResult::index;
}

template <int fold, class S>
void scan_row(const Array& x, Array& out, const ScanRow& row) {
  using F = RowFold<fold, S>;
  const auto P = F::prefixes(lift_row<F>(elements_as<S>(x) + row.first, row.stride, row.n));
  S* y = elements_as<S>(out) + row.first;
  for (std::size_t i = 0; i < row.n; ++i) {
    const std::size_t m = row.exclusive ? i : i + 1;
    y[static_cast<std::int64_t>(i) * row.stride] = F::finish(P(m), m);
  }
}

/// `rows` holds rows of n elements, as many as out has elements.
template <int fold, class S>
void reduce_rows(const Array& rows, Array& out, std::size_t n) {
  using F = RowFold<fold, S>;
  const auto count = static_cast<std::size_t>(elements(out.shape));
  for (std::size_t r = 0; r < count; ++r) {
    const auto P = F::prefixes(lift_row<F>(elements_as<S>(rows) + r * n, 1, n));
    elements_as<typename F::Result>(out)[r] = F::finish(P(n), n);
  }
}

template <int fold, class S>
constexpr ScanLoop scan_loop() {
  constexpr FoldSpec spec = scalar::ScalarFold<fold>::spec;
  if constexpr (spec.scan != nullptr && takes<S>(spec))
    return scan_row<fold, S>;
  else
    return nullptr;
}

template <int fold, class S>
constexpr ReduceLoop reduce_loop() {
  constexpr FoldSpec spec = scalar::ScalarFold<fold>::spec;
  if constexpr (spec.reduce != nullptr && takes<S>(spec))
    return reduce_rows<fold, S>;
  else
    return nullptr;
}

template <int... fold>
constexpr auto all_scan_loops(std::integer_sequence<int, fold...>) {
  return std::array{table_by_dtype([]<class S>() { return scan_loop<fold, S>(); })...};
}
template <int... fold>
constexpr auto all_reduce_loops(std::integer_sequence<int, fold...>) {
  return std::array{table_by_dtype([]<class S>() { return reduce_loop<fold, S>(); })...};
}
constexpr auto folds = std::make_integer_sequence<int, scalar::scalar_fold_count>{};
constexpr auto scan_loops = all_scan_loops(folds);
constexpr auto reduce_loops = all_reduce_loops(folds);

template <class Loops>
auto find_loop(const Loops& loops, const Node& node, DType dtype) {
  const auto loop = at(loops[static_cast<std::size_t>(node.fold)], dtype);
  if (loop == nullptr) throw InternalError("reference: " + std::string(op_name(node)) + " of a wrong dtype");
  return loop;
}

/// The dims that a reduction keeps, then those it folds, each ascending.
Dims kept_then_folded(std::size_t rank, const Dims& folded) {
  const auto is_folded = [&](std::size_t dim) {
    return std::find(folded.begin(), folded.end(), static_cast<std::int64_t>(dim)) != folded.end();
  };
  Dims order;
  for (std::size_t dim = 0; dim < rank; ++dim)
    if (!is_folded(dim)) order.push_back(static_cast<std::int64_t>(dim));
  for (const std::int64_t dim : folded) order.push_back(dim);
  return order;
}

}  // namespace

Array scan(const Node& node, const Array& x) {
  const Array converted = cast(x, node.dtype);
  const ScanLoop loop = find_loop(scan_loops, node, node.dtype);
  Array out(node.dtype, node.shape);
  if (out.bytes.empty()) return out;
  const bool is_0d = node.shape.empty();  // a row of one element
  const auto axis = is_0d ? 0 : static_cast<std::size_t>(node.dims[0]);
  const std::int64_t n = is_0d ? 1 : node.shape[axis];
  const std::int64_t inner = is_0d ? 1 : contiguous_strides(node.shape)[axis];
  const std::int64_t row_span = n * inner;
  for (std::int64_t start = 0; start < elements(node.shape); start += row_span)
    for (std::int64_t column = 0; column < inner; ++column) {
      const ScanRow forward{start + column, inner, static_cast<std::size_t>(n), node.exclusive};
      const ScanRow backward{start + column + (n - 1) * inner, -inner, forward.n, node.exclusive};
      loop(converted, out, node.reverse ? backward : forward);
    }
  return out;
}

Array reduce(const Node& node, const Array& x) {
  const bool keeps_dtype = spec(node.fold).result == FoldResult::index;
  const Array converted = keeps_dtype ? x : cast(x, node.dtype);
  const Array rows = permute(converted, kept_then_folded(x.shape.size(), node.dims));
  std::size_t n = 1;
  for (const std::int64_t dim : node.dims)
    n *= static_cast<std::size_t>(x.shape[static_cast<std::size_t>(dim)]);
  Array out(node.dtype, node.shape);
  find_loop(reduce_loops, node, rows.dtype)(rows, out, n);
  return out;
}

}  // namespace accrue::plain
