// How threads share lines. A line is what a scan or reduction runs along; it has `rows` elements. A group of
// threads walks a line in tiles; each thread holds leaves of a tile in registers, a Tile<T> for each value.
// An emitted kernel is the same text for every kind of group but for its name.

namespace accrue {
namespace device {

/// For each element of a thread's leaves: leaf l, element e.
#define EACH_ELEMENT \
  UNROLL for (int l = 0; l < Group::leaves; ++l) UNROLL for (int e = 0; e < leaf_elements; ++e)

// -------------------------------------------------------------------------------- rows in memory

/// Where the rows of an operand lie that are not side by side: each one's offset.
struct EvenRows {
  i64 stride;
  DEVICE i64 operator()(i64 row) const { return row * stride; }
};
/// The same for an axis of several dims.
template <int dims>
struct NestedRows {
  i64 length[dims], stride[dims];
  DEVICE i64 operator()(i64 row) const {
    i64 offset = 0;
    UNROLL for (int d = dims - 1; d > 0; --d) offset += next_index(row, length[d]) * stride[d];
    return offset + row * stride[0];
  }
};

// -------------------------------------------------------------------------------- groups

/// A thread's part in its group: the leaves first, first + leaf_step, ... rows of each tile.
template <int leaves_, int tile_rows_, int leaf_step>
struct LineGroup {
  static constexpr int leaves = leaves_;
  static constexpr i64 tile_rows = tile_rows_;
  template <class T>
  using Tile = T[leaves][leaf_elements];

  i64 lines;  // there are
  i64 rows;   // of each
  i64 line;   // this thread's
  int first;  // row of a tile that is the thread's first

  DEVICE i64 tiles() const { return (rows + tile_rows - 1) / tile_rows; }
  /// Groups of several lines may have threads without one.
  DEVICE bool has_line() const { return line < lines; }
  /// The thread's line, or another one where it has none: the addresses are always valid.
  DEVICE i64 any_line() const { return has_line() ? line : 0; }
  DEVICE i64 row(i64 tile, int l, int e) const { return tile * tile_rows + first + l * leaf_step + e; }
  /// How many elements of the thread's line a tile has.
  DEVICE int count(i64 tile) const {
    const i64 elements = rows - tile * tile_rows;
    return !has_line() ? 0 : elements < tile_rows ? int(elements) : int(tile_rows);
  }
  /// How many of them there are from the thread's l-th leaf on; none where it is less than one.
  DEVICE int left(i64 tile, int l) const { return count(tile) - first - l * leaf_step; }

  template <class T>
  DEVICE void load(Tile<T>& v, const T* p, i64 tile) const {
    UNROLL for (int l = 0; l < leaves; ++l) device::load(v[l], p + row(tile, l, 0), left(tile, l));
  }
  template <class T>
  DEVICE void store(const Tile<T>& v, T* p, i64 tile) const {
    UNROLL for (int l = 0; l < leaves; ++l) device::store(v[l], p + row(tile, l, 0), left(tile, l));
  }
  template <class T, class Rows>
  DEVICE void load(Tile<T>& v, const T* p, const Rows& offset, i64 tile) const {
    UNROLL for (int l = 0; l < leaves; ++l) {
      UNROLL for (int e = 0; e < leaf_elements; ++e) {
        if (e < left(tile, l)) v[l][e] = p[offset(row(tile, l, e))];
      }
    }
  }
  template <class T, class Rows>
  DEVICE void store(const Tile<T>& v, T* p, const Rows& offset, i64 tile) const {
    UNROLL for (int l = 0; l < leaves; ++l) {
      UNROLL for (int e = 0; e < leaf_elements; ++e) {
        if (e < left(tile, l)) p[offset(row(tile, l, e))] = v[l][e];
      }
    }
  }
};

/// P at the beginning and at the end of a tile.
template <class State>
struct TileEnds {
  State begin, end;
};

/// A block on a tile of one line: W warps, each thread L leaves.
template <int W, int L>
struct BlockTile : LineGroup<L, W * L * 256, 256> {
  static constexpr int nodes = W * L;  // of 256 elements, in a tile

  template <class F>
  struct NodeMemory {
    typename F::State total[nodes];     // of each node
    typename F::State base[nodes + 1];  // of each node, and of the one behind the tile
    typename F::State result;
  };

  DEVICE BlockTile() { this->first = this_warp() * L * 256 + this_lane() * leaf_elements; }
  DEVICE bool is_leader() const { return threadIdx.x == 0; }
  DEVICE void wait() const { __syncthreads(); }
  template <class M>
  DEVICE auto& result(M& m) const {
    return m.result;
  }

  /// Folds a tile. x: the thread's elements; then each one's inclusive value in its leaf. base, end: P at the
  /// beginning and at the end of each leaf. ends: one warp calls it with the tile's total; the end that its
  /// lane 0 returns counts.
  template <class F, class Ends, class State = typename F::State>
  DEVICE void fold_tile(NodeMemory<F>& m, State (&x)[L][leaf_elements], State (&base)[L], State (&end)[L],
                        const Ends& ends) const {
    const int lane = this_lane();
    State before[L];  // leaves of the same node
    UNROLL for (int l = 0; l < L; ++l) {
      fold_leaf<F>(x[l]);
      const State inclusive = fold_node<F>(x[l][leaf_elements - 1]);
      before[l] = before_child<F>(inclusive);
      if (lane == warp_lanes - 1) m.total[this_warp() * L + l] = inclusive;
    }
    __syncthreads();
    if (this_warp() == 0) {  // from the nodes' totals to their bases
      const State inclusive = fold_node<F>(lane < nodes ? m.total[lane] : F::identity());
      const State before_node = before_child<F>(inclusive);
      const TileEnds<State> tile = ends(from_lane(inclusive, nodes - 1));
      __syncwarp();
      if (lane < nodes) m.base[lane] = F::combine(tile.begin, before_node);
      if (lane == 0) m.base[nodes] = tile.end;
    }
    __syncthreads();
    UNROLL for (int l = 0; l < L; ++l) {
      const int node = this_warp() * L + l;
      base[l] = F::combine(m.base[node], before[l]);
      end[l] = from_lane_behind(base[l], 1);
      if (lane == warp_lanes - 1) end[l] = m.base[node + 1];
    }
  }
};

/// A block takes a line at a time. A tile is a node of 32 nodes of 256 elements (W * L is 32), or a whole
/// line (then W * L may be less).
template <int W, int L>
struct BlockLine : BlockTile<W, L> {
  static constexpr bool is_node = W * L == warp_lanes;
  static constexpr int upper_levels = is_node ? 7 : 1;

  template <class F>
  struct Memory : BlockTile<W, L>::template NodeMemory<F> {
    using Fold = F;
    UpperNodes<F, upper_levels, 1> upper;
  };

  DEVICE BlockLine(i64 lines, i64 rows) {
    this->lines = lines;
    this->rows = rows;
    this->line = blockIdx.x;
  }
  DEVICE bool group_has_line() const { return this->has_line(); }
  DEVICE void next_line() { this->line += gridDim.x; }

  template <class F, class State = typename F::State>
  DEVICE void fold(Memory<F>& m, i64 tile, State (&x)[L][leaf_elements], State (&base)[L],
                   State (&end)[L]) const {
    this->template fold_tile<F>(m, x, base, end, [&](State total) {
      const State begin = tile == 0 ? F::identity() : m.base[this->nodes];
      State end = F::combine(begin, total);
      if (is_node && this_lane() == 0) end = m.upper.push(total, tile, 0);
      return TileEnds<State>{begin, end};
    });
  }
};

/// Lines of at most 8 * P elements: P lanes a line, several lines a warp, W warps a block. No thread waits
/// for another warp.
template <int W, int P>
struct WarpLines : LineGroup<1, P * leaf_elements, 0> {
  template <class F>
  struct Memory {
    using Fold = F;
    typename F::State result[W * warp_lanes / P];
  };

  DEVICE WarpLines(i64 lines, i64 rows) {
    this->lines = lines;
    this->rows = rows;
    this->line = this_thread() / P;
    this->first = this_lane() % P * leaf_elements;
  }
  DEVICE bool group_has_line() const { return this->line - this_lane() / P < this->lines; }
  DEVICE void next_line() {
    this->line += all_threads() / P;
    wait();  // every lane has read the results
  }
  DEVICE bool is_leader() const { return this_lane() % P == 0; }
  DEVICE void wait() const { __syncwarp(); }
  template <class F>
  DEVICE typename F::State& result(Memory<F>& m) const {
    return m.result[threadIdx.x / P];
  }

  template <class F, class State = typename F::State>
  DEVICE void fold(Memory<F>&, i64, State (&x)[1][leaf_elements], State (&base)[1], State (&end)[1]) const {
    fold_leaf<F>(x[0]);
    const State inclusive = fold_node<F, P>(x[0][leaf_elements - 1]);
    base[0] = F::combine(F::identity(), before_child<F, P>(inclusive));
    end[0] = F::combine(F::identity(), inclusive);
  }
};

/// A block on a tile of lines side by side in memory: the thread's line is its number modulo `columns`. A
/// tile has `tile_leaves` leaves of each line, a thread L of them; threads of the last warp may have none.
template <int columns, int tile_leaves, int L>
struct ColumnTile : LineGroup<L, tile_leaves * leaf_elements, leaf_elements> {
  static constexpr int warps = (columns * tile_leaves / L + warp_lanes - 1) / warp_lanes;
  static constexpr int most_leaves =
      ((warps * warp_lanes - 1) / columns + 1) * L;  // with those not of a tile

  /// A value for each leaf; the odd distance keeps a line's values from meeting in a bank.
  template <class State>
  using OfLeaves = State[most_leaves][columns | 1];

  template <class F>
  struct LeafMemory {
    OfLeaves<typename F::State> leaf;  // its total, then what comes before it in the tile
    typename F::State total[columns];  // of the tile
    typename F::State result[columns];
  };

  DEVICE ColumnTile() { this->first = leaf(0) * leaf_elements; }
  DEVICE int column() const { return threadIdx.x % columns; }
  DEVICE int leaf(int l) const { return threadIdx.x / columns * L + l; }
  DEVICE bool is_leader() const { return threadIdx.x < columns; }
  DEVICE void wait() const { __syncthreads(); }
  template <class M>
  DEVICE auto& result(M& m) const {
    return m.result[column()];
  }

  /// As BlockTile's. ends: all threads call it once the totals are there; each returns those of its line.
  template <class F, class Ends, class State = typename F::State>
  DEVICE void fold_tile(LeafMemory<F>& m, State (&x)[L][leaf_elements], State (&base)[L], State (&end)[L],
                        const Ends& ends) const {
    const int lane = this_lane(), c = column();
    UNROLL for (int l = 0; l < L; ++l) {
      fold_leaf<F>(x[l]);
      m.leaf[leaf(l)][c] = x[l][leaf_elements - 1];
    }
    __syncthreads();
    for (int folded = this_warp(); folded < columns; folded += warps) {  // a lane for each leaf
      const State inclusive = fold_node<F, tile_leaves>(m.leaf[lane % tile_leaves][folded]);
      const State before = before_child<F, tile_leaves>(inclusive);
      __syncwarp();
      if (lane < tile_leaves) m.leaf[lane][folded] = before;
      if (lane == tile_leaves - 1) m.total[folded] = inclusive;
    }
    __syncthreads();
    const TileEnds<State> tile = ends();
    UNROLL for (int l = 0; l < L; ++l) {
      base[l] = F::combine(tile.begin, m.leaf[leaf(l)][c]);
      end[l] = leaf(l) + 1 < tile_leaves ? F::combine(tile.begin, m.leaf[(leaf(l) + 1) % tile_leaves][c])
                                         : tile.end;
    }
    __syncthreads();  // m.leaf has been read
  }
};

/// A block takes `columns` lines at a time. A tile is a node of 256 elements of each (tile_leaves is 32), or
/// whole lines (then it may be less). `levels` of nodes stand above the tiles.
template <int columns, int tile_leaves, int L, int levels>
struct BlockColumns : ColumnTile<columns, tile_leaves, L> {
  template <class F>
  struct Memory : ColumnTile<columns, tile_leaves, L>::template LeafMemory<F> {
    using Fold = F;
    typename F::State begin[columns], end[columns];  // P at the tile's ends
    UpperNodes<F, levels, columns> upper;
  };

  DEVICE BlockColumns(i64 lines, i64 rows) {
    this->lines = lines;
    this->rows = rows;
    this->line = i64(blockIdx.x) * columns + this->column();
  }
  DEVICE bool group_has_line() const { return this->line - this->column() < this->lines; }
  DEVICE void next_line() { this->line += i64(gridDim.x) * columns; }

  template <class F, class State = typename F::State>
  DEVICE void fold(Memory<F>& m, i64 tile, State (&x)[L][leaf_elements], State (&base)[L],
                   State (&end)[L]) const {
    const int c = this->column();
    this->template fold_tile<F>(m, x, base, end, [&] {
      if (this->is_leader()) {
        m.begin[c] = tile == 0 ? F::identity() : m.end[c];
        m.end[c] = tile_leaves == warp_lanes ? m.upper.push(m.total[c], tile, c)
                                             : F::combine(m.begin[c], m.total[c]);
      }
      __syncthreads();
      return TileEnds<State>{m.begin[c], m.end[c]};
    });
  }
};

// -------------------------------------------------------------------------------- folding a tile

/// The thread's elements as states; what is not there is the identity.
template <class F, class G, class S, class State = typename F::State>
DEVICE void lift(const G& g, i64 tile, const S (&in)[G::leaves][leaf_elements],
                 State (&x)[G::leaves][leaf_elements]) {
  UNROLL for (int l = 0; l < G::leaves; ++l) {
    const int left = g.left(tile, l);
    UNROLL for (int e = 0; e < leaf_elements; ++e) {
      x[l][e] = e < left ? F::lift(in[l][e], g.row(tile, l, e), g.rows) : F::identity();
    }
  }
}

enum ScanKind { inclusive, exclusive };

/// out[i] = P(i + 1), or P(i).
template <ScanKind kind, class G, class M, class S, class Out>
DEVICE void scan(const G& g, M& m, i64 tile, const S (&in)[G::leaves][leaf_elements],
                 Out (&out)[G::leaves][leaf_elements]) {
  using F = typename M::Fold;
  typename F::State x[G::leaves][leaf_elements], base[G::leaves], end[G::leaves];
  lift<F>(g, tile, in, x);
  g.fold(m, tile, x, base, end);
  UNROLL for (int l = 0; l < G::leaves; ++l) {
    UNROLL for (int e = 0; e < leaf_elements; ++e) {
      const int folded = e + (kind == inclusive ? 1 : 0);  // elements of the leaf
      const typename F::State prefix = folded == 0               ? base[l]
                                       : folded == leaf_elements ? end[l]
                                                                 : F::combine(base[l], x[l][folded - 1]);
      out[l][e] = F::template finish<Out>(prefix, 0);
    }
  }
}

/// One tile of a reduction: the result of the line up to its end.
template <class G, class M, class S>
DEVICE void reduce(const G& g, M& m, i64 tile, const S (&in)[G::leaves][leaf_elements]) {
  using F = typename M::Fold;
  typename F::State x[G::leaves][leaf_elements], base[G::leaves], end[G::leaves];
  lift<F>(g, tile, in, x);
  g.fold(m, tile, x, base, end);
  UNROLL for (int l = 0; l < G::leaves; ++l) {
    const int left = g.left(tile, l);
    if (left < 1 || left > leaf_elements) continue;  // the tile's last element is another thread's
    typename F::State result = end[l];
    UNROLL for (int e = 0; e < leaf_elements - 1; ++e) {
      if (e == left - 1) result = F::combine(base[l], x[l][e]);
    }
    g.result(m) = result;
  }
}

/// P(rows), to all threads of the group; without rows, or a line, what no elements fold to.
template <class Out, class G, class M>
DEVICE Out result(const G& g, M& m) {
  using F = typename M::Fold;
  g.wait();
  const bool has_result = g.rows > 0 && g.has_line();
  return F::template finish<Out>(has_result ? g.result(m) : F::identity(), g.rows);
}

}  // namespace device
}  // namespace accrue
