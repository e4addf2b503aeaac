// Lines whose tiles are spread over blocks. A block takes tiles by ticket, in their order; it folds a tile
// while it is in registers, publishes the total, waits for the totals to its left, and goes on with the same
// tile. All waits are for totals of smaller tickets, whose blocks run or have run: any number of blocks gets
// on.

namespace accrue {
namespace device {

#ifndef ACCRUE_EMULATED
// A volatile access is one access, and never answered from a register.
DEVICE u64 load_relaxed(const u64* p) { return *static_cast<const volatile u64*>(p); }
DEVICE void store_relaxed(u64* p, u64 value) { *static_cast<volatile u64*>(p) = value; }
#endif

/// Totals of nodes in memory that is zero at first. A word is half a value and its own flag: no access has to
/// be ordered behind another.
template <class F>
struct PublishedNodes {
  using State = typename F::State;
  static constexpr int words = (sizeof(State) + 3) / 4;
  union Halves {
    u32 half[words];
    State state;
  };

  u64* memory;
  u32 lines, line, tiles;  // there are, the thread's, of each line: no more than there are tickets

  /// Of the index-th node that is `level` levels above the tiles.
  DEVICE u64* place(int level, u32 index) const {
    u64 nodes = index;  // before it
    for (int q = 0; q < level; ++q) nodes += tiles >> (5 * q);
    return memory + (nodes * lines + line) * words;
  }
  DEVICE void publish(int level, u32 index, State total) const {
    Halves value = {};
    value.state = total;
    u64* const p = place(level, index);
    UNROLL for (int i = 0; i < words; ++i) store_relaxed(p + i, u64(1) << 32 | value.half[i]);
  }
  DEVICE State wait_for(int level, u32 index) const {
    Halves value = {};
    const u64* const p = place(level, index);
    UNROLL for (int i = 0; i < words; ++i) {
      u64 word;
      while ((word = load_relaxed(p + i)) >> 32 == 0) __nanosleep(20);
      value.half[i] = u32(word);
    }
    return value.state;
  }
};

/// One warp: publishes a tile's total and that of every node that the tile completes, then finds P at the
/// tile's beginning and end.
template <class F, class State = typename F::State>
DEVICE TileEnds<State> published_ends(const PublishedNodes<F>& nodes, u32 tile, State total) {
  constexpr int for_end = warp_lanes / 2;
  const int lane = this_lane();
  State added =
      F::identity();        // lane q: what level q adds to P at the beginning; lane for_end + q: at the end
  bool is_complete = true;  // the node of this level that holds the tile ends with it
  int level = 0;
  for (u32 node = tile;; node /= warp_lanes, ++level) {
    if (is_complete && lane == 0) nodes.publish(level, node, total);
    const int child = int(node % warp_lanes);
    State t = lane == child ? total : F::identity();
    if (lane < child) t = nodes.wait_for(level, node - child + lane);
    const State inclusive = fold_node<F>(t);
    const State before = from_lane(inclusive, child == 0 ? 0 : child - 1), here = from_lane(inclusive, child);
    if (child > 0 && lane % for_end == level) added = before;
    if (is_complete && lane == for_end + level) added = child == warp_lanes - 1 ? F::identity() : here;
    total = from_lane(inclusive, warp_lanes - 1);
    is_complete = is_complete && child == warp_lanes - 1;
    if (node < warp_lanes && !is_complete) break;
  }
  TileEnds<State> ends{F::identity(), F::identity()};
  for (; level >= 0; --level) {
    ends.begin = F::combine(ends.begin, from_lane(added, level));
    ends.end = F::combine(ends.end, from_lane(added, for_end + level));
  }
  return ends;
}

/// The jobs of a launch, numbered in the order in which they are begun; each is some block's.
struct Tickets {
  u32 number[2];  // shared memory: of this job and the next one

  /// By one thread of the block.
  DEVICE void take(u32* counter, int turn) { number[turn] = atomicAdd(counter, 1u); }
};

/// A group whose tiles are jobs.
template <class Tile>
struct SpreadTiles : Tile {
  Tickets& tickets;
  u32* counter;
  int turn = 0;
  u32 tile = 0;

  DEVICE SpreadTiles(i64 lines, i64 rows, Tickets& tickets, u32* counter)
      : tickets(tickets), counter(counter) {
    this->lines = lines;
    this->rows = rows;
    take_ticket();
  }
  DEVICE void take_ticket() {
    if (threadIdx.x == blockDim.x - 1) tickets.take(counter, turn);
  }
  /// Goes on to the next job; the one after it is asked for in good time.
  DEVICE void next_job() {
    __syncthreads();
    turn ^= 1;
    take_ticket();
  }
  DEVICE u32 job() const { return tickets.number[turn ^ 1]; }
  DEVICE bool is_last_tile() const { return tile == this->tiles() - 1; }
};

/// A block takes a tile at a time: a node of 32 nodes of 256 elements.
template <int W, int L, bool spares_registers>
struct SpreadLine : SpreadTiles<BlockTile<W, L, spares_registers>> {
  using Line = BlockTile<W, L, spares_registers>;
  static_assert(W * L == warp_lanes, "a tile is a node");
  using SpreadTiles<Line>::SpreadTiles;

  template <class F>
  struct Memory : Line::template NodeMemory<F> {
    using Fold = F;
    u64* published;
  };

  DEVICE bool next_tile() {
    this->next_job();
    find_tile();
    return this->has_line();
  }
  DEVICE void find_tile() {
    const u32 job = this->job(), tiles = this->tiles();
    this->line = job / tiles;
    this->tile = job % tiles;
  }

  template <class F, class State = typename F::State>
  DEVICE void fold(Memory<F>& m, u32 tile, const State (&total)[L], State (&base)[L], State (&end)[L]) const {
    this->template fold_tile<F>(m, total, base, end, [&](State total) {
      const PublishedNodes<F> nodes{m.published, u32(this->lines), u32(this->line), this->tiles()};
      return published_ends<F>(nodes, tile, total);
    });
  }
};

/// A block takes a tile of `columns` lines side by side at a time: a node of 256 elements of each.
template <int columns, int L>
struct SpreadColumns : SpreadTiles<ColumnTile<columns, warp_lanes, L>> {
  using Strip = ColumnTile<columns, warp_lanes, L>;
  using SpreadTiles<Strip>::SpreadTiles;
  static constexpr int most_levels = 8;

  template <class F>
  struct Memory : Strip::template LeafMemory<F> {
    using Fold = F;
    u64* published;
    typename Strip::template OfLeaves<typename F::State>
        sibling;  // totals of a node's children, of each line
    // What each level adds to P at the tile's ends.
    typename F::State at_begin[most_levels][columns], at_end[most_levels][columns];
  };

  DEVICE i64 strips() const { return (this->lines + columns - 1) / columns; }
  DEVICE bool next_tile() {
    this->next_job();
    find_tile();
    return this->tile < this->tiles();
  }
  DEVICE void find_tile() {  // neighbours in memory first
    const u32 job = this->job(), strips = u32(this->strips());
    this->line = i64(job % strips) * columns + this->column();
    this->tile = job / strips;
  }

  template <class F, class State = typename F::State>
  DEVICE void fold(Memory<F>& m, u32 tile, const State (&total)[L], State (&base)[L], State (&end)[L]) const {
    this->template fold_tile<F>(m, total, base, end, [&] { return ends(m, tile); });
  }

 private:
  /// As published_ends, for all lines of the strip and with the whole block: a thread reads siblings of its
  /// own line; then a lane stands for each sibling.
  template <class F, class State = typename F::State>
  DEVICE TileEnds<State> ends(Memory<F>& m, u32 tile) const {
    const int lane = this_lane(), c = this->column();
    const PublishedNodes<F> nodes{m.published, u32(strips() * columns), u32(this->line), this->tiles()};
    bool is_complete = true;
    int level = 0;
    for (u32 node = tile;; node /= warp_lanes, ++level) {
      const int child = int(node % warp_lanes);
      if (is_complete && this->is_leader()) nodes.publish(level, node, m.total[c]);
      UNROLL for (int l = 0; l < L; ++l) {
        const int i = this->leaf(l);
        State& total = m.sibling[i][c];
        total = i == child ? m.total[c] : F::identity();
        if (i < child) total = nodes.wait_for(level, node - child + i);
      }
      __syncthreads();
      for (int folded = this_warp(); folded < columns; folded += this->warps) {
        const State inclusive = fold_node<F>(m.sibling[lane][folded]);
        const State before = before_child<F>(inclusive);
        if (lane == child) {
          m.at_begin[level][folded] = before;
          m.at_end[level][folded] = !is_complete              ? before
                                    : child == warp_lanes - 1 ? F::identity()
                                                              : inclusive;
        }
        if (lane == warp_lanes - 1) m.total[folded] = inclusive;
      }
      __syncthreads();
      is_complete = is_complete && child == warp_lanes - 1;
      if (node < warp_lanes && !is_complete) break;
    }
    TileEnds<State> ends{F::identity(), F::identity()};
    for (; level >= 0; --level) {
      ends.begin = F::combine(ends.begin, m.at_begin[level][c]);
      ends.end = F::combine(ends.end, m.at_end[level][c]);
    }
    return ends;
  }
};

}  // namespace device
}  // namespace accrue
