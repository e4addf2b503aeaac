// The steps that kernels are made of: plain functions on raw pointers, one table of them per instruction set.
// This header is read by files compiled once per set, so nothing of std:: may appear in it.
#pragma once

namespace accrue::host {

using Index = long;          // counts and strides, in elements
using Bits = unsigned long;  // an element's storage bits, zero-extended

inline constexpr int dtypes = 13;  // in DType's order
inline constexpr int widths = 4;   // of elements: 1, 2, 4 and 8 bytes

/// dst[i] = f(a[i], b[i], c[i]); dst may be one of the operands.
using MapStep = void (*)(void* dst, const void* a, const void* b, const void* c, Index count);
/// dst[i] = cast(src[i]); dst may be src where both are equally wide.
using CastStep = void (*)(void* dst, const void* src, Index count);
using FillStep = void (*)(void* dst, Bits bits, Index count);

/// Strides of a block of rows x columns.
struct Stride2 {
  Index row, column;
};
struct Extent2 {
  Index rows, columns;
};
/// Copies a block; the two do not overlap. streamed: written past the caches where it is one run.
using CopyStep = void (*)(void* dst, Stride2 dst_stride, const void* src, Stride2 src_stride, Extent2 extent,
                          bool streamed);

/// Element i of an iota is start + i * step, in int64 or (floating dtypes, bool) in float64.
struct Iota {
  Bits start, step;
  Index first;    // i of the block's first element
  Stride2 index;  // of i
};
using IotaStep = void (*)(void* dst, Index dst_row_stride, const Iota& iota, Extent2 extent);

/// Where a fold along the rows of a block stands, for each of its columns.
struct FoldState {
  void* data;  // FoldSteps::state_bytes of them
  Index columns;
  Index rows;         // folded so far
  Index axis_rows;    // all that there are
  Index first_index;  // the axis index of row 0, for folds that carry one
  Index index_step;   // 1, or -1 where the axis is run from its far end
  int levels;         // of nodes above the leaves (tree_levels)
};

/// The prefix tree of rounding folds: leaves of 8 rows, nodes of 32 children.
inline constexpr Index leaf_rows = 8;
inline constexpr Index node_children = 32;

inline constexpr Index line_bytes = 64;  // of a cache line
/// Values of a level in a tree fold's state: base, rings, and one unused, so that lines of columns lie in
/// other sets of a cache.
inline constexpr Index level_values_of_column = node_children + 1;

/// Rows under one complete node of that level (0: a leaf).
constexpr int node_rows_log2(int level) { return 3 + 5 * level; }
constexpr Index node_rows(int level) { return Index{1} << node_rows_log2(level); }
static_assert(node_rows(0) == leaf_rows && node_rows(1) == leaf_rows * node_children);

/// Levels above the leaves that a fold over so many rows has a digit in.
constexpr int tree_levels(Index rows) {
  int levels = 1;
  for (Index leaves = rows / leaf_rows / node_children; leaves > 0; leaves /= node_children) ++levels;
  return levels;
}

/// How far ahead memory is fetched that is read on and on.
inline constexpr Index fetched_ahead_bytes = 4096;

/// Rows of a block: columns lie side by side, rows so many elements apart.
struct Source {
  const void* data;
  Index row_stride;
  Index ahead = 0;  // elements from each one to what is read soon: fetched into the caches meanwhile
};
struct Sink {
  void* data;
  Index row_stride;
  bool streamed;  // written past the caches where the rows lie one behind the other
};

/// One fold for elements of one dtype. All but the last call on a state bring a multiple of leaf_rows rows.
struct FoldSteps {
  Index value_bytes;  // of a carried value
  bool tree;          // follows the prefix tree: the state has levels
  void (*begin)(const FoldState& state);
  /// out may be in.
  void (*scan)(FoldState& state, Source in, Sink out, Index rows, bool exclusive);
  void (*fold)(FoldState& state, Source in, Index rows);
  /// The total of a whole node of `level`, the last rows that the state has folded, one value per column;
  /// without a tree, of all that it has folded.
  void (*total)(const FoldState& state, int level, void* into);
  /// Folds such a total, that of the next node_rows(level) rows.
  void (*add_total)(FoldState& state, int level, const void* total);
  void (*finish)(const FoldState& state, void* out, Index rows);
  /// Scans whole columns without a state: fewer rows than a node has, side by side in memory, columns one
  /// behind the other. out may be in. Null where there is no such kernel.
  void (*scan_packed)(const void* in, void* out, Extent2 extent, bool exclusive, bool streamed);

  Index state_bytes(int levels, Index columns) const {
    if (!tree) return columns * value_bytes;
    const Index lines = (columns * value_bytes + line_bytes - 1) / line_bytes;
    return (levels + 1) * level_values_of_column * lines * line_bytes;
  }
};

/// c = a * b for one panel; row-major, operands as wide as the accumulator (float32 for the 16-bit floats).
struct MatmulSteps {
  Index value_bytes;  // of the accumulator and packed operands
  /// Packs a block of a tensor, row-major.
  void (*pack)(void* dst, const void* src, Stride2 src_stride, Extent2 extent);
  /// c += a[rows x depth] * b[depth x columns], all packed.
  void (*multiply)(void* c, const void* a, const void* b, Index rows, Index depth, Index columns);
  void (*unpack)(void* dst, Stride2 dst_stride, const void* src, Extent2 extent);
};

/// Everything that one instruction set offers; null where a function does not take a dtype.
struct StepTables {
  const MapStep (*map)[dtypes];         // [function][dtype of the last operand]
  const CastStep (*cast)[dtypes];       // [from][to]
  const FoldSteps (*fold)[dtypes];      // [fold][element dtype]
  const FoldSteps (*cast_sum)[dtypes];  // [from][element dtype]: sums that convert what they read
  const MatmulSteps* matmul;            // [dtype]
  const IotaStep* iota;                 // [dtype]
  const CopyStep* copy;                 // [log2 of the width]
  const FillStep* fill;                 // [log2 of the width]
};

}  // namespace accrue::host
