// Folds that may take any order (integers, max, min, any, all, argmax, argmin): one carried value per column.
#pragma once

#include "src/cpu/isa/types.h"

namespace accrue::ACCRUE_ISA_NS {

template <int fold_index, class S>
struct FlatFold {
  using Fold = typename ScalarFold<fold_index>::type;
  using A = accumulator_t<fold_index, S>;
  using State = typename Fold::template State<A>;
  static constexpr FoldSpec spec = ScalarFold<fold_index>::spec;
  static constexpr int lanes = static_cast<int>(128 / sizeof(State));  // of one column, folded side by side

  ACCRUE_FN State lift(S element, Index index) { return Fold::lift(static_cast<A>(load_as(element)), index); }
  ACCRUE_FN Index index_of(const FoldState& state, Index row) {
    return state.first_index + (state.rows + row) * state.index_step;
  }

  static void begin(const FoldState& state) {
    State* carried = static_cast<State*>(state.data);
    for (Index c = 0; c < state.columns; ++c) carried[c] = Fold::template identity<A>();
  }

  static void scan(FoldState& state, const void* from, void* to, Index rows, bool exclusive) {
    if constexpr (spec.scan != nullptr) {
      State* carried = static_cast<State*>(state.data);
      const S* in = static_cast<const S*>(from);
      S* out = static_cast<S*>(to);
      for (Index row = 0; row < rows; ++row, in += state.columns, out += state.columns) {
        ACCRUE_INDEPENDENT
        for (Index c = 0; c < state.columns; ++c) {
          const State before = carried[c];
          carried[c] = Fold::combine(before, lift(in[c], 0));
          out[c] = Store<S>::from(exclusive ? before : carried[c]);
        }
      }
      state.rows += rows;
    }
  }

  ACCRUE_FN State fold_column(const FoldState& state, State carried, const S* in, Index rows) {
    State side[lanes];
    for (int lane = 0; lane < lanes; ++lane) side[lane] = Fold::template identity<A>();
    Index row = 0;
    for (; row + lanes <= rows; row += lanes)
      for (int lane = 0; lane < lanes; ++lane)
        side[lane] = Fold::combine(side[lane], lift(in[row + lane], index_of(state, row + lane)));
    for (int lane = 0; lane < lanes; ++lane) carried = Fold::combine(carried, side[lane]);
    for (; row < rows; ++row) carried = Fold::combine(carried, lift(in[row], index_of(state, row)));
    return carried;
  }

  static void fold(FoldState& state, const void* from, Index rows) {
    State* carried = static_cast<State*>(state.data);
    const S* in = static_cast<const S*>(from);
    if (state.columns == 1) {
      carried[0] = fold_column(state, carried[0], in, rows);
    } else {
      for (Index row = 0; row < rows; ++row, in += state.columns) {
        const Index index = index_of(state, row);
        ACCRUE_INDEPENDENT
        for (Index c = 0; c < state.columns; ++c) carried[c] = Fold::combine(carried[c], lift(in[c], index));
      }
    }
    state.rows += rows;
  }

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
    return {sizeof(State), false,  &begin,     spec.scan != nullptr ? &scan : nullptr,
            &fold,         &total, &add_total, &finish};
  }
};

}  // namespace accrue::ACCRUE_ISA_NS
