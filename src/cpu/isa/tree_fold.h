// Folds that round: the prefix tree, streamed down the rows of a block.
//
// Leaves of 8 rows; nodes of 32 children; in each, the Kogge-Stone inclusive network. A node's network is run
// as its children's totals arrive: step s of it needs the value of 2^s children ago, so each level keeps
// rings of 1, 2, 4, 8 and 16 of those, and the inclusive value of its last child. The base of level l is the
// fold of all rows before its node's first incomplete child; base(1) is P of the rows folded so far.
#pragma once

#include "src/cpu/isa/fold_steps.h"
#include "src/cpu/isa/short_rows.h"

namespace accrue::ACCRUE_ISA_NS {

/// S: how elements and results are stored; From: how the elements lie in memory, converted to S first.
template <class Fold, class S, class From = S>
struct TreeFold {
  using A = typename accumulator<Fold, S, true>::type;
  using Column = TreeColumn<Fold, S, A, From>;
  static constexpr int vector_columns = register_bytes / static_cast<int>(sizeof(A));  // done at once
  static constexpr int line = static_cast<int>(line_bytes / sizeof(A));                // of a state's values
  static constexpr int line_of_results = static_cast<int>(line_bytes / sizeof(S));     // columns
  static constexpr int group_rows = static_cast<int>(node_rows(1));                    // of a single column
  static constexpr int leaf = static_cast<int>(leaf_rows);
  static constexpr int few_leaves = 4;  // are as fast one by one

  /// The state of a column: per level its base and the 31 values of its rings, then the base of the level
  /// above. Of a level, each line of columns has a line of each value, one behind the other.
  struct Values {
    A* first;
    Index level_values;
    static constexpr int values = static_cast<int>(level_values_of_column) * line;  // of a line of columns
  };
  ACCRUE_FN Values values_of(const FoldState& state, Index column) {
    const Index lines = (state.columns + line - 1) / line;
    return {static_cast<A*>(state.data) + column / line * Values::values + column % line,
            lines * Values::values};
  }
  ACCRUE_FN A* base(Values state, int level) { return state.first + (level - 1) * state.level_values; }
  ACCRUE_FN A* rings(Values state, int level) { return base(state, level) + line; }

  static void begin(const FoldState& state) {
    for (Index column = 0; column < state.columns; column += line)
      for (int level = 1; level <= state.levels + 1; ++level) {
        A* const bases = base(values_of(state, column), level);
        for (int i = 0; i < line; ++i) bases[i] = Fold::template identity<A>();
      }
  }

  /// Values of v columns. One has a vector too, whose first lane counts: of numbers g++ 12 makes vectors that
  /// overlap in memory.
  template <int v>
  static constexpr int lanes_of = v == 1 ? chunk_bytes / static_cast<int>(sizeof(A)) : v;
  template <int v>
  using Columns = Vec<A, lanes_of<v>>;

  template <int v>
  ACCRUE_FN Columns<v> load(const A* from) {
    if constexpr (v == 1)
      return broadcast<A, lanes_of<1>>(*from);
    else
      return load_vector<Columns<v>>(from);
  }
  template <int v>
  ACCRUE_FN void keep(A* to, Columns<v> values) {
    if constexpr (v == 1)
      *to = values[0];
    else
      store_vector(to, values);
  }
  template <int v>
  ACCRUE_FN Columns<v> combine(Columns<v> a, Columns<v> b) {
    return VectorFold<Fold>::template combine<A, lanes_of<v>>(a, b);
  }
  template <int v>
  ACCRUE_FN Columns<v> read(const From* in) {
    if constexpr (v == 1)
      return broadcast<A, lanes_of<1>>(static_cast<A>(load_as(cast_element<S>(*in))));
    else
      return load_row<A, S, v>(in);
  }
  template <int v>
  ACCRUE_FN void write(S* out, Columns<v> value) {
    if constexpr (v == 1)
      *out = Store<S>::from(value[0]);
    else
      store_vector(out, store_lanes<S, A, v>(value));
  }

  /// A child of a node, by its number there, and its places in the node's rings.
  struct Child {
    int number;
    int slots[5];

    explicit Child(Index children) : number(static_cast<int>(static_cast<u64>(children) % node_children)) {
      for (int step = 0, distance = 1; distance < node_children; ++step, distance *= 2)
        slots[step] = (distance - 1 + (number & (distance - 1))) * line;
    }
    bool is_last() const { return number == node_children - 1; }
  };

  /// The node's network reaches a child of this total, in v columns: its inclusive value.
  template <int v>
  ACCRUE_FN Columns<v> add_child(A* rings, const Child& child, Columns<v> total) {
    for (int step = 0; step < 5; ++step) {
      const Columns<v> before = load<v>(rings + child.slots[step]);
      keep<v>(rings + child.slots[step], total);
      if (child.number >= 1 << step) total = combine<v>(before, total);
    }
    return total;
  }

  /// A child of `level` is complete, in v columns; `rows` are those before it. Returns the fold of all rows
  /// up to its end.
  template <int v>
  __attribute__((noinline)) static Columns<v> push(Values state, int level, Index rows, Columns<v> total) {
    for (;; ++level) {
      const Child child(rows >> node_rows_log2(level - 1));
      total = add_child<v>(rings(state, level), child, total);
      if (!child.is_last()) break;  // else the node's total goes up
    }
    const Columns<v> end = combine<v>(load<v>(base(state, level + 1)), total);
    for (; level >= 1; --level) keep<v>(base(state, level), end);
    return end;
  }

  // ---- one leaf, in v columns

  /// Where a block's rows are read and written; out is null where only the fold is wanted.
  struct Memory {
    const From* in;
    Index in_stride;
    S* out;
    Index out_stride;
    Index ahead;  // as Source has it
    bool exclusive;
    bool streamed;  // whole lines of results, of rows that lie one behind the other or begin with a line each

    Memory at(Index column) const {
      Memory m = *this;
      m.in += column;
      if (out != nullptr) m.out += column;
      return m;
    }
    void advance(Index rows) {
      in += rows * in_stride;
      if (out != nullptr) out += rows * out_stride;
    }
    /// What is read soon, and written unless that is streamed: a leaf of a line of columns.
    void fetch_ahead() const {
      for (Index row = 0; row < leaf; ++row) {
        fetch<line_of_results* static_cast<int>(sizeof(From))>(in + ahead + row * in_stride);
        if (out != nullptr && !streamed) __builtin_prefetch(out + ahead + row * out_stride, 1, 2);
      }
    }
  };

  /// The leaf, `child` of its node and behind `rows` others, has this total, in v columns. Returns the fold
  /// of all rows up to its end.
  template <int v>
  ACCRUE_FN Columns<v> add_leaf(Values state, const Child& child, Index rows, Columns<v> leaf_total) {
    const Columns<v> total = add_child<v>(rings(state, 1), child, leaf_total);
    if (child.is_last()) return push<v>(state, 2, rows, total);
    const Columns<v> end = combine<v>(load<v>(base(state, 2)), total);
    keep<v>(base(state, 1), end);
    return end;
  }

  template <int v>
  ACCRUE_FN void fold_leaf(Values state, const Child& child, Index rows, const Memory& m) {
    Columns<v> t[leaf];
    for (int k = 0; k < leaf; ++k) t[k] = read<v>(m.in + k * m.in_stride);
    for (int left = leaf / 2; left > 0; left /= 2)
      for (int k = 0; k < left; ++k) t[k] = combine<v>(t[2 * k], t[2 * k + 1]);
    add_leaf<v>(state, child, rows, t[0]);
  }

  template <int v>
  ACCRUE_FN void leaf_network(Columns<v>* t) {
    for (int distance = 1; distance < leaf; distance *= 2)
      for (int k = leaf - 1; k >= distance; --k) t[k] = combine<v>(t[k - distance], t[k]);
  }

  template <int v>
  ACCRUE_FN void scan_leaf(Values state, const Child& child, Index rows, const Memory& m) {
    Columns<v> t[leaf];
    for (int k = 0; k < leaf; ++k) t[k] = read<v>(m.in + k * m.in_stride);
    leaf_network<v>(t);
    const Columns<v> before = load<v>(base(state, 1));
    const Columns<v> end = add_leaf<v>(state, child, rows, t[leaf - 1]);
    S* const first = m.out + (m.exclusive ? m.out_stride : 0);
    for (int k = 0; k < leaf - 1; ++k) write<v>(first + k * m.out_stride, combine<v>(before, t[k]));
    write<v>(m.out + (m.exclusive ? 0 : (leaf - 1) * m.out_stride), m.exclusive ? before : end);
  }

  /// Rows of results of a line of columns.
  ACCRUE_FN void stream(const S* lines, S* out, Index out_stride) {
    using Line = Vec<u8, line_bytes>;
    for (int row = 0; row < leaf; ++row, lines += line_of_results, out += out_stride)
      store_line(out, load_vector<Line>(lines), true);
  }

  /// (By itself, so that vectors of few columns take no registers from those of many.)
  template <int v, bool scans>
  __attribute__((noinline)) static void last_leaves(const FoldState& state, const Memory& m, Index column) {
    leaves<v, scans>(state, m, column);
  }

  /// In all columns from this one on, v at a time, then fewer.
  template <int v, bool scans>
  ACCRUE_FN void leaves(const FoldState& state, const Memory& m, Index column) {
    const Index rows = state.rows, columns = state.columns;
    const Child child(rows / leaf_rows);
    const Index streamed_columns = m.streamed ? columns / line_of_results * line_of_results : 0;
    alignas(line_bytes) S lines[leaf * line_of_results];
    for (; column + v <= columns; column += v) {
      const Values values = values_of(state, column);
      Memory here = m.at(column);
      const Index in_line = column % line_of_results;
      if (m.ahead != 0 && in_line == 0) here.fetch_ahead();
      if constexpr (scans) {
        if (column < streamed_columns) here.out = lines + in_line, here.out_stride = line_of_results;
        scan_leaf<v>(values, child, rows, here);
        if (column < streamed_columns && in_line + v == line_of_results)
          stream(lines, m.out + column - in_line, m.out_stride);
      } else {
        fold_leaf<v>(values, child, rows, here);
      }
    }
    if constexpr (v > 1)
      if (column < columns) last_leaves<(v > 4 ? v / 4 : 1), scans>(state, m, column);
  }

  /// The last rows of the axis, fewer than a leaf has, in v columns.
  template <int v, bool scans>
  ACCRUE_FN void partial_leaf(Values state, const Memory& m, int rows) {
    Columns<v> t[leaf] = {};
    for (int k = 0; k < rows; ++k) t[k] = read<v>(m.in + k * m.in_stride);
    leaf_network<v>(t);
    const Columns<v> before = load<v>(base(state, 1));
    Columns<v> end = before;
    for (int k = 0; k < rows; ++k) {
      const Columns<v> begin = end;
      end = combine<v>(before, t[k]);
      if constexpr (scans) write<v>(m.out + k * m.out_stride, m.exclusive ? begin : end);
    }
    keep<v>(base(state, 1), end);
  }

  // ---- a single column whose rows lie one behind the other

  /// A node of level 1. Of one that is not whole, which ends the axis, the state learns nothing.
  template <bool scans>
  ACCRUE_FN void node(Values state, Index rows, const Memory& m, bool is_whole) {
    const auto next = [&](A total) {
      return is_whole ? push<1>(state, 2, rows, broadcast<A, lanes_of<1>>(total))[0] : total;
    };
    if constexpr (!scans)
      next(Column::total(m.in));
    else if (m.exclusive)
      Column::template scan<true>(m.in, m.ahead, m.out, m.streamed, *base(state, 1), next);
    else
      Column::template scan<false>(m.in, m.ahead, m.out, m.streamed, *base(state, 1), next);
  }

  /// The last rows of the axis, fewer than a node has.
  static void scan_last_node(Values state, const Memory& m, Index rows) {
    alignas(line_bytes) From elements[group_rows];
    alignas(line_bytes) S results[group_rows];
    __builtin_memcpy(elements, m.in, static_cast<u64>(rows) * sizeof(From));
    __builtin_memset(elements + rows, 0, static_cast<u64>(group_rows - rows) * sizeof(From));
    node<true>(state, 0, {elements, 1, results, 1, 0, m.exclusive, false}, false);
    __builtin_memcpy(m.out, results, static_cast<u64>(rows) * sizeof(S));
  }

  /// Returns how many of the rows are done: whole nodes, and the axis's last one.
  template <bool scans>
  __attribute__((noinline)) static Index run_nodes(FoldState& state, Memory m, Index rows) {
    Index done = 0;
    for (; rows - done >= group_rows; done += group_rows, state.rows += group_rows, m.advance(group_rows))
      node<scans>(values_of(state, 0), state.rows, m, true);
    const Index left = rows - done;
    if (!scans || left < few_leaves * leaf || state.rows + left != state.axis_rows) return done;
    scan_last_node(values_of(state, 0), m, left);
    state.rows += left;
    return rows;
  }

  template <bool scans>
  static void run(FoldState& state, Memory m, Index rows) {
    const bool packed = state.columns == 1 && m.in_stride == 1 && m.out_stride == 1;
    while (rows >= leaf_rows) {
      Index done = packed && state.rows % group_rows == 0 ? run_nodes<scans>(state, m, rows) : 0;
      if (done == 0) {
        leaves<vector_columns, scans>(state, m, 0);
        done = leaf_rows;
        state.rows += done;
      }
      m.advance(done);
      rows -= done;
    }
    if (rows == 0) return;
    const int rest = static_cast<int>(rows);
    Index column = 0;
    for (; column + vector_columns <= state.columns; column += vector_columns)
      partial_leaf<vector_columns, scans>(values_of(state, column), m.at(column), rest);
    for (; column < state.columns; ++column)
      partial_leaf<1, scans>(values_of(state, column), m.at(column), rest);
    state.rows += rows;
  }

  static void scan(FoldState& state, Source in, Sink out, Index rows, bool exclusive) {
    const bool lines = state.columns == 1 || out.row_stride % line_of_results == 0;
    const Memory m{static_cast<const From*>(in.data),
                   in.row_stride,
                   static_cast<S*>(out.data),
                   out.row_stride,
                   in.ahead,
                   exclusive,
                   lines && can_stream(out.data, out.streamed)};
    run<true>(state, m, rows);
    finish_streaming(m.streamed);
  }
  static void fold(FoldState& state, Source in, Index rows) {
    run<false>(state, {static_cast<const From*>(in.data), in.row_stride, nullptr, 1, in.ahead, false, false},
               rows);
  }

  // ---- short rows

  /// One incomplete node of as many columns as a vector has lanes.
  struct Leaves {
    A node[node_children * line];  // its rings
    Vec<A, vector_columns> before = broadcast<A, vector_columns>(Fold::template identity<A>());
    Index number = 0;

    __attribute__((always_inline)) inline void scan(Vec<A, vector_columns>* t, bool exclusive) {
      constexpr int v = vector_columns;
      leaf_network<v>(t);
      const Columns<v> total = add_child<v>(node, Child(number++), t[leaf - 1]);
      const Columns<v> end = combine<v>(broadcast<A, v>(Fold::template identity<A>()), total);
      for (int k = 0; k < leaf - 1; ++k) t[k] = combine<v>(before, t[k]);
      t[leaf - 1] = end;
      if (exclusive) {
        for (int k = leaf - 1; k > 0; --k) t[k] = t[k - 1];
        t[0] = before;
      }
      before = end;
    }
  };

  static void total(const FoldState& state, int level, void* into) {
    A* totals = static_cast<A*>(into);
    for (Index c = 0; c < state.columns; ++c)  // the ring of distance 1: the child that came last
      totals[c] = *rings(values_of(state, c), level + 1);
  }
  template <int v>
  ACCRUE_FN void add_totals(const FoldState& state, int level, const A* totals, Index column) {
    for (; column + v <= state.columns; column += v)
      push<v>(values_of(state, column), level + 1, state.rows, load<v>(totals + column));
    if constexpr (v > 1) add_totals<1>(state, level, totals, column);
  }
  static void add_total(FoldState& state, int level, const void* total) {
    add_totals<vector_columns>(state, level, static_cast<const A*>(total), 0);
    state.rows += node_rows(level);
  }
};

template <int fold_index, class S, class From = S>
constexpr FoldSteps tree_steps() {
  using Fold = typename ScalarFold<fold_index>::type;
  using Tree = TreeFold<typename VectorFold<Fold>::Combines, S, From>;
  FoldSteps steps{sizeof(typename Tree::A), true,    &Tree::begin, nullptr, &Tree::fold, &Tree::total,
                  &Tree::add_total,         nullptr, nullptr};
  if constexpr (ScalarFold<fold_index>::spec.scan != nullptr) {
    steps.scan = &Tree::scan;
    steps.scan_packed = &ShortRows<typename Tree::Column, typename Tree::Leaves, S, From>::scan;
  }
  steps.finish = [](const FoldState& state, void* out, Index rows) {
    for (Index c = 0; c < state.columns; ++c)
      static_cast<S*>(out)[c] = Store<S>::from(Fold::finish(*Tree::base(Tree::values_of(state, c), 1), rows));
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
