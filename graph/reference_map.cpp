// Kinds that compute element by element: map and cast.
#include <tuple>
#include <utility>

#include "graph/element_types.h"
#include "graph/reference_kinds.h"

namespace accrue::plain {
namespace {

using scalar::compute_t;
using scalar::Domain;
using scalar::load_as;
using scalar::OpSpec;
using scalar::Result;
using scalar::Store;

using MapLoop = void (*)(const Inputs& inputs, Array& out);

/// Whether a function is defined on operands stored as S. (Functions of real numbers get their integers as
/// floats.)
template <class S>
constexpr bool takes(const OpSpec& spec) {
  if (spec.result == Result::real) return stores_float<S>;
  switch (spec.domain) {
    case Domain::any: return true;
    case Domain::numeric: return !stores_bool<S>;
    case Domain::integral: return !stores_float<S>;
    case Domain::integers: return !stores_float<S> && !stores_bool<S>;
  }
  return false;
}

/// The i-th operand of the function: a leading unpromoted one is a bool, the others are stored as S.
template <int unpromoted, std::size_t operand, class S>
auto load(const Inputs& inputs, std::size_t i) {
  if constexpr (operand < unpromoted)
    return elements_as<bool>(*inputs[operand])[i];
  else
    return load_as(elements_as<S>(*inputs[operand])[i]);
}

template <class Op, int unpromoted, class S, std::size_t... operand>
auto apply_at(const Inputs& inputs, std::size_t i, std::index_sequence<operand...>) {
  return Op::template apply<compute_t<S>>(load<unpromoted, operand, S>(inputs, i)...);
}

/// out = fn(operands), element by element.
template <int fn, class S>
void run_map(const Inputs& inputs, Array& out) {
  using Entry = scalar::ScalarOp<fn>;
  using Out = std::conditional_t<Entry::spec.result == Result::boolean, bool, S>;
  constexpr auto operands = std::make_index_sequence<static_cast<std::size_t>(Entry::spec.arity)>{};
  const auto count = static_cast<std::size_t>(elements(out.shape));
  for (std::size_t i = 0; i < count; ++i) {
    const auto value = apply_at<typename Entry::type, Entry::spec.unpromoted, S>(inputs, i, operands);
    elements_as<Out>(out)[i] = Store<Out>::from(value);
  }
}

/// The loop of a function over operands stored as S; null where it is not defined on them.
template <int fn, class S>
constexpr MapLoop map_loop() {
  if constexpr (takes<S>(scalar::ScalarOp<fn>::spec))
    return run_map<fn, S>;
  else
    return nullptr;
}

template <int... fn>
constexpr auto all_map_loops(std::integer_sequence<int, fn...>) {
  return std::array{table_by_dtype([]<class S>() { return map_loop<fn, S>(); })...};
}
constexpr auto map_loops = all_map_loops(std::make_integer_sequence<int, scalar::scalar_op_count>{});

using CastLoop = void (*)(const Array& x, Array& out);
constexpr auto cast_loops = table_by_dtype([]<class From>() {
  return table_by_dtype([]<class To>() -> CastLoop {
    return [](const Array& x, Array& out) {
      const auto count = static_cast<std::size_t>(elements(out.shape));
      for (std::size_t i = 0; i < count; ++i)
        elements_as<To>(out)[i] = scalar::cast_element<To>(elements_as<From>(x)[i]);
    };
  });
});

}  // namespace

Array map(const Node& node, const Inputs& inputs) {
  std::vector<Array> broadcasts;
  broadcasts.reserve(inputs.size());
  Inputs operands = inputs;
  for (const Array*& operand : operands)
    if (operand->shape != node.shape) operand = &broadcasts.emplace_back(broadcast(*operand, node.shape));
  const MapLoop loop = at(map_loops[static_cast<std::size_t>(node.fn)], inputs.back()->dtype);
  if (loop == nullptr)
    throw InternalError("reference: " + std::string(info(node.fn).name) + " of a wrong dtype");
  Array out(node.dtype, node.shape);
  loop(operands, out);
  return out;
}

Array cast(const Array& x, DType dtype) {
  if (x.dtype == dtype) return x;
  Array out(dtype, x.shape);
  at(at(cast_loops, x.dtype), dtype)(x, out);
  return out;
}

}  // namespace accrue::plain
