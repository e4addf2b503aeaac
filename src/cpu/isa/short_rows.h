// Scans of many short rows that lie one behind the other: as many side by side as a vector has lanes,
// transposed on the way in and out as a single column's leaves are (tree_column.h).
#pragma once

#include "src/cpu/isa/tree_column.h"

namespace accrue::ACCRUE_ISA_NS {

/// Column: a TreeColumn, for its loads and stores. Leaves: what rows side by side carry from leaf to leaf;
/// its scan<exclusive>(t) makes results of the elements of the next.
template <class Column, class Leaves, class S, class From>
struct ShortRows {
  static constexpr int leaf = static_cast<int>(leaf_rows);
  static constexpr int lanes = Column::lanes;
  static constexpr Index spare = chunk_bytes;  // elements that a copy may write beyond its end

  /// Copies rows, apart in one way, to where they are apart in another: in whole chunks, in order, as long as
  /// these reach no further than `room` elements from the first; what they reach beyond a row's end is
  /// overwritten.
  template <class T>
  ACCRUE_FN void copy_rows(T* dst, Index dst_stride, const T* src, Index src_stride, Extent2 extent,
                           Index room) {
    using Chunk = Vec<u8, chunk_bytes>;
    constexpr Index chunk = chunk_bytes / static_cast<Index>(sizeof(T));
    const Index rows = extent.rows, reach = (rows + chunk - 1) / chunk * chunk;
    Index i = 0;
    for (; i < extent.columns && i * rows + reach <= room; ++i)
      for (Index k = 0; k < rows; k += chunk)
        store_vector(dst + i * dst_stride + k, load_vector<Chunk>(src + i * src_stride + k));
    for (; i < extent.columns; ++i)
      for (Index k = 0; k < rows; ++k) dst[i * dst_stride + k] = src[i * src_stride + k];
  }

  ACCRUE_FN void scan_lanes(const From* in, Index in_stride, S* out, Index out_stride, Index rows,
                            bool exclusive) {
    Leaves leaves;
    for (Index row = 0; row < rows; row += leaf) {
      typename Column::VA t[leaf];
      Column::load(in + row, in_stride, t);
      leaves.scan(t, exclusive);
      Column::store(t, out + row, out_stride, false);
    }
  }

  /// Rows that fill leaves without a rest: as many leaves as a vector has lanes at a time, several rows in
  /// each. Returns how many rows are done.
  template <int rows>
  ACCRUE_FN Index scan_whole_leaves(const From* in, S* out, Index columns, bool exclusive, bool streamed) {
    constexpr Index elements = lanes * leaf, at_once = elements / rows;
    const bool stream = can_stream(out, streamed);
    Index done = 0;
    for (; done + at_once <= columns; done += at_once, in += elements, out += elements) {
      typename Column::VA t[leaf];
      fetch_ahead(in, leaf);
      Column::load(in, leaf, t);
      Column::template scan_rows<rows>(t, exclusive);
      Column::store(t, out, leaf, stream);
    }
    finish_streaming(stream);
    return done;
  }

  /// Rows shorter than a leaf, a leaf each, as long as there is one more of them behind a vector's: what the
  /// last of these overwrites there is put back. Returns how many rows are done.
  ACCRUE_FN Index scan_single_leaves(const From* in, S* out, Extent2 extent, bool exclusive) {
    using Leaf = Vec<lane_t<S>, leaf>;
    const Index rows = extent.rows, elements = lanes * rows;
    alignas(line_bytes) S results[lanes * leaf];
    Index done = 0;
    for (; (done + lanes) * rows + leaf <= extent.columns * rows;
         done += lanes, in += elements, out += elements) {
      typename Column::VA t[leaf];
      fetch_ahead(in, rows);
      Column::load(in, rows, t);
      Column::template scan_rows<leaf>(t, exclusive);
      Column::store(t, results, leaf, false);
      const Leaf behind = load_vector<Leaf>(out + elements);
      for (int i = 0; i < lanes; ++i) store_vector(out + i * rows, load_vector<Leaf>(results + i * leaf));
      store_vector(out + elements, behind);
    }
    return done;
  }

  /// extent.columns rows of extent.rows elements, fewer than a node's. out may be in.
  static void scan(const void* in, void* out, Extent2 extent, bool exclusive, bool streamed) {
    const From* from = static_cast<const From*>(in);
    S* to = static_cast<S*>(out);
    Index done = 0;
    if (extent.rows == 2)
      done = scan_whole_leaves<2>(from, to, extent.columns, exclusive, streamed);
    else if (extent.rows == 4)
      done = scan_whole_leaves<4>(from, to, extent.columns, exclusive, streamed);
    else if (extent.rows < leaf)
      done = scan_single_leaves(from, to, extent, exclusive);
    scan_padded(from + done * extent.rows, to + done * extent.rows, {extent.rows, extent.columns - done},
                exclusive, streamed);
  }

  /// Rows that begin a leaf each.
  static void scan_padded(const From* in, S* out, Extent2 extent, bool exclusive, bool streamed) {
    const Index rows = extent.rows, stride = (rows + leaf - 1) / leaf * leaf;
    alignas(line_bytes) From elements[lanes * node_rows(1) + spare] = {};
    alignas(line_bytes) S results[lanes * node_rows(1) + spare];
    for (Index done = 0; done < extent.columns; done += lanes) {
      const Index left = extent.columns - done, columns = left < lanes ? left : lanes;
      const From* from = in + done * rows;
      S* const to = out + done * rows;
      fetch_ahead(from, rows);
      Index from_stride = rows;
      if (columns < lanes || left * rows < (lanes - 1) * rows + stride) {  // the last leaf reaches too far
        copy_rows(elements, stride, from, rows, {rows, columns}, left * rows);
        from = elements;
        from_stride = stride;
      }
      const bool whole = rows == stride && columns == lanes, direct = whole && !streamed;
      scan_lanes(from, from_stride, direct ? to : results, stride, stride, exclusive);
      if (!whole)
        copy_rows(to, rows, results, stride, {rows, columns}, columns * rows);
      else if (streamed)
        stream_bytes(to, results, lanes * rows * static_cast<Index>(sizeof(S)));
    }
    finish_streaming(streamed);
  }

  ACCRUE_FN void fetch_ahead(const From* from, Index rows) {
    constexpr Index ahead = fetched_ahead_bytes / static_cast<Index>(sizeof(From));
    for (Index i = 0; i < lanes * rows; i += line_bytes / static_cast<Index>(sizeof(From)))
      fetch<1>(from + ahead + i);
  }
};

}  // namespace accrue::ACCRUE_ISA_NS
