#include "src/cpu/tiling.h"

#include <algorithm>

namespace accrue::host {
namespace {

constexpr Index cache_bytes = Index{256} << 10;  // that the registers of a tile may take of the L2 cache
constexpr Index most_elements = 4096;
constexpr Index most_direct_elements = Index{1} << 16;  // where nothing is in registers
constexpr Index most_columns = 4096;
constexpr Index fold_state_bytes = Index{64} << 10;  // that a tile's columns go through for a node's rows
constexpr Index many_rows = 256;  // from here on a column of its own is long enough to be run alone
constexpr Index transposed_columns = 64;
constexpr Index node_columns = 64;
constexpr Index node_bytes = Index{1} << 20;  // of a tile's registers, where it is a node
constexpr Index packed_unit = 64;             // columns: no less than a vector's lanes
constexpr Index block_unit = 16;              // columns: no less than a cache line of them

Index ceil_div(Index a, Index b) { return (a + b - 1) / b; }

Index bytes_per_element(const LoopKernel& loop) {
  Index most = 1;
  for (const Pass& pass : loop.passes) most = std::max(most, pass.tile_bytes_per_element());
  return most;
}

/// Whether every load and result can be the memory itself: nothing but folds reads and makes them, and
/// columns lie side by side.
bool is_direct(const LoopKernel& loop, const Layout& layout) {
  using Op = Step::Op;
  for (const Pass& pass : loop.passes)
    for (const Step& step : pass.body)
      if (step.op != Op::load && step.op != Op::scan && step.op != Op::fold && step.op != Op::store)
        return false;
  return layout.columns == 1 ||
         std::all_of(layout.operands.begin(), layout.operands.end(),
                     [](const Movement& operand) { return operand.column_strides.back() == 1; });
}

/// Whether this is a scan and nothing else, of short rows that lie one behind the other.
bool is_packed(const LoopKernel& loop, const Layout& layout) {
  using Op = Step::Op;
  constexpr Op ops[] = {Op::load, Op::scan, Op::store};
  if (layout.rows >= many_rows || layout.rows < 2 || layout.columns < 2 || loop.passes.size() != 1)
    return false;
  const auto& body = loop.passes[0].body;
  const auto is_op = [](const Step& step, Op op) { return step.op == op; };
  if (!std::equal(body.begin(), body.end(), std::begin(ops), std::end(ops), is_op)) return false;
  return loop.passes[0].folds[0]->scan_packed != nullptr && layout.row_dims.size() == 1 &&
         layout.column_dims.size() == 1 &&
         std::all_of(layout.operands.begin(), layout.operands.end(), [&](const Movement& operand) {
           return operand.row_strides[0] == 1 && operand.column_strides[0] == layout.rows;
         });
}

void tile_packed(const Layout& layout, int threads, Tiling& tiling) {
  tiling.kind = Tiling::Kind::packed;
  tiling.rows = layout.rows;
  const Index columns = std::min(most_direct_elements / layout.rows, ceil_div(layout.columns, 2 * threads));
  tiling.columns = std::min(layout.columns, ceil_div(columns, packed_unit) * packed_unit);
}

/// Columns whose folds' states stay in cache from one leaf to the next.
Index widest_block(const LoopKernel& loop, const Layout& layout) {
  const Index values = std::min(layout.rows / leaf_rows + 1, node_children);
  Index column_bytes = 1;
  for (const Pass& pass : loop.passes)
    for (const FoldSteps* fold : pass.folds)
      column_bytes = std::max(column_bytes, fold->value_bytes * (fold->tree ? values : 1));
  return std::min(most_columns, fold_state_bytes / column_bytes / block_unit * block_unit);
}

/// Whether some operand lies in memory with its rows closer together than its columns.
bool reads_transposed(const Layout& layout) {
  return std::any_of(layout.operands.begin(), layout.operands.end(), [](const Movement& operand) {
    const Index row = std::abs(operand.row_strides.back()), column = std::abs(operand.column_strides.back());
    return row != 0 && row < column;
  });
}

void tile_independent(const Layout& layout, Index elements, Tiling& tiling) {
  const Index widest = reads_transposed(layout) ? transposed_columns : elements;
  tiling.columns = std::min(layout.columns, widest);
  tiling.rows = std::clamp<Index>(elements / tiling.columns, 1, layout.rows);
}

void tile_rows(const LoopKernel& loop, const Layout& layout, Index elements, int threads, Tiling& tiling) {
  const Index inner = std::max<Index>(loop.kernel->inner(), 1);
  const Index widest = widest_block(loop, layout);
  tiling.columns = std::min(inner, widest);
  if (layout.rows < many_rows)
    tiling.columns = std::min(
        {layout.columns, widest, std::max(tiling.columns, elements / std::max<Index>(layout.rows, 1))});
  if (loop.whole_rows) {
    const Index row_bytes = std::max<Index>(layout.rows, 1) * bytes_per_element(loop);
    tiling.columns = std::clamp<Index>(whole_row_bytes / row_bytes, 1, tiling.columns);
    tiling.rows = std::max<Index>(layout.rows, 1);
  }
  if (threads > 1 && tiling.columns > block_unit)  // a block for every thread
    tiling.columns = std::clamp<Index>(ceil_div(layout.columns, 2 * threads), block_unit, tiling.columns);
  if (const Index run = layout.column_dims.back(); tiling.columns < run) {
    tiling.run = run;
    if (tiling.columns >= block_unit) {  // about as many in every block
      tiling.columns = tiling.columns / block_unit * block_unit;
      tiling.columns = ceil_div(ceil_div(run, tiling.blocks_of_run()), block_unit) * block_unit;
    }
  }
  if (loop.whole_rows) return;
  const Index unit = tiling.columns == 1 ? node_rows(1) : leaf_rows;
  tiling.rows = std::max(unit, elements / tiling.columns / unit * unit);
  tiling.rows = std::min(tiling.rows, ceil_div(std::max<Index>(layout.rows, 1), unit) * unit);
}

/// Shares long rows among the threads where there are too few blocks of columns for them.
void consider_nodes(const LoopKernel& loop, const Layout& layout, int threads, Tiling& tiling) {
  if (threads < 2 || loop.whole_rows) return;
  const Index blocks = layout.columns / tiling.run * tiling.blocks_of_run();
  if (blocks >= 4 * threads || (blocks >= threads && blocks % threads == 0)) return;
  const Index columns = std::min(tiling.columns, node_columns);
  const Index second_level_bytes = columns * node_rows(2) * bytes_per_element(loop);
  const bool second = columns <= 4 || (second_level_bytes <= node_bytes && layout.rows >= 4 * node_rows(2));
  const int level = second ? 2 : 1;
  if (layout.rows < 4 * node_rows(level)) return;
  tiling.kind = Tiling::Kind::nodes;
  tiling.columns = columns;
  tiling.rows = node_rows(level);
  tiling.node_level = level;
}

}  // namespace

Tiling choose_tiling(const LoopKernel& loop, const Layout& layout, int threads) {
  const Index elements = std::clamp<Index>(cache_bytes / bytes_per_element(loop), leaf_rows, most_elements);
  Tiling tiling;
  tiling.run = layout.columns;
  if (!loop.kernel->has_axis()) {
    tile_independent(layout, elements, tiling);
  } else if (is_packed(loop, layout)) {
    tile_packed(layout, threads, tiling);
  } else {
    tiling.kind = Tiling::Kind::rows;
    tile_rows(loop, layout, is_direct(loop, layout) ? most_direct_elements : elements, threads, tiling);
    consider_nodes(loop, layout, threads, tiling);
  }
  tiling.row_tiles = ceil_div(layout.rows, tiling.rows);
  tiling.column_blocks = layout.columns / tiling.run * tiling.blocks_of_run();
  const Index items =
      tiling.kind == Tiling::Kind::rows ? tiling.column_blocks : tiling.column_blocks * tiling.row_tiles;
  tiling.workers = static_cast<int>(std::min<Index>(threads, items));
  return tiling;
}

}  // namespace accrue::host
