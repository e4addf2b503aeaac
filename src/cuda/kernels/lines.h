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

  /// Of a line; there are fewer than 2^32.
  DEVICE u32 tiles() const { return u32((rows + tile_rows - 1) / tile_rows); }
  /// Groups of several lines may have threads without one.
  DEVICE bool has_line() const { return line < lines; }
  /// The thread's line, or another one where it has none: the addresses are always valid.
  DEVICE i64 any_line() const { return has_line() ? line : 0; }
  DEVICE i64 row(u32 tile, int l, int e) const { return tile * tile_rows + first + l * leaf_step + e; }
  /// How many elements of the thread's line a tile has.
  DEVICE int count(u32 tile) const {
    const i64 elements = rows - tile * tile_rows;
    return !has_line() ? 0 : elements < tile_rows ? int(elements) : int(tile_rows);
  }
  /// How many of them there are from the thread's l-th leaf on; none where it is less than one.
  DEVICE int left(u32 tile, int l) const { return count(tile) - first - l * leaf_step; }

  /// Rows side by side: each thread moves its own leaves.
  template <class T>
  DEVICE void load_leaves(Tile<T>& v, const T* p, u32 tile) const {
    UNROLL for (int l = 0; l < leaves; ++l) device::load(v[l], p + row(tile, l, 0), left(tile, l));
  }
  template <class T>
  DEVICE void store_leaves(const Tile<T>& v, T* p, u32 tile) const {
    UNROLL for (int l = 0; l < leaves; ++l) device::store(v[l], p + row(tile, l, 0), left(tile, l));
  }
  template <class T, class Rows>
  DEVICE void load(Tile<T>& v, const T* p, const Rows& offset, u32 tile) const {
    UNROLL for (int l = 0; l < leaves; ++l) {
      UNROLL for (int e = 0; e < leaf_elements; ++e) {
        if (e < left(tile, l)) v[l][e] = p[offset(row(tile, l, e))];
      }
    }
  }
  template <class T, class Rows>
  DEVICE void store(const Tile<T>& v, T* p, const Rows& offset, u32 tile) const {
    UNROLL for (int l = 0; l < leaves; ++l) {
      UNROLL for (int e = 0; e < leaf_elements; ++e) {
        if (e < left(tile, l)) p[offset(row(tile, l, e))] = v[l][e];
      }
    }
  }
};

/// Groups whose lanes have neighbouring leaves: `lanes` of them those of one line.
template <int threads, int lanes, int leaves, int tile_rows, int leaf_step>
struct LaneGroup : LineGroup<leaves, tile_rows, leaf_step> {
  using Plain = LineGroup<leaves, tile_rows, leaf_step>;
  template <class T>
  using Tile = typename Plain::template Tile<T>;
  template <int width>
  using Stage = device::Stage<threads * leaf_elements, width>;

  using Plain::load;
  using Plain::store;
  template <class T>
  DEVICE void load(Tile<T>& v, const T* p, u32 tile) const {
    if (are_whole(p, tile))
      load_whole(v, p, tile);
    else
      this->load_leaves(v, p, tile);
  }
  template <class T>
  DEVICE void store(const Tile<T>& v, T* p, u32 tile) const {
    if (are_whole(p, tile))
      store_whole(v, p, tile);
    else
      this->store_leaves(v, p, tile);
  }
  template <class T, class Staging>
  DEVICE void load(Tile<T>& v, const T* p, u32 tile, Staging& stage) const {
    if (are_whole(p, tile))
      load_whole(v, p, tile);
    else
      load(v, p, 1, tile, stage);
  }
  template <class T, class Staging>
  DEVICE void store(const Tile<T>& v, T* p, u32 tile, Staging& stage) const {
    if (are_whole(p, tile))
      store_whole(v, p, tile);
    else
      store(v, p, 1, tile, stage);
  }

  /// By way of the stage: of a node, lane i moves the elements i, i + lanes, ... Rows lie near each other.
  template <class T, class Staging>
  DEVICE void load(Tile<T>& v, const T* p, int stride, u32 tile, Staging& stage) const {
    const T* const from = p + i64(tile) * tile_rows * stride;
    UNROLL for (int l = 0; l < leaves; ++l) {
      UNROLL for (int i = 0; i < leaf_elements; ++i) {
        if (moved(i) < this->left(tile, l))
          stage.template at<T>(of_node(), i * lanes) =
              from[(this->first + l * leaf_step + moved(i)) * stride];
      }
      __syncwarp();  // elements change hands
      UNROLL for (int e = 0; e < leaf_elements; ++e) {
        if (e < this->left(tile, l)) v[l][e] = stage.template at<T>(of_leaf(), e);
      }
      __syncwarp();
    }
  }
  template <class T, class Staging>
  DEVICE void store(const Tile<T>& v, T* p, int stride, u32 tile, Staging& stage) const {
    T* const to = p + i64(tile) * tile_rows * stride;
    UNROLL for (int l = 0; l < leaves; ++l) {
      UNROLL for (int e = 0; e < leaf_elements; ++e) {
        if (e < this->left(tile, l)) stage.template at<T>(of_leaf(), e) = v[l][e];
      }
      __syncwarp();
      UNROLL for (int i = 0; i < leaf_elements; ++i) {
        if (moved(i) < this->left(tile, l))
          to[(this->first + l * leaf_step + moved(i)) * stride] = stage.template at<T>(of_node(), i * lanes);
      }
      __syncwarp();
    }
  }

 private:
  /// Whether all of the warp's leaves are: then no lane is alone with its way.
  template <class T>
  DEVICE bool are_whole(const T* p, u32 tile) const {
    const bool is_whole = this->left(tile, leaves - 1) >= leaf_elements;
    const bool is_aligned = Run<leaf_elements, T>::is_aligned(p + this->row(tile, 0, 0));
    return lanes > 1 && __all_sync(whole_warp, is_whole && is_aligned);
  }
  template <class T>
  DEVICE void load_whole(Tile<T>& v, const T* p, u32 tile) const {
    UNROLL for (int l = 0; l < leaves; ++l) PairedLeaf<T>::read(v[l], p + this->row(tile, l, 0));
  }
  template <class T>
  DEVICE void store_whole(const Tile<T>& v, T* p, u32 tile) const {
    UNROLL for (int l = 0; l < leaves; ++l) PairedLeaf<T>::write(v[l], p + this->row(tile, l, 0));
  }

  DEVICE static int lane() { return threadIdx.x % lanes; }
  /// The i-th row that the thread moves, from its leaf's first one on.
  DEVICE static int moved(int i) { return lane() - lane() * leaf_elements + i * lanes; }
  // In the stage: the leaf's first element, and the first that the thread moves.
  DEVICE static u32 of_leaf() { return threadIdx.x * leaf_elements; }
  DEVICE static u32 of_node() { return of_leaf() + moved(0); }
};

/// P at the beginning and at the end of a tile.
template <class State>
struct TileEnds {
  State begin, end;
};

/// A block on a tile of one line: W warps, each thread L leaves. spares_registers: while the block waits,
/// what each thread needs of its node is in shared memory.
template <int W, int L, bool spares_registers>
struct BlockTile : LaneGroup<W * warp_lanes, warp_lanes, L, W * L * 256, 256> {
  static constexpr int nodes = W * L;  // of 256 elements, in a tile

  template <class F>
  struct NodeMemory {
    typename F::State total[nodes];     // of each node
    typename F::State base[nodes + 1];  // of each node, and of the one behind the tile
    typename F::State result;
    typename F::State before[L]
                            [spares_registers ? W * warp_lanes : 1];  // what its node adds to a leaf's base
  };

  DEVICE BlockTile() { this->first = this_warp() * L * 256 + this_lane() * leaf_elements; }
  DEVICE bool is_leader() const { return threadIdx.x == 0; }
  DEVICE void wait() const { __syncthreads(); }
  template <class M>
  DEVICE auto& result(M& m) const {
    return m.result;
  }

  /// Folds a tile. total: of each of the thread's leaves. base, end: P at the beginning and at the end of
  /// each. ends: one warp calls it with the tile's total; the end that its lane 0 returns counts.
  template <class F, class Ends, class State = typename F::State>
  DEVICE void fold_tile(NodeMemory<F>& m, const State (&total)[L], State (&base)[L], State (&end)[L],
                        const Ends& ends) const {
    const int lane = this_lane();
    State before[L];  // what its node adds to a leaf's base
    UNROLL for (int l = 0; l < L; ++l) {
      const State inclusive = fold_node<F>(total[l]);
      before[l] = before_child<F>(inclusive);
      if constexpr (spares_registers) m.before[l][threadIdx.x] = before[l];
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
      if constexpr (spares_registers) before[l] = m.before[l][threadIdx.x];
      base[l] = F::combine(m.base[node], before[l]);
      end[l] = from_lane_behind(base[l], 1);
      if (lane == warp_lanes - 1) end[l] = m.base[node + 1];
    }
  }
};

/// A block takes a line at a time. A tile is a node of 32 nodes of 256 elements (W * L is 32), or a whole
/// line (then W * L may be less).
template <int W, int L, bool spares_registers>
struct BlockLine : BlockTile<W, L, spares_registers> {
  static constexpr bool is_node = W * L == warp_lanes;
  static constexpr int upper_levels = is_node ? 7 : 1;

  template <class F>
  struct Memory : BlockTile<W, L, spares_registers>::template NodeMemory<F> {
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
  DEVICE void fold(Memory<F>& m, u32 tile, const State (&total)[L], State (&base)[L], State (&end)[L]) const {
    this->template fold_tile<F>(m, total, base, end, [&](State total) {
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
struct WarpLines : LaneGroup<W * warp_lanes, P, 1, P * leaf_elements, 0> {
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
  DEVICE void fold(Memory<F>&, i64, const State (&total)[1], State (&base)[1], State (&end)[1]) const {
    const State inclusive = fold_node<F, P>(total[0]);
    base[0] = F::combine(F::identity(), before_child<F, P>(inclusive));
    end[0] = F::combine(F::identity(), inclusive);
  }
};

// -------------------------------------------------------------------------------- folding a tile

/// The thread's elements as states, each its inclusive value in its leaf; what is not there is the identity.
template <class F, class G, class S, class State = typename F::State>
DEVICE void fold_leaves(const G& g, u32 tile, const S (&in)[G::leaves][leaf_elements],
                        State (&x)[G::leaves][leaf_elements], State (&total)[G::leaves]) {
  UNROLL for (int l = 0; l < G::leaves; ++l) {
    const int left = g.left(tile, l);
    UNROLL for (int e = 0; e < leaf_elements; ++e) {
      x[l][e] = e < left ? F::lift(in[l][e], g.row(tile, l, e), g.rows) : F::identity();
    }
    fold_leaf<F>(x[l]);
    total[l] = x[l][leaf_elements - 1];
  }
}

enum ScanKind { inclusive, exclusive };

/// out[i] = P(i + 1), or P(i).
template <ScanKind kind, class G, class M, class S, class Out>
DEVICE void scan(const G& g, M& m, u32 tile, const S (&in)[G::leaves][leaf_elements],
                 Out (&out)[G::leaves][leaf_elements]) {
  using F = typename M::Fold;
  typename F::State x[G::leaves][leaf_elements], total[G::leaves], base[G::leaves], end[G::leaves];
  fold_leaves<F>(g, tile, in, x, total);
  g.fold(m, tile, total, base, end);
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
DEVICE void reduce(const G& g, M& m, u32 tile, const S (&in)[G::leaves][leaf_elements]) {
  using F = typename M::Fold;
  typename F::State total[G::leaves], last[G::leaves], base[G::leaves], end[G::leaves];
  int left[G::leaves];
  {
    typename F::State x[G::leaves][leaf_elements];
    fold_leaves<F>(g, tile, in, x, total);
    UNROLL for (int l = 0; l < G::leaves; ++l) {
      left[l] = g.left(tile, l);
      last[l] = x[l][0];
      UNROLL for (int e = 1; e < leaf_elements - 1; ++e) {
        if (e < left[l]) last[l] = x[l][e];
      }
    }
  }
  g.fold(m, tile, total, base, end);
  UNROLL for (int l = 0; l < G::leaves; ++l) {
    if (left[l] < 1 || left[l] > leaf_elements) continue;  // the tile's last element is another thread's
    g.result(m) = left[l] == leaf_elements ? end[l] : F::combine(base[l], last[l]);
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
