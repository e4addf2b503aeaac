// Groups of threads on lines that lie side by side in memory.

namespace accrue {
namespace device {

/// A block on a tile of lines side by side in memory: the thread's line is its number modulo `columns`. A
/// tile has `tile_leaves` leaves of each line, a thread L of them; threads of the last warp may have none.
template <int columns, int tile_leaves, int L>
struct ColumnTile : LineGroup<L, tile_leaves * leaf_elements, leaf_elements> {
  static constexpr int warps = (columns * tile_leaves / L + warp_lanes - 1) / warp_lanes;
  static constexpr int threads = warps * warp_lanes;
  static constexpr int most_leaves = ((threads - 1) / columns + 1) * L;  // with those not of a tile

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

  using Leaves = LineGroup<L, tile_leaves * leaf_elements, leaf_elements>;
  using Leaves::load;
  using Leaves::store;
  template <class T>
  DEVICE void load(typename Leaves::template Tile<T>& v, const T* p, u32 tile) const {
    this->load_leaves(v, p, tile);
  }
  template <class T>
  DEVICE void store(const typename Leaves::template Tile<T>& v, T* p, u32 tile) const {
    this->store_leaves(v, p, tile);
  }

  DEVICE int column() const { return threadIdx.x % columns; }
  DEVICE int leaf(int l) const { return threadIdx.x / columns * L + l; }
  DEVICE bool is_leader() const { return threadIdx.x < columns; }
  DEVICE void wait() const { __syncthreads(); }
  template <class M>
  DEVICE auto& result(M& m) const {
    return m.result[column()];
  }

  /// Room for a tile.
  template <int width>
  using Stage = device::Stage<columns * tile_leaves * leaf_elements, width>;

  /// Where the rows of a tile lie side by side, each with all columns: the block moves them element by
  /// element, by way of the stage. direction: -1 where the rows run towards lower addresses.
  template <int direction, class T, class Staging>
  DEVICE void load_packed(T (&v)[L][leaf_elements], const T* p, u32 tile, Staging& stage) const {
    const T* const first = p + packed<direction>(tile);
    const int rows = this->count(tile), elements = rows * columns;
    UNROLL for (int k = 0; k < L * leaf_elements; ++k) {
      const int i = threadIdx.x + k * threads;
      if (i < elements) stage.template at<T>(threadIdx.x, k * threads) = first[i];
    }
    __syncthreads();  // elements change hands
    UNROLL for (int l = 0; l < L; ++l) {
      UNROLL for (int e = 0; e < leaf_elements; ++e) {
        if (e < this->left(tile, l)) v[l][e] = stage.template at<T>(place<direction>(rows, l, e));
      }
    }
    __syncthreads();
  }
  template <int direction, class T, class Staging>
  DEVICE void store_packed(const T (&v)[L][leaf_elements], T* p, u32 tile, Staging& stage) const {
    T* const first = p + packed<direction>(tile);
    const int rows = this->count(tile), elements = rows * columns;
    UNROLL for (int l = 0; l < L; ++l) {
      UNROLL for (int e = 0; e < leaf_elements; ++e) {
        if (e < this->left(tile, l)) stage.template at<T>(place<direction>(rows, l, e)) = v[l][e];
      }
    }
    __syncthreads();
    UNROLL for (int k = 0; k < L * leaf_elements; ++k) {
      const int i = threadIdx.x + k * threads;
      if (i < elements) first[i] = stage.template at<T>(threadIdx.x, k * threads);
    }
    __syncthreads();
  }

  /// As BlockTile's. ends: all threads call it once the totals are there; each returns those of its line.
  template <class F, class Ends, class State = typename F::State>
  DEVICE void fold_tile(LeafMemory<F>& m, const State (&total)[L], State (&base)[L], State (&end)[L],
                        const Ends& ends) const {
    const int lane = this_lane(), c = column();
    UNROLL for (int l = 0; l < L; ++l) m.leaf[leaf(l)][c] = total[l];
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

 private:
  /// From the thread's line to the tile's lowest address.
  template <int direction>
  DEVICE i64 packed(u32 tile) const {
    const i64 row = tile * ColumnTile::tile_rows;
    return (direction > 0 ? row : 1 - row - this->count(tile)) * columns - column();
  }
  /// Of an element in the stage, where the tile has `rows` rows.
  template <int direction>
  DEVICE int place(int rows, int l, int e) const {
    const int row = this->first + l * leaf_elements + e;
    return (direction > 0 ? row : rows - 1 - row) * columns + column();
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
  DEVICE void fold(Memory<F>& m, u32 tile, const State (&total)[L], State (&base)[L], State (&end)[L]) const {
    const int c = this->column();
    this->template fold_tile<F>(m, total, base, end, [&] {
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

}  // namespace device
}  // namespace accrue
