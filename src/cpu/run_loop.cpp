#include "src/cpu/run_loop.h"

#include <algorithm>
#include <atomic>

#include "src/cpu/node_sharing.h"

namespace accrue::host {
namespace {

constexpr Index tiles_at_once = 4;  // that a worker claims of a kernel without axis

Block block_at(const BoundLoop& bound, Index block) {
  const Tiling& tiling = bound.tiling;
  const Index first = block % tiling.blocks_of_run() * tiling.columns;
  return {block / tiling.blocks_of_run() * tiling.run + first, std::min(tiling.columns, tiling.run - first)};
}

Rows rows_at(const BoundLoop& bound, Index tile) {
  const Index first = tile * bound.tiling.rows;
  return {first, std::min(bound.tiling.rows, bound.layout.rows - first)};
}

/// Hands out numbers, each once. Where there is one worker, nobody else asks.
class Claims {
 public:
  explicit Claims(int workers) : shared_(workers > 1) {}
  Index claim(Index count) {
    if (shared_) return next_.fetch_add(count, std::memory_order_relaxed);
    const Index first = next_.load(std::memory_order_relaxed);
    next_.store(first + count, std::memory_order_relaxed);
    return first;
  }

 private:
  std::atomic<Index> next_{0};
  const bool shared_;
};

/// Every tile for itself, in any order.
void run_independent(const BoundLoop& bound, const Threads& threads) {
  const Index tiles = bound.tiling.row_tiles * bound.tiling.column_blocks;
  Claims claims(bound.tiling.workers);
  threads.run(bound.tiling.workers, [&] {
    Runner runner(bound, bound.loop.passes[0]);
    Index block = -1;
    for (Index first = 0; (first = claims.claim(tiles_at_once)) < tiles;)
      for (Index tile = first; tile < std::min(first + tiles_at_once, tiles); ++tile) {
        const Index wanted = tile / bound.tiling.row_tiles;
        if (block != wanted) runner.begin(block_at(bound, block = wanted));
        runner.run_tile(rows_at(bound, tile % bound.tiling.row_tiles));
      }
  });
}

/// A pass over one block, from the first row to the last.
void run_pass(const BoundLoop& bound, Runner& runner, const Block& block) {
  runner.run_row_steps(block);
  runner.begin(block);
  for (Index tile = 0; tile < bound.tiling.row_tiles; ++tile) runner.run_tile(rows_at(bound, tile));
  if (bound.tiling.row_tiles == 0 && bound.loop.whole_rows) runner.run_tile({0, 0});
  runner.finish();
}

/// All passes of one block; they share the values of rows.
void run_passes(const BoundLoop& bound, const Block& block) {
  const Scratch row_memory(Runner::row_memory_bytes(bound));
  for (const Pass& pass : bound.loop.passes) {
    Runner runner(bound, pass);
    runner.use_rows(row_memory.data());
    run_pass(bound, runner, block);
  }
}

void run_rows(const BoundLoop& bound, const Threads& threads) {
  Claims claims(bound.tiling.workers);
  const Index blocks = bound.tiling.column_blocks;
  threads.run(bound.tiling.workers, [&] {
    if (bound.loop.passes.size() > 1) {
      for (Index block = 0; (block = claims.claim(1)) < blocks;) run_passes(bound, block_at(bound, block));
    } else {
      Runner runner(bound, bound.loop.passes[0]);
      for (Index block = 0; (block = claims.claim(1)) < blocks;)
        run_pass(bound, runner, block_at(bound, block));
    }
  });
}

/// Blocks of short rows that lie one behind the other: a load, a scan and a store in one call.
void run_packed(const BoundLoop& bound, const Threads& threads) {
  const Pass& pass = bound.loop.passes[0];
  const Step &load = pass.body[0], &scan = pass.body[1], &store = pass.body[2];
  const auto at = [&](const Step& step, Index column) {
    return bound.operands[step.operand] + ((column * bound.layout.rows) << step.width);
  };
  Claims claims(bound.tiling.workers);
  threads.run(bound.tiling.workers, [&] {
    for (Index i = 0; (i = claims.claim(1)) < bound.tiling.column_blocks;) {
      const Block block = block_at(bound, i);
      pass.folds[0]->scan_packed(at(load, block.first_column), at(store, block.first_column),
                                 {bound.layout.rows, block.columns}, scan.exclusive, bound.streams);
    }
  });
}

/// One worker's share of a pass whose rows are cut into nodes. Everything that may throw comes before the
/// first claim.
void run_nodes_of_pass(const BoundLoop& bound, const Pass& pass, SharedTotals& totals, std::byte* row_memory,
                       std::size_t row_bytes) {
  Runner runner(bound, pass);
  NodeFolds folds(bound, pass, totals, runner);
  totals.join();
  Index current = -1;
  for (Index ticket = 0; (ticket = totals.claim()) < totals.tiles();) {
    const Index block = ticket / bound.tiling.row_tiles, tile = ticket % bound.tiling.row_tiles;
    if (block != current) {
      current = block;
      runner.use_rows(row_memory + static_cast<std::size_t>(block) * row_bytes);
      runner.begin(block_at(bound, block));
    }
    folds.take_up(block * bound.tiling.row_tiles, tile);
    runner.run_tile(rows_at(bound, tile), &folds);
    if (folds.is_last()) runner.finish();
  }
}

void run_nodes(const BoundLoop& bound, const Threads& threads) {
  const std::size_t row_bytes = Runner::row_memory_bytes(bound);
  const Scratch row_memory(row_bytes * static_cast<std::size_t>(bound.tiling.column_blocks));
  for (const Pass& pass : bound.loop.passes) {
    {
      Runner runner(bound, pass);
      for (Index block = 0; block < bound.tiling.column_blocks; ++block) {
        runner.use_rows(row_memory.data() + static_cast<std::size_t>(block) * row_bytes);
        runner.run_row_steps(block_at(bound, block));
      }
    }
    if (pass.body.empty()) continue;
    SharedTotals totals(bound, pass);
    threads.run(bound.tiling.workers,
                [&] { run_nodes_of_pass(bound, pass, totals, row_memory.data(), row_bytes); });
  }
}

}  // namespace

void run_loop(const BoundLoop& bound, const Threads& threads) {
  switch (bound.tiling.kind) {
    case Tiling::Kind::independent: run_independent(bound, threads); break;
    case Tiling::Kind::rows: run_rows(bound, threads); break;
    case Tiling::Kind::packed: run_packed(bound, threads); break;
    case Tiling::Kind::nodes: run_nodes(bound, threads); break;
  }
}

}  // namespace accrue::host
