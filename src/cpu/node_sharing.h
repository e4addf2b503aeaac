// Scans and reductions whose rows are shared among workers, one node of the prefix tree at a time.
//
// Tiles are claimed in order. A worker folds its tile's rows alone and publishes that total; then it folds
// the totals of all smaller tiles, as the tree would, and scans its tile from there. It waits for totals
// only, which depend on nothing but their own tile (or, for a scan of a scan, on smaller tiles), so the
// workers never wait in a circle.
//
// As long as no other worker has come (a thread that sleeps takes a while to wake up; others may be busy
// elsewhere), nobody waits: then a tile is scanned at once, and what it comes to is published behind it.
#pragma once

#include <atomic>

#include "src/cpu/runner.h"

namespace accrue::host {

/// What the workers of one pass share.
class SharedTotals {
 public:
  /// throws std::bad_alloc
  SharedTotals(const BoundLoop& bound, const Pass& pass);
  SharedTotals(const SharedTotals&) = delete;
  SharedTotals& operator=(const SharedTotals&) = delete;

  /// A worker begins.
  void join() { workers_.fetch_add(1, std::memory_order_relaxed); }
  /// Whether more than one has begun.
  bool is_shared() const { return workers_.load(std::memory_order_relaxed) > 1; }

  /// The next tile, counted through all blocks of columns; at least tiles() when there are none left.
  Index claim() { return next_.fetch_add(1, std::memory_order_relaxed); }
  Index tiles() const { return tiles_; }

  /// What a published total is the total of.
  enum class Of : std::uint8_t { nothing, tile, all_rows_so_far };

  std::byte* total(int fold, Index tile) const;
  void publish(int fold, Index tile, Of what);
  Of wait(int fold, Index tile) const;

 private:
  std::atomic<Of>& published(int fold, Index tile) const { return published_[fold * tiles_ + tile]; }

  const Index tiles_, columns_;
  Index value_bytes_ = 0;  // the largest carried value's
  std::atomic<int> workers_{0};
  std::atomic<Index> next_{0};
  std::atomic<Of>* published_ = nullptr;
  std::byte* totals_ = nullptr;
  std::optional<Scratch> scratch_;
};

class NodeFolds : public TileFolds {
 public:
  NodeFolds(const BoundLoop& bound, const Pass& pass, SharedTotals& totals, Runner& runner)
      : bound_(bound), pass_(pass), totals_(totals), runner_(runner) {}

  /// The tile that comes next: the tile-th node of its block, block_first + tile in the shared count.
  void take_up(Index block_first, Index tile) { block_first_ = block_first, tile_ = tile; }
  bool is_last() const { return tile_ + 1 == bound_.tiling.row_tiles; }

  void scan(const Step& step, FoldState& state, Source in, Sink out, Rows rows) override;
  void fold(const Step& step, FoldState& state, Source in, Rows rows) override;

 private:
  void publish(int fold, const FoldState& state);
  void publish_total(int fold, Source in, Rows rows);
  void catch_up(int fold, FoldState& state);

  const BoundLoop& bound_;
  const Pass& pass_;
  SharedTotals& totals_;
  Runner& runner_;
  Index block_first_ = 0, tile_ = 0;
};

}  // namespace accrue::host
