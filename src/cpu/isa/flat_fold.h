// Folds that may take any order (integers, max, min, any, all, argmax, argmin): one carried value per column.
#pragma once

#include "src/cpu/isa/flat_column.h"
#include "src/cpu/isa/fold_steps.h"
#include "src/cpu/isa/short_rows.h"

namespace accrue::ACCRUE_ISA_NS {

/// S: how elements and results are stored; From: how the elements lie in memory, converted to S first.
template <int fold_index, class S, class From = S>
struct FlatFold {
  using Fold = typename ScalarFold<fold_index>::type;
  using A = accumulator_t<fold_index, S>;
  using State = typename Fold::template State<A>;
  static constexpr FoldSpec spec = ScalarFold<fold_index>::spec;
  static constexpr bool vectors = VectorFold<Fold>::known;
  static constexpr int sides = static_cast<int>(128 / sizeof(State));  // of one column, folded side by side
  static constexpr bool wide = sizeof(S) >= 4;  // what results are unless narrow ones are asked for
  static constexpr int line_of_results = static_cast<int>(line_bytes / sizeof(S));  // columns
  using Column = FlatColumn<Fold, S, From>;

  ACCRUE_FN State lift(From element, Index index) {
    return Fold::lift(static_cast<A>(load_as(cast_element<S>(element))), index);
  }
  ACCRUE_FN Index index_of(const FoldState& state, Index row) {
    return state.first_index + (state.rows + row) * state.index_step;
  }

  static void begin(const FoldState& state) {
    State* carried = static_cast<State*>(state.data);
    for (Index c = 0; c < state.columns; ++c) carried[c] = Fold::template identity<A>();
  }

  /// Leaves of whole lines of results, in the columns before `columns`, which is a multiple of a line's.
  static void scan_lines(State* carried, Source from, Sink to, Index rows, Index columns, bool exclusive,
                         bool streamed) {
    using L = lane_t<A>;
    using V = Vec<L, line_of_results>;
    for (Index row = 0; row < rows; row += leaf_rows) {
      for (Index column = 0; column < columns; column += line_of_results) {
        const From* in = static_cast<const From*>(from.data) + row * from.row_stride + column;
        S* out = static_cast<S*>(to.data) + row * to.row_stride + column;
        if (from.ahead != 0)
          for (Index k = 0; k < leaf_rows; ++k) {
            fetch<line_of_results* static_cast<int>(sizeof(From))>(in + from.ahead + k * from.row_stride);
            if (!streamed) __builtin_prefetch(out + from.ahead + k * to.row_stride, 1, 2);
          }
        V carry = load_vector<V>(carried + column);
#pragma GCC unroll 1
        for (Index k = 0; k < leaf_rows; ++k) {
          const V before = carry, x = load_row<L, S, line_of_results>(in + k * from.row_stride);
          carry = VectorFold<Fold>::template combine<L, line_of_results>(before, x);
          const auto results = store_lanes<S, L, line_of_results>(exclusive ? before : carry);
          store_line(out + k * to.row_stride, results, streamed);
        }
        store_vector(carried + column, carry);
      }
    }
  }

  template <bool exclusive>
  ACCRUE_FN void scan_rows(FoldState& state, Source from, Sink to, Index rows) {
    State* carried = static_cast<State*>(state.data);
    const From* in = static_cast<const From*>(from.data);
    S* out = static_cast<S*>(to.data);
    Index row = 0;
    if constexpr (vectors)
      if (state.columns == 1 && from.row_stride == 1 && to.row_stride == 1) {
        const bool streamed = can_stream(out, to.streamed);
        row = Column::template scan<exclusive>(in, from.ahead, out, streamed, rows, carried[0]);
        finish_streaming(streamed);
      }
    Index lines = 0;  // columns
    const Index whole = rows / leaf_rows * leaf_rows;
    if constexpr (vectors && wide)
      if (row == 0 && state.columns >= line_of_results && whole > 0) {
        const bool streamed = to.row_stride % line_of_results == 0 && can_stream(out, to.streamed);
        lines = state.columns / line_of_results * line_of_results;
        scan_lines(carried, from, to, whole, lines, exclusive, streamed);
        finish_streaming(streamed);
      }
    in += row * from.row_stride, out += row * to.row_stride;
    for (; row < rows; ++row, in += from.row_stride, out += to.row_stride) {
      ACCRUE_INDEPENDENT
      for (Index c = row < whole ? lines : 0; c < state.columns; ++c) {
        const State before = carried[c], after = Fold::combine(before, lift(in[c], 0));
        carried[c] = after;
        out[c] = Store<S>::from(exclusive ? before : after);
      }
    }
    state.rows += rows;
  }

  static void scan(FoldState& state, Source in, Sink out, Index rows, bool exclusive) {
    if constexpr (spec.scan != nullptr) {
      if (exclusive)
        scan_rows<true>(state, in, out, rows);
      else
        scan_rows<false>(state, in, out, rows);
    }
  }

  /// Folds the rows of a single column that fill all sides; returns how many.
  ACCRUE_FN Index fold_sides(const FoldState& state, const From* in, Index rows, State& carried) {
    State side[sides];
    for (int s = 0; s < sides; ++s) side[s] = Fold::template identity<A>();
    Index row = 0;
    for (; row + sides <= rows; row += sides)
      for (int s = 0; s < sides; ++s)
        side[s] = Fold::combine(side[s], lift(in[row + s], index_of(state, row + s)));
    for (int s = 0; s < sides; ++s) carried = Fold::combine(carried, side[s]);
    return row;
  }

  static void fold(FoldState& state, Source from, Index rows) {
    State* carried = static_cast<State*>(state.data);
    const From* in = static_cast<const From*>(from.data);
    Index row = 0;
    if (state.columns == 1 && from.row_stride == 1) {
      if constexpr (vectors)
        row = Column::fold(in, rows, carried[0]);
      else
        row = fold_sides(state, in, rows, carried[0]);
    }
    in += row * from.row_stride;
    for (; row < rows; ++row, in += from.row_stride) {
      const Index index = index_of(state, row);
      ACCRUE_INDEPENDENT
      for (Index c = 0; c < state.columns; ++c) carried[c] = Fold::combine(carried[c], lift(in[c], index));
    }
    state.rows += rows;
  }

  /// What as many columns as a vector has lanes carry from leaf to leaf, in short rows.
  template <class V>
  struct Leaves {
    V before = V{} + Fold::template identity<A>();

    __attribute__((always_inline)) inline void scan(V* t, bool exclusive) {
      constexpr int lanes = static_cast<int>(sizeof(V) / sizeof(t[0][0]));
      for (int k = 0; k < leaf_rows; ++k) {
        const V end = VectorFold<Fold>::template combine<lane_t<A>, lanes>(before, t[k]);
        t[k] = exclusive ? before : end;
        before = end;
      }
    }
  };

  static void total(const FoldState& state, int, void* into) {
    for (Index c = 0; c < state.columns; ++c)
      static_cast<State*>(into)[c] = static_cast<const State*>(state.data)[c];
  }
  static void add_total(FoldState& state, int level, const void* total) {
    State* carried = static_cast<State*>(state.data);
    for (Index c = 0; c < state.columns; ++c)
      carried[c] = Fold::combine(carried[c], static_cast<const State*>(total)[c]);
    state.rows += node_rows(level);
  }

  static void finish(const FoldState& state, void* out, Index rows) {
    const State* carried = static_cast<const State*>(state.data);
    for (Index c = 0; c < state.columns; ++c) {
      if constexpr (spec.result == FoldResult::index)
        static_cast<i64*>(out)[c] = Fold::finish(carried[c], rows);
      else
        static_cast<S*>(out)[c] = Store<S>::from(Fold::finish(carried[c], rows));
    }
  }

  static constexpr FoldSteps steps() {
    FoldSteps steps{sizeof(State), false,   &begin, spec.scan != nullptr ? &scan : nullptr, &fold, &total,
                    &add_total,    &finish, nullptr};
    if constexpr (spec.scan != nullptr && vectors && wide) {
      using Rows = TreeColumn<Fold, S, lane_t<A>, From>;
      steps.scan_packed = &ShortRows<Rows, Leaves<typename Rows::VA>, S, From>::scan;
    }
    return steps;
  }
};

/// The folds of any order for the dtypes first .. last: a file each, as they take long to compile.
template <int first, int last>
constexpr FoldTable flat_columns() {
  FoldTable table{};
  for_each_index<0, scalar_fold_count>([&]<int fold>() {
    for_each_index<first, last + 1>([&]<int dtype>() {
      using S = storage_t<dtype>;
      if constexpr (!is_tree_fold<fold, S> && folds<S>(ScalarFold<fold>::spec))
        table.entries[fold][dtype] = FlatFold<fold, S>::steps();
    });
  });
  return table;
}

}  // namespace accrue::ACCRUE_ISA_NS
