// The prefix tree down a single column: a node of 32 leaves at a time, its leaves side by side.
//
// Vectors run across leaves, so a leaf's network is plain vertical additions and its totals are a vector. The
// elements of a leaf lie next to each other in memory: they are transposed on the way in and out, as stored,
// within chunks of 16 bytes.
#pragma once

#include "src/cpu/isa/vector_folds.h"

namespace accrue::ACCRUE_ISA_NS {

/// Elements that lie as From, converted to S first, as they are accumulated.
template <class A, class S, int lanes, class From>
ACCRUE_FN Vec<A, lanes> load_row(const From* in) {
  const auto stored = cast_lanes<S, From, lanes>(load_vector<Vec<lane_t<From>, lanes>>(in));
  return convert_lanes<A, lane_t<compute_t<S>>, lanes>(load_lanes<S, lanes>(stored));
}

/// S: how elements and results are stored; From: how the elements lie in memory, converted to S first.
template <class Fold, class S, class A, class From = S>
struct TreeColumn {
  static constexpr int leaf = static_cast<int>(leaf_rows);
  static constexpr int leaves = static_cast<int>(node_children);
  static constexpr int lanes = register_bytes / static_cast<int>(sizeof(A));
  static constexpr int groups = leaves / lanes;
  static constexpr int most = chunk_bytes / static_cast<int>(sizeof(S));
  static constexpr int chunk = most < lanes ? most : lanes;  // elements
  static constexpr int chunks = lanes / chunk;               // of a vector
  /// Vectors of results that are transposed as one: two where both fit in a register. Of elements, only where
  /// they are converted: then there are half as many conversions.
  static constexpr int pairs = sizeof(S) < sizeof(A) && leaf > chunk ? 2 : 1;
  static constexpr int pairs_in = same_type<From, S>::value ? 1 : pairs;
  using VA = Vec<A, lanes>;
  using VS = Vec<lane_t<S>, lanes>;

  ACCRUE_FN VA combine(VA a, VA b) { return VectorFold<Fold>::template combine<A, lanes>(a, b); }
  ACCRUE_FN VA accumulated(VS x) {
    return convert_lanes<A, lane_t<compute_t<S>>, lanes>(load_lanes<S, lanes>(x));
  }
  ACCRUE_FN VA identity() { return broadcast<A, lanes>(Fold::template identity<A>()); }

  // ---- a group of leaves, as stored in memory and as vectors across it

  /// So many parts, each of `elements` of a leaf: of the leaves first, first + chunk, ...; leaves are
  /// `stride` apart.
  template <int count, int elements>
  ACCRUE_FN auto load_parts(const From* in, Index stride) {
    if constexpr (count == 1)
      return load_vector<Vec<lane_t<From>, elements>>(in);
    else
      return join<count / 2 * elements>(
          load_parts<count / 2, elements>(in, stride),
          load_parts<count / 2, elements>(in + count / 2 * chunk * stride, stride));
  }
  /// The other way round: so many parts, each of `elements` of a leaf.
  template <int count, int elements, class V>
  ACCRUE_FN void store_parts(S* out, Index stride, V v, bool streamed) {
    if constexpr (count == 1) {
      store_vector(out, v, streamed);
    } else {
      constexpr int half = count / 2;
      store_parts<half, elements>(out, stride, part<0, half * elements>(v), streamed);
      store_parts<half, elements>(out + half * chunk * stride, stride,
                                  part<half * elements, half * elements>(v), streamed);
    }
  }

  /// t[k]: element k of each leaf, as accumulated; leaves are `stride` apart.
  ACCRUE_FN void load(const From* in, Index stride, VA* t) {
    constexpr int run = pairs_in * chunk, width = pairs_in * lanes;
    for (int first = 0; first < leaf; first += run) {
      Vec<lane_t<S>, width> v[chunk];
      for (int i = 0; i < chunk; ++i)
        v[i] = cast_lanes<S, From, width>(load_parts<chunks, run>(in + i * stride + first, stride));
      transpose<chunk, 1, width>(v);
      for (int i = 0; i < chunk; ++i) {
        t[first + i] = accumulated(separate<chunk, lanes, 0>(v[i]));
        if constexpr (pairs_in == 2) t[first + chunk + i] = accumulated(separate<chunk, lanes, 1>(v[i]));
      }
    }
  }
  ACCRUE_FN void store(const VA* t, S* out, Index stride, bool streamed) {
    using V = Vec<lane_t<S>, pairs * lanes>;
    constexpr int run = pairs * chunk, runs = leaf / run;  // of a leaf: elements side by side in a vector
    V v[leaf / pairs];
    for (int r = 0; r < runs; ++r)
      for (int i = 0; i < chunk; ++i) {
        const VS low = store_lanes<S, A, lanes>(t[r * run + i]);
        if constexpr (pairs == 1)
          v[r * chunk + i] = low;
        else
          v[r * chunk + i] = interleave<chunk, lanes>(low, store_lanes<S, A, lanes>(t[r * run + chunk + i]));
      }
    for (int r = 0; r < runs; ++r) transpose<chunk, 1, pairs * lanes>(v + r * chunk);
    // v[r * chunk + i]: run r of leaves i, i + chunk, ...; now as many runs of one leaf side by side as a
    // vector has, where a leaf has that many.
    constexpr int joined = runs % chunks == 0 ? chunks : 1;
    for (int r = 0; r < runs; r += joined)
      for (int i = 0; i < chunk; ++i) {
        transpose<joined, run, pairs * lanes, chunk>(v + r * chunk + i);
        for (int j = 0; j < joined; ++j)
          store_parts<chunks / joined, run>(out + (i + j * chunk) * stride + r * run, stride,
                                            v[(r + j) * chunk + i], streamed);
      }
  }

  // ---- networks

  /// t[k] becomes the fold of elements 0 .. k of each leaf.
  ACCRUE_FN void leaf_network(VA* t) {
    for (int distance = 1; distance < leaf; distance *= 2)
      for (int k = leaf - 1; k >= distance; --k) t[k] = combine(t[k - distance], t[k]);
  }

  /// Leaves of several rows each: t[k] becomes the fold of its row's elements up to k, or before it.
  template <int rows>
  ACCRUE_FN void scan_rows(VA* t, bool exclusive) {
    for (int distance = 1; distance < rows; distance *= 2)
      for (int k = leaf - 1; k >= distance; --k)
        if (k % rows >= distance) t[k] = combine(t[k - distance], t[k]);
    for (int k = 0; k < leaf; ++k) t[k] = combine(identity(), t[k]);
    if (!exclusive) return;
    for (int k = leaf - 1; k >= 0; --k) t[k] = k % rows == 0 ? identity() : t[k - 1];
  }

  /// The network over the node's leaves, a group at a time.
  struct NodeNetwork {
    VA seen[5][groups];  // what each step, of distance 1, 2, 4, 8 and 16, was given

    template <int step>
    __attribute__((always_inline)) inline VA run(int group, VA total) {
      if constexpr (step == 5) {
        return total;
      } else {
        constexpr int distance = 1 << step;
        seen[step][group] = total;
        if constexpr (distance < lanes)
          total = combine(shift_up<distance, lanes>(group > 0 ? seen[step][group - 1] : identity(), total),
                          total);
        else if (group >= distance / lanes)
          total = combine(seen[step][group - distance / lanes], total);
        return run<step + 1>(group, total);
      }
    }
  };

  /// Writes one node's inclusive or exclusive values. `before` is the fold of all rows before it; next(total)
  /// is called once with the node's total and returns the fold of all rows up to its end.
  template <bool exclusive, class Next>
  ACCRUE_FN void scan(const From* in, Index ahead, S* out, bool streamed, A before, const Next& next) {
    NodeNetwork network;
    const VA node_base = broadcast<A, lanes>(before);
    VA previous = node_base;
    VA t[leaf];
    load(in, leaf, t);
    leaf_network(t);
#pragma GCC unroll 16
    for (int group = 0; group < groups; ++group) {
      const VA inclusive = network.template run<0>(group, t[leaf - 1]);
      VA ends = combine(node_base, inclusive);
      if (group == groups - 1) ends[lanes - 1] = next(inclusive[lanes - 1]);
      const VA base = shift_up<1, lanes>(previous, ends);
      previous = ends;
      VA following[leaf];
      fetch<lanes * leaf* static_cast<int>(sizeof(From))>(in + ahead + group * lanes * leaf);
      if (group < groups - 1) {  // loads between additions and stores: they use other ports
        load(in + (group + 1) * lanes * leaf, leaf, following);
        leaf_network(following);
      }
      VA result[leaf];
      for (int k = 0; k < leaf - 1; ++k) result[k + (exclusive ? 1 : 0)] = combine(base, t[k]);
      result[exclusive ? 0 : leaf - 1] = exclusive ? base : ends;
      store(result, out + group * lanes * leaf, leaf, streamed);
      for (int k = 0; k < leaf; ++k) t[k] = following[k];
    }
  }

  /// A node's total: neighbours fold pairwise, elements of a leaf first, then leaves.
  ACCRUE_FN A total(const From* in) {
    A last[lanes];
    store_vector(last, folded<leaves * leaf / lanes>(in));
    for (int left = lanes / 2; left > 0; left /= 2)
      for (int k = 0; k < left; ++k) last[k] = Fold::combine(last[2 * k], last[2 * k + 1]);
    return last[0];
  }

 private:
  /// Of so many vectors of elements, as they follow each other: one vector, whose lanes in their order are
  /// the folds of equal parts. (Where the vectors are fewer than their lanes, the parts' order is that of the
  /// shuffles that cost least, and not yet theirs.)
  template <int vectors>
  ACCRUE_FN VA folded(const From* in) {
    if constexpr (vectors == 1) {
      return load_row<A, S, lanes>(in);
    } else {
      const VA a = folded<vectors / 2>(in), b = folded<vectors / 2>(in + vectors / 2 * lanes);
      constexpr int cheap = chunk_bytes / static_cast<int>(sizeof(A));  // lanes of a chunk
      constexpr int block = vectors <= cheap ? cheap : lanes;
      constexpr int unit = vectors > cheap && vectors <= lanes ? cheap : 1;
      return combine(shuffle<EverySecond<block, unit, lanes, 0>>(a, b, indices<lanes>{}),
                     shuffle<EverySecond<block, unit, lanes, 1>>(a, b, indices<lanes>{}));
    }
  }
};

}  // namespace accrue::ACCRUE_ISA_NS
