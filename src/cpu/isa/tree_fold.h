// Folds that round: the prefix tree, streamed down the rows of a block.
//
// Leaves of 8 rows; nodes of 32 children; in each, the Kogge-Stone inclusive network. A node's network is run
// as its children's totals arrive: step s of it needs the value of 2^s children ago, so each level keeps
// rings of 1, 2, 4, 8 and 16 of those, and the inclusive value of its last child. The base of level l is the
// fold of all rows before its node's first incomplete child; base(1) is P of the rows folded so far.
#pragma once

#include "src/cpu/isa/fold_steps.h"
#include "src/cpu/isa/tree_column.h"

namespace accrue::ACCRUE_ISA_NS {

/// S: how elements and results are stored; From: how the elements lie in memory, converted to S first.
template <class Fold, class S, class From = S>
struct TreeFold {
  using A = typename accumulator<Fold, S, true>::type;
  using Column = TreeColumn<Fold, S, A, From>;
  static constexpr int vector_columns = register_bytes / static_cast<int>(sizeof(A));  // done at once
  static constexpr int group_rows = static_cast<int>(node_rows(1));                    // of a single column
  static constexpr int leaf = static_cast<int>(leaf_rows);
  static constexpr int last_child = static_cast<int>(node_children) - 1;

  // The state: per level 31 values of rings and one unused, then the bases of levels 1 .. levels + 1.
  ACCRUE_FN A* ring(const FoldState& state, int level, int slot) {
    return static_cast<A*>(state.data) + ((level - 1) * node_children + slot) * state.columns;
  }
  ACCRUE_FN A* base(const FoldState& state, int level) {
    return static_cast<A*>(state.data) + (state.levels * node_children + level - 1) * state.columns;
  }

  static void begin(const FoldState& state) {
    A* bases = base(state, 1);
    for (Index i = 0; i < (state.levels + 1) * state.columns; ++i) bases[i] = Fold::template identity<A>();
  }

  template <int v>
  ACCRUE_FN Vec<A, v> load(const A* from) {
    return load_vector<Vec<A, v>>(from);
  }
  template <int v>
  ACCRUE_FN Vec<A, v> combine(Vec<A, v> a, Vec<A, v> b) {
    return VectorFold<Fold>::template combine<A, v>(a, b);
  }

  /// A child of `level` is complete, in v columns; the state's rows are those before it. Returns the fold of
  /// all rows up to its end.
  template <int v>
  ACCRUE_FN Vec<A, v> push(const FoldState& state, int level, Vec<A, v> total, Index column) {
    Index children = state.rows / node_rows(level - 1);
    for (;; ++level, children /= node_children) {
      const int child = static_cast<int>(children % node_children);
      for (int distance = 1; distance < node_children; distance *= 2) {
        A* before = ring(state, level, distance - 1 + child % distance) + column;
        const Vec<A, v> old = load<v>(before);
        store_vector(before, total);
        if (child >= distance) total = combine<v>(old, total);
      }
      if (child != last_child) break;  // else the node's total goes up
    }
    const Vec<A, v> end = combine<v>(load<v>(base(state, level + 1) + column), total);
    for (; level >= 1; --level) store_vector(base(state, level) + column, end);
    return end;
  }

  // ---- one leaf, in v columns

  /// Where a block's rows are read and written; out is null where only the fold is wanted.
  struct Memory {
    const From* in;
    Index in_stride;
    S* out;
    Index out_stride;
    Index ahead;    // of a single column, as Source has it
    bool streamed;  // a single column's results

    Memory at(Index column) const {
      return {in + column, in_stride, out == nullptr ? nullptr : out + column, out_stride, ahead, streamed};
    }
    void advance(Index rows) {
      in += rows * in_stride;
      if (out != nullptr) out += rows * out_stride;
    }
  };

  /// Columns column .. column + v of the state, which begin at m.
  template <int v, bool exclusive>
  ACCRUE_FN void whole_leaf(const FoldState& state, const Memory& m, Index column) {
    Vec<A, v> t[leaf];
    for (int k = 0; k < leaf; ++k) t[k] = load_row<A, S, v>(m.in + k * m.in_stride);
    for (int distance = 1; distance < leaf; distance *= 2)
      for (int k = leaf - 1; k >= distance; --k) t[k] = combine<v>(t[k - distance], t[k]);
    const Vec<A, v> before = load<v>(base(state, 1) + column);
    const Vec<A, v> end = push<v>(state, 1, t[leaf - 1], column);
    if (m.out == nullptr) return;
    const auto store = [&](int row, Vec<A, v> value) {
      store_vector(m.out + row * m.out_stride, store_lanes<S, A, v>(value));
    };
    for (int k = 0; k < leaf - 1; ++k) store(k + (exclusive ? 1 : 0), combine<v>(before, t[k]));
    store(exclusive ? 0 : leaf - 1, exclusive ? before : end);
  }

  /// In all columns from this one on, v at a time, then fewer.
  template <int v, bool exclusive>
  ACCRUE_FN void leaves(const FoldState& state, const Memory& m, Index column) {
    for (; column + v <= state.columns; column += v) whole_leaf<v, exclusive>(state, m.at(column), column);
    if constexpr (v > 1) leaves<v / 2, exclusive>(state, m, column);
  }

  /// The last rows of the axis, fewer than a leaf has, in one column.
  template <bool exclusive>
  ACCRUE_FN void partial_leaf(const FoldState& state, const Memory& m, int rows, Index column) {
    A t[leaf];
    for (int k = 0; k < rows; ++k)
      t[k] = Fold::lift(static_cast<A>(load_as(cast_element<S>(m.in[k * m.in_stride + column]))), 0);
    for (int distance = 1; distance < leaf; distance *= 2)
      for (int k = rows - 1; k >= distance; --k) t[k] = Fold::combine(t[k - distance], t[k]);
    A& end = base(state, 1)[column];
    const A before = end;
    for (int k = 0; k < rows; ++k) {
      const Index at = k * m.out_stride + column;
      if (m.out != nullptr && exclusive) m.out[at] = Store<S>::from(end);
      end = Fold::combine(before, t[k]);
      if (m.out != nullptr && !exclusive) m.out[at] = Store<S>::from(end);
    }
  }

  /// A whole node of level 1 of a single column.
  template <bool exclusive>
  ACCRUE_FN void group(FoldState& state, const Memory& m) {
    const auto next = [&](A total) { return push<1>(state, 2, Vec<A, 1>{total}, 0)[0]; };
    if (m.out == nullptr)
      next(Column::total(m.in));
    else
      Column::template scan<exclusive>(m.in, m.ahead, m.out, m.streamed, base(state, 1)[0], next);
  }

  template <bool exclusive>
  static void run(FoldState& state, Memory m, Index rows) {
    const auto advance = [&](Index by) {
      m.advance(by);
      rows -= by;
      state.rows += by;
    };
    const bool packed = state.columns == 1 && m.in_stride == 1 && m.out_stride == 1;
    while (rows >= leaf_rows) {
      if (packed && rows >= group_rows && state.rows % group_rows == 0) {
        group<exclusive>(state, m);
        advance(group_rows);
      } else {
        leaves<vector_columns, exclusive>(state, m, 0);
        advance(leaf_rows);
      }
    }
    if (rows == 0) return;
    for (Index column = 0; column < state.columns; ++column)
      partial_leaf<exclusive>(state, m, static_cast<int>(rows), column);
    advance(rows);
  }

  static void scan(FoldState& state, Source in, Sink out, Index rows, bool exclusive) {
    const Memory m{
        static_cast<const From*>(in.data), in.row_stride, static_cast<S*>(out.data), out.row_stride, in.ahead,
        can_stream(out.data, out.streamed)};
    if (exclusive)
      run<true>(state, m, rows);
    else
      run<false>(state, m, rows);
    finish_streaming(m.streamed);
  }
  static void fold(FoldState& state, Source in, Index rows) {
    run<false>(state, {static_cast<const From*>(in.data), in.row_stride, nullptr, 1, 0, false}, rows);
  }

  static void total(const FoldState& state, int level, void* into) {
    const A* newest = ring(state, level + 1, 0);  // the ring of distance 1: the child that came last
    for (Index c = 0; c < state.columns; ++c) static_cast<A*>(into)[c] = newest[c];
  }
  static void add_total(FoldState& state, int level, const void* total) {
    for (Index c = 0; c < state.columns; ++c)
      push<1>(state, level + 1, Vec<A, 1>{static_cast<const A*>(total)[c]}, c);
    state.rows += node_rows(level);
  }
};

template <int fold_index, class S, class From = S>
constexpr FoldSteps tree_steps() {
  using Fold = typename ScalarFold<fold_index>::type;
  using Tree = TreeFold<typename VectorFold<Fold>::Combines, S, From>;
  FoldSteps steps{sizeof(typename Tree::A), true,   &Tree::begin, nullptr, &Tree::fold, &Tree::total,
                  &Tree::add_total,         nullptr};
  if constexpr (ScalarFold<fold_index>::spec.scan != nullptr) steps.scan = &Tree::scan;
  steps.finish = [](const FoldState& state, void* out, Index rows) {
    for (Index c = 0; c < state.columns; ++c)
      static_cast<S*>(out)[c] = Store<S>::from(Fold::finish(Tree::base(state, 1)[c], rows));
  };
  return steps;
}

/// The prefix tree's folds for the dtypes first .. last: a file each, as they take long to compile.
template <int first, int last>
constexpr FoldTable tree_columns() {
  FoldTable table{};
  for_each_index<0, scalar_fold_count>([&]<int fold>() {
    for_each_index<first, last + 1>([&]<int dtype>() {
      using S = storage_t<dtype>;
      if constexpr (is_tree_fold<fold, S> && folds<S>(ScalarFold<fold>::spec))
        table.entries[fold][dtype] = tree_steps<fold, S>();
    });
  });
  return table;
}

}  // namespace accrue::ACCRUE_ISA_NS
