// Maps: each function of scalar_ops.h over runs of elements, one step per dtype that it takes.
#pragma once

#include "src/cpu/isa/lanes.h"
#include "src/cpu/isa/types.h"
#include "src/cpu/isa/vector_folds.h"

namespace accrue::ACCRUE_ISA_NS {

template <class S>
constexpr bool takes(const OpSpec& spec) {
  using T = compute_t<S>;
  constexpr bool is_bool = same_type<T, bool>::value, floats = Traits<T>::floating;
  if (spec.result == Result::real && !floats) return false;  // the graph converts its operands first
  switch (spec.domain) {
    case Domain::any: return true;
    case Domain::numeric: return !is_bool;
    case Domain::integral: return !floats;
    case Domain::integers: return !floats && !is_bool;
  }
  return false;
}

/// The result's storage for operands stored as S.
template <class S, Result result>
struct mapped {
  using type = S;
};
template <class S>
struct mapped<S, Result::boolean> {
  using type = bool;
};

template <int op, class S>
void map_step(void* dst, const void* a, const void* b, const void* c, Index count) {
  using Op = typename ScalarOp<op>::type;
  constexpr OpSpec spec = ScalarOp<op>::spec;
  using R = typename mapped<S, spec.result>::type;
  R* out = static_cast<R*>(dst);
  const S* x = static_cast<const S*>(a);
  const S* y = static_cast<const S*>(b);
  const S* z = static_cast<const S*>(c);
  if constexpr (spec.arity == 1) {
    ACCRUE_INDEPENDENT
    for (Index i = 0; i < count; ++i) out[i] = Store<R>::from(Op::apply(load_as(x[i])));
  } else if constexpr (spec.arity == 2) {
    ACCRUE_INDEPENDENT
    for (Index i = 0; i < count; ++i) out[i] = Store<R>::from(Op::apply(load_as(x[i]), load_as(y[i])));
  } else if constexpr (spec.unpromoted == 1) {
    const bool* condition = static_cast<const bool*>(a);
    ACCRUE_INDEPENDENT
    for (Index i = 0; i < count; ++i)
      out[i] = Store<R>::from(Op::apply(condition[i], load_as(y[i]), load_as(z[i])));
  } else {
    ACCRUE_INDEPENDENT
    for (Index i = 0; i < count; ++i)
      out[i] = Store<R>::from(Op::apply(load_as(x[i]), load_as(y[i]), load_as(z[i])));
  }
}

/// Functions of floats that are computed a vector at a time: SLEEF's, and those of whose loops compilers make
/// poor vectors.
template <int op, class S>
constexpr bool is_vector_step() {
  using Op = typename ScalarOp<op>::type;
  if constexpr (!Traits<compute_t<S>>::floating)
    return false;
  else
    return !ScalarOp<op>::spec.exact || same_type<Op, maximum>::value || same_type<Op, minimum>::value ||
           same_type<Op, relu>::value;
}

template <int op, class T, int lanes>
ACCRUE_FN Vec<T, lanes> apply_vector(Vec<T, lanes> x, Vec<T, lanes> y) {
  using Op = typename ScalarOp<op>::type;
  if constexpr (same_type<Op, maximum>::value)
    return VectorFold<fold_max>::template combine<T, lanes>(x, y);
  else if constexpr (same_type<Op, minimum>::value)
    return VectorFold<fold_min>::template combine<T, lanes>(x, y);
  else if constexpr (same_type<Op, relu>::value)
    return VectorFold<fold_max>::template combine<T, lanes>(x, Vec<T, lanes>{});
  else if constexpr (ScalarOp<op>::spec.arity == 1)
    return Op::apply(Lanes<T>(x)).v;
  else
    return Op::apply(Lanes<T>(x), Lanes<T>(y)).v;
}

/// A register at a time, the last one filled up, so that a value depends on its operands alone.
template <int op, class S>
void vector_step(void* dst, const void* a, const void* b, const void*, Index count) {
  using T = compute_t<S>;
  constexpr int lanes = Lanes<T>::count, arity = ScalarOp<op>::spec.arity;
  const auto load = [](const S* from) {
    return load_lanes<S, lanes>(load_vector<Vec<lane_t<S>, lanes>>(from));
  };
  const auto apply = [&](S* to, const S* x, const S* y) {
    const Vec<T, lanes> first = load(x), second = arity == 1 ? first : load(y);
    store_vector(to, store_lanes<S, T, lanes>(apply_vector<op, T, lanes>(first, second)));
  };
  S* out = static_cast<S*>(dst);
  const S *x = static_cast<const S*>(a), *y = static_cast<const S*>(arity == 1 ? a : b);
  const Index whole = count / lanes * lanes;
  for (Index i = 0; i < whole; i += lanes) apply(out + i, x + i, y + i);
  if (whole == count) return;
  S last_x[lanes] = {}, last_y[lanes] = {};
  const u64 bytes = static_cast<u64>(count - whole) * sizeof(S);
  __builtin_memcpy(last_x, x + whole, bytes);
  if (arity == 2) __builtin_memcpy(last_y, y + whole, bytes);
  apply(last_x, last_x, last_y);
  __builtin_memcpy(out + whole, last_x, bytes);
}

template <int op, class S>
constexpr MapStep map_step_of() {
  if constexpr (is_vector_step<op, S>())
    return &vector_step<op, S>;
  else
    return &map_step<op, S>;
}

using MapColumns = DTypeTable<MapStep, scalar_op_count>;

/// The steps of all functions for the dtypes first .. last: a file each, as they take long to compile.
template <int first, int last>
constexpr MapColumns map_columns() {
  MapColumns table{};
  for_each_index<0, scalar_op_count>([&]<int op>() {
    for_each_index<first, last + 1>([&]<int dtype>() {
      if constexpr (takes<storage_t<dtype>>(ScalarOp<op>::spec))
        table.entries[op][dtype] = map_step_of<op, storage_t<dtype>>();
    });
  });
  return table;
}

extern const MapColumns map_signed;    // bool, int8 .. int64
extern const MapColumns map_unsigned;  // uint8 .. uint64
extern const MapColumns map_floating;  // float16 .. float64

}  // namespace accrue::ACCRUE_ISA_NS
