#include "src/cpu/node_sharing.h"

#include <algorithm>
#include <new>
#include <thread>

namespace accrue::host {
namespace {

constexpr int polls_before_yield = 1000;

void pause_briefly() {
#ifdef __x86_64__
  __builtin_ia32_pause();
#endif
}

}  // namespace

SharedTotals::SharedTotals(const BoundLoop& bound, const Pass& pass)
    : tiles_(bound.tiling.row_tiles * bound.tiling.column_blocks), columns_(bound.tiling.columns) {
  for (const FoldSteps* fold : pass.folds) value_bytes_ = std::max(value_bytes_, fold->value_bytes);
  const std::size_t slots = pass.folds.size() * static_cast<std::size_t>(tiles_);
  const std::size_t flag_bytes = aligned(slots * sizeof(std::atomic<Of>));
  scratch_.emplace(flag_bytes + slots * static_cast<std::size_t>(columns_ * value_bytes_));
  published_ = reinterpret_cast<std::atomic<Of>*>(scratch_->data());
  for (std::size_t i = 0; i < slots; ++i) new (&published_[i]) std::atomic<Of>(Of::nothing);
  totals_ = scratch_->data() + flag_bytes;
}

std::byte* SharedTotals::total(int fold, Index tile) const {
  return totals_ + (fold * tiles_ + tile) * columns_ * value_bytes_;
}

void SharedTotals::publish(int fold, Index tile, Of what) {
  published(fold, tile).store(what, std::memory_order_release);
}

SharedTotals::Of SharedTotals::wait(int fold, Index tile) const {
  for (int polls = 0;; ++polls) {
    const Of what = published(fold, tile).load(std::memory_order_acquire);
    if (what != Of::nothing) return what;
    if (polls < polls_before_yield)
      pause_briefly();
    else
      std::this_thread::yield();
  }
}

// The state has folded the tile, and maybe all before it: a tree still knows the tile's own total.
void NodeFolds::publish(int fold, const FoldState& state) {
  const FoldSteps& steps = *pass_.folds[static_cast<std::size_t>(fold)];
  const bool is_of_tile = steps.tree || state.rows == bound_.tiling.rows;
  steps.total(state, bound_.tiling.node_level, totals_.total(fold, block_first_ + tile_));
  totals_.publish(fold, block_first_ + tile_,
                  is_of_tile ? SharedTotals::Of::tile : SharedTotals::Of::all_rows_so_far);
}

void NodeFolds::publish_total(int fold, Source in, Rows rows) {
  FoldState alone = runner_.fresh_state(fold, rows.first);
  pass_.folds[static_cast<std::size_t>(fold)]->fold(alone, in, rows.count);
  publish(fold, alone);
}

void NodeFolds::catch_up(int fold, FoldState& state) {
  const FoldSteps& steps = *pass_.folds[static_cast<std::size_t>(fold)];
  for (Index before = state.rows / bound_.tiling.rows; before < tile_; ++before) {
    if (totals_.wait(fold, block_first_ + before) == SharedTotals::Of::all_rows_so_far) steps.begin(state);
    steps.add_total(state, bound_.tiling.node_level, totals_.total(fold, block_first_ + before));
  }
}

void NodeFolds::scan(const Step& step, FoldState& state, Source in, Sink out, Rows rows) {
  const bool publishes_first = !is_last() && totals_.is_shared();
  if (publishes_first) publish_total(step.fold, in, rows);
  if (publishes_first && state.columns > 1) in.ahead = 0;  // fetched meanwhile
  catch_up(step.fold, state);
  pass_.folds[static_cast<std::size_t>(step.fold)]->scan(state, in, out, rows.count, step.exclusive);
  if (!is_last() && !publishes_first) publish(step.fold, state);
}

void NodeFolds::fold(const Step& step, FoldState& state, Source in, Rows rows) {
  if (!is_last()) return publish_total(step.fold, in, rows);
  catch_up(step.fold, state);
  pass_.folds[static_cast<std::size_t>(step.fold)]->fold(state, in, rows.count);
}

}  // namespace accrue::host
