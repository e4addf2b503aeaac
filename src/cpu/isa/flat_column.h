// Folds of any order down a single column: prefixes within a vector by shifts, then the carry.
#pragma once

#include "src/cpu/isa/vector_folds.h"

namespace accrue::ACCRUE_ISA_NS {

/// A number of the type in which a vector's own prefixes are computed: a vector's worth of narrow integers
/// adds up within twice their width, so that more of them share a vector.
template <class Fold, class A, class From>
constexpr auto prefix_zero() {
  constexpr bool sums_integers = same_type<Fold, fold_sum>::value && !Traits<A>::floating;
  if constexpr (sums_integers && sizeof(From) == 1 && sizeof(A) > 2)
    return i16(0);
  else if constexpr (sums_integers && sizeof(From) == 2 && sizeof(A) > 4)
    return i32(0);
  else
    return A(0);
}

/// S: how elements and results are stored; From: how the elements lie in memory, converted to S first.
template <class Fold, class S, class From = S>
struct FlatColumn {
  using A = lane_t<compute_t<S>>;
  using N = decltype(prefix_zero<Fold, A, From>());
  static constexpr int lanes = register_bytes / static_cast<int>(sizeof(N));
  static constexpr int piece = register_bytes / static_cast<int>(sizeof(A));  // lanes of one register of A
  /// How many elements N holds the sum of, whatever they are.
  static constexpr Index most_in_narrow =
      sizeof(N) < sizeof(A) ? Index{1} << (8 * (sizeof(N) - sizeof(From)) - 1) : Index{1} << 62;
  using VN = Vec<N, lanes>;
  using VA = Vec<A, piece>;

  ACCRUE_FN VA combine(VA a, VA b) { return VectorFold<Fold>::template combine<A, piece>(a, b); }

  ACCRUE_FN VN load(const From* in) {
    const auto stored = load_vector<Vec<lane_t<From>, lanes>>(in);
    return convert_lanes<N, lane_t<compute_t<From>>, lanes>(load_lanes<From, lanes>(stored));
  }
  template <int first>
  ACCRUE_FN VA widened(VN x) {
    return convert_lanes<A, N, piece>(part<first, piece>(x));
  }

  template <int distance>
  ACCRUE_FN VN prefixes(VN x) {
    if constexpr (distance >= lanes) {
      return x;
    } else {
      const VN identity = broadcast<N, lanes>(Fold::template identity<N>());
      return prefixes<2 * distance>(
          VectorFold<Fold>::template combine<N, lanes>(shift_up<distance, lanes>(identity, x), x));
    }
  }

  template <bool exclusive, int first>
  ACCRUE_FN void store_pieces(S* out, bool streamed, VN x, VA carried, VA& previous) {
    if constexpr (first < lanes) {
      const VA inclusive = combine(carried, widened<first>(x));
      store_vector(out + first,
                   store_lanes<S, A, piece>(exclusive ? shift_up<1, piece>(previous, inclusive) : inclusive),
                   streamed);
      previous = inclusive;
      store_pieces<exclusive, first + piece>(out, streamed, x, carried, previous);
    }
  }

  /// Scans the rows that fill whole vectors; returns how many. `carry` is the fold of all before.
  template <bool exclusive>
  ACCRUE_FN Index scan(const From* in, Index ahead, S* out, bool streamed, Index rows, compute_t<S>& carry) {
    VA carried = broadcast<A, piece>(carry), previous = carried;
    Index row = 0;
    for (; row + lanes <= rows; row += lanes) {
      const VN x = prefixes<1>(load(in + row));
      fetch<lanes* static_cast<int>(sizeof(From))>(in + ahead + row);
      store_pieces<exclusive, 0>(out + row, streamed, x, carried, previous);
      carried = combine(carried, spread<piece - 1, piece>(widened<lanes - piece>(x)));
    }
    carry = static_cast<compute_t<S>>(carried[0]);
    return row;
  }

  template <int first>
  ACCRUE_FN VA fold_pieces(VA carried, VN x) {
    if constexpr (first < lanes)
      return fold_pieces<first + piece>(combine(carried, widened<first>(x)), x);
    else
      return carried;
  }

  /// Folds the rows that fill whole vectors into the carry; returns how many.
  ACCRUE_FN Index fold(const From* in, Index rows, compute_t<S>& carry) {
    constexpr int sides = 4;  // independent chains
    VA all = broadcast<A, piece>(Fold::template identity<A>());
    Index row = 0;
    while (row + sides * lanes <= rows) {
      VN side[sides];
      for (int s = 0; s < sides; ++s) side[s] = broadcast<N, lanes>(Fold::template identity<N>());
      for (Index left = most_in_narrow; left > 0 && row + sides * lanes <= rows; --left, row += sides * lanes)
        for (int s = 0; s < sides; ++s)
          side[s] = VectorFold<Fold>::template combine<N, lanes>(side[s], load(in + row + s * lanes));
      for (int s = 0; s < sides; ++s) all = fold_pieces<0>(all, side[s]);
    }
    for (; row + lanes <= rows; row += lanes) all = fold_pieces<0>(all, load(in + row));
    for (int lane = 0; lane < piece; ++lane)
      carry = Fold::combine(carry, static_cast<compute_t<S>>(all[lane]));
    return row;
  }
};

}  // namespace accrue::ACCRUE_ISA_NS
