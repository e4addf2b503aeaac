// Folds in the order of the prefix tree (graph/README.md): leaves of 8 elements, nodes of 32 children. P(m)
// is the fold of a line's first m elements; it is found from the top: a node hands each child its base, P at
// the child's first element. What lies where is the business of lines.h.

namespace accrue {
namespace device {

constexpr int leaf_elements = 8;
constexpr int warp_lanes = 32;  // and a node's children
constexpr u32 whole_warp = 0xffffffffu;

/// A fold of elements stored as E, accumulated in A. backwards: the first element is the line's last one.
template <class Function, class E, class A, bool backwards = false>
struct Fold {
  using State = typename Function::template State<A>;
  static constexpr bool is_exact = !Traits<A>::floating;  // in any order

  DEVICE static State identity() { return Function::template identity<A>(); }
  DEVICE static State combine(State a, State b) { return Function::template combine<A>(a, b); }
  /// An element, the row-th of `rows`; it is converted to E first, as if it had been stored.
  template <class S>
  DEVICE static State lift(S x, i64 row, i64 rows) {
    const i64 index = backwards ? rows - 1 - row : row;
    return Function::template lift<A>(convert<A>(load_as(cast_element<E>(x))), index);
  }
  /// The result of n elements as it is stored, rounded once.
  template <class Out>
  DEVICE static Out finish(State state, i64 n) {
    return Store<Out>::from(Function::template finish<A>(state, n));
  }
};

// -------------------------------------------------------------------------------- warps

DEVICE int this_lane() { return threadIdx.x % warp_lanes; }
DEVICE int this_warp() { return threadIdx.x / warp_lanes; }

/// A value in the pieces that a shuffle moves.
template <class T>
union Pieces {
  using Piece = typename Word<(sizeof(T) < 8 ? 4 : 8)>::type;
  static constexpr int count = (sizeof(T) + sizeof(Piece) - 1) / sizeof(Piece);
  Piece piece[count];
  T value;
};

/// The value of the lane `by` before this one, behind it, of that number, or of the other lane of a pair.
template <class T>
DEVICE T from_lane_before(T x, int by) {
  Pieces<T> p = {};
  p.value = x;
  UNROLL for (int i = 0; i < p.count; ++i) p.piece[i] = __shfl_up_sync(whole_warp, p.piece[i], by);
  return p.value;
}
template <class T>
DEVICE T from_lane_behind(T x, int by) {
  Pieces<T> p = {};
  p.value = x;
  UNROLL for (int i = 0; i < p.count; ++i) p.piece[i] = __shfl_down_sync(whole_warp, p.piece[i], by);
  return p.value;
}
template <class T>
DEVICE T from_lane(T x, int lane) {
  Pieces<T> p = {};
  p.value = x;
  UNROLL for (int i = 0; i < p.count; ++i) p.piece[i] = __shfl_sync(whole_warp, p.piece[i], lane);
  return p.value;
}

template <class T>
DEVICE T from_lane_beside(T x) {
  Pieces<T> p = {};
  p.value = x;
  UNROLL for (int i = 0; i < p.count; ++i) p.piece[i] = __shfl_xor_sync(whole_warp, p.piece[i], 1);
  return p.value;
}

// -------------------------------------------------------------------------------- networks

/// Each element becomes its inclusive value within the leaf.
template <class F>
DEVICE void fold_leaf(typename F::State (&x)[leaf_elements]) {
  if constexpr (F::is_exact) {
    UNROLL for (int k = 1; k < leaf_elements; ++k) x[k] = F::combine(x[k - 1], x[k]);
    return;
  }
  UNROLL for (int d = 1; d < leaf_elements; d *= 2) {
    UNROLL for (int k = leaf_elements - 1; k >= d; --k) x[k] = F::combine(x[k - d], x[k]);  // old values
  }
}

/// A child's inclusive value within its node; every `children` lanes of a warp hold one node's.
template <class F, int children = warp_lanes>
DEVICE typename F::State fold_node(typename F::State x) {
  const int child = this_lane() % children;
  UNROLL for (int d = 1; d < children; d *= 2) {
    const typename F::State before = from_lane_before(x, d);
    if (child >= d) x = F::combine(before, x);
  }
  return x;
}

/// The inclusive value of the child before: what a node adds to its base for this child.
template <class F, int children = warp_lanes>
DEVICE typename F::State before_child(typename F::State inclusive) {
  const typename F::State before = from_lane_before(inclusive, 1);
  return this_lane() % children == 0 ? F::identity() : before;
}

/// The nodes above the tiles of a line that one block folds from the first tile to the last, for `columns`
/// lines side by side. One thread a line works on it.
template <class F, int levels, int columns>
struct UpperNodes {
  using State = typename F::State;
  // Of the node under way at each level: the partial values that the network still asks for (those of the
  // last d children before the step with distance d), and the latest child's inclusive value.
  State earlier[levels][warp_lanes - 1][columns];
  State inclusive[levels][columns];

  /// Adds a tile's total; returns P at the tile's end.
  DEVICE State push(State total, u32 tile, int column) {
    u32 child = tile;
    for (int level = 0; level < levels; ++level) {
      const int k = int(child % warp_lanes);
      UNROLL for (int d = 1; d < warp_lanes; d *= 2) {
        State& slot = earlier[level][d - 1 + k % d][column];
        const State before = slot;
        slot = total;
        if (k >= d) total = F::combine(before, total);
      }
      inclusive[level][column] = total;
      if (k < warp_lanes - 1) break;  // the node is not complete
      child /= warp_lanes;
    }
    State prefix = F::identity();
    for (int level = levels - 1; level >= 0; --level)
      if ((tile + 1) >> (5 * level) & (warp_lanes - 1)) prefix = F::combine(prefix, inclusive[level][column]);
    return prefix;
  }
};

}  // namespace device
}  // namespace accrue
