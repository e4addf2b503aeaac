// Folds that round: the prefix tree, streamed down the rows of a block.
//
// Leaves of 8 rows; nodes of 32 children; in each, the Kogge-Stone inclusive network. A node's network is run
// as its children's totals arrive: step s of it needs the value of 2^s children ago, so each level keeps
// rings of 1, 2, 4, 8 and 16 of those, and the inclusive value of its last child. The base of level l is the
// fold of all rows before its node's first incomplete child; base(1) is P of the rows folded so far.
#pragma once

#include "src/cpu/isa/types.h"

namespace accrue::ACCRUE_ISA_NS {

template <int fold_index, class S>
struct TreeFold {
  using Fold = typename ScalarFold<fold_index>::type;
  using A = accumulator_t<fold_index, S>;
  static constexpr int vector_columns = static_cast<int>(64 / sizeof(A));  // columns done at once
  static constexpr int group_rows = static_cast<int>(node_rows(1));        // of one column, done at once
  static constexpr int last_child = static_cast<int>(node_children) - 1;

  ACCRUE_FN A load(S element) { return Fold::lift(static_cast<A>(load_as(element)), 0); }

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
  ACCRUE_FN void copy(A* to, const A* from) {
    for (int c = 0; c < v; ++c) to[c] = from[c];
  }
  template <int v>
  ACCRUE_FN void combine(A* to, const A* left, const A* right) {
    for (int c = 0; c < v; ++c) to[c] = Fold::combine(left[c], right[c]);
  }

  /// A child of `level` is complete, in v columns; the state's rows are those before it. `total` is
  /// overwritten.
  template <int v>
  ACCRUE_FN void push(const FoldState& state, int level, A* total, Index column) {
    Index children = state.rows / node_rows(level - 1);
    for (;; ++level, children /= node_children) {
      const int child = static_cast<int>(children % node_children);
      for (int distance = 1; distance < node_children; distance *= 2) {
        A* before = ring(state, level, distance - 1 + child % distance) + column;
        A old[v];
        copy<v>(old, before);
        copy<v>(before, total);
        if (child >= distance) combine<v>(total, old, total);
      }
      if (child != last_child) break;  // else the node's total goes up
    }
    combine<v>(base(state, level) + column, base(state, level + 1) + column, total);
    for (--level; level >= 1; --level) copy<v>(base(state, level) + column, base(state, level + 1) + column);
  }

  /// The leaf's network: t[k] becomes the fold of rows 0 .. k.
  template <int v>
  ACCRUE_FN void leaf_network(A (*t)[v], int rows) {
    for (int distance = 1; distance < leaf_rows; distance *= 2)
      for (int k = rows - 1; k >= distance; --k) combine<v>(t[k], t[k - distance], t[k]);
  }

  /// One leaf in v columns; out is null for a reduction.
  template <int v>
  ACCRUE_FN void leaf(const FoldState& state, const S* in, S* out, bool exclusive, Index column) {
    A t[leaf_rows][v];
    for (int k = 0; k < leaf_rows; ++k)
      for (int c = 0; c < v; ++c) t[k][c] = load(in[k * state.columns + column + c]);
    leaf_network<v>(t, leaf_rows);
    A before[v], total[v];
    copy<v>(before, base(state, 1) + column);
    copy<v>(total, t[leaf_rows - 1]);
    push<v>(state, 1, total, column);
    if (out == nullptr) return;
    out += column;
    for (int k = 0; k < leaf_rows - 1; ++k) {
      S* row = out + (k + (exclusive ? 1 : 0)) * state.columns;
      for (int c = 0; c < v; ++c) row[c] = Store<S>::from(Fold::combine(before[c], t[k][c]));
    }
    const A* edge = exclusive ? before : base(state, 1) + column;
    S* row = exclusive ? out : out + (leaf_rows - 1) * state.columns;
    for (int c = 0; c < v; ++c) row[c] = Store<S>::from(edge[c]);
  }

  /// The last rows of the axis, fewer than a leaf has, in one column.
  ACCRUE_FN void partial_leaf(const FoldState& state, const S* in, S* out, int rows, bool exclusive,
                              Index column) {
    A t[leaf_rows][1];
    for (int k = 0; k < rows; ++k) t[k][0] = load(in[k * state.columns + column]);
    leaf_network<1>(t, rows);
    A& end = base(state, 1)[column];
    const A before = end;
    for (int k = 0; k < rows; ++k) {
      if (out != nullptr && exclusive) out[k * state.columns + column] = Store<S>::from(end);
      end = Fold::combine(before, t[k][0]);
      if (out != nullptr && !exclusive) out[k * state.columns + column] = Store<S>::from(end);
    }
  }

  /// A whole node of level 1 of a single column: its 32 leaves side by side.
  ACCRUE_FN void group(FoldState& state, const S* in, S* out, bool exclusive) {
    constexpr int leaves = static_cast<int>(node_children);
    A t[leaf_rows][leaves];
    for (int k = 0; k < leaf_rows; ++k)
      for (int j = 0; j < leaves; ++j) t[k][j] = load(in[j * leaf_rows + k]);
    leaf_network<leaves>(t, leaf_rows);
    A totals[leaves], bases[leaves + 1];
    copy<leaves>(totals, t[leaf_rows - 1]);
    for (int distance = 1; distance < leaves; distance *= 2) {
      A next[leaves];
      copy<leaves>(next, totals);
      for (int j = distance; j < leaves; ++j) next[j] = Fold::combine(totals[j - distance], totals[j]);
      copy<leaves>(totals, next);
    }
    const A before = base(state, 2)[0];
    bases[0] = before;
    for (int j = 1; j < leaves; ++j) bases[j] = Fold::combine(before, totals[j - 1]);
    push<1>(state, 2, totals + last_child, 0);
    bases[leaves] = base(state, 1)[0];
    if (out == nullptr) return;
    const int shift = exclusive ? 1 : 0;
    for (int j = 0; j < leaves; ++j) {
      S* leaf_out = out + j * leaf_rows;
      for (int k = 0; k < leaf_rows - 1; ++k)
        leaf_out[k + shift] = Store<S>::from(Fold::combine(bases[j], t[k][j]));
      leaf_out[exclusive ? 0 : leaf_rows - 1] = Store<S>::from(exclusive ? bases[j] : bases[j + 1]);
    }
  }

  static void run(FoldState& state, const S* in, S* out, Index rows, bool exclusive) {
    const auto advance = [&](Index by) {
      in += by * state.columns;
      if (out != nullptr) out += by * state.columns;
      rows -= by;
      state.rows += by;
    };
    while (rows >= leaf_rows) {
      if (state.columns == 1 && rows >= group_rows && state.rows % group_rows == 0) {
        group(state, in, out, exclusive);
        advance(group_rows);
        continue;
      }
      Index column = 0;
      for (; column + vector_columns <= state.columns; column += vector_columns)
        leaf<vector_columns>(state, in, out, exclusive, column);
      for (; column < state.columns; ++column) leaf<1>(state, in, out, exclusive, column);
      advance(leaf_rows);
    }
    if (rows == 0) return;
    for (Index column = 0; column < state.columns; ++column)
      partial_leaf(state, in, out, static_cast<int>(rows), exclusive, column);
    advance(rows);
  }

  static void scan(FoldState& state, const void* in, void* out, Index rows, bool exclusive) {
    run(state, static_cast<const S*>(in), static_cast<S*>(out), rows, exclusive);
  }
  static void fold(FoldState& state, const void* in, Index rows) {
    run(state, static_cast<const S*>(in), nullptr, rows, false);
  }

  static void total(const FoldState& state, int level, void* into) {
    const A* newest = ring(state, level + 1, 0);  // the ring of distance 1: the child that came last
    for (Index c = 0; c < state.columns; ++c) static_cast<A*>(into)[c] = newest[c];
  }
  static void add_total(FoldState& state, int level, const void* total) {
    for (Index c = 0; c < state.columns; ++c) {
      A value = static_cast<const A*>(total)[c];
      push<1>(state, level + 1, &value, c);
    }
    state.rows += node_rows(level);
  }

  static void finish(const FoldState& state, void* out, Index rows) {
    const A* end = base(state, 1);
    for (Index c = 0; c < state.columns; ++c)
      static_cast<S*>(out)[c] = Store<S>::from(Fold::finish(end[c], rows));
  }

  static constexpr FoldSteps steps() {
    return {sizeof(A), true,   &begin,     ScalarFold<fold_index>::spec.scan != nullptr ? &scan : nullptr,
            &fold,     &total, &add_total, &finish};
  }
};

}  // namespace accrue::ACCRUE_ISA_NS
