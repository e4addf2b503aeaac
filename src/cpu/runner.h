// One worker's registers and fold states, and the loop that runs steps on them.
#pragma once

#include <optional>

#include "src/cpu/passes.h"
#include "src/cpu/scratch.h"
#include "src/cpu/tiling.h"
#include "src/layout.h"

namespace accrue::host {

/// A kernel of a run, bound to memory: all that its workers share and only read.
struct BoundLoop {
  const LoopKernel& loop;
  const Layout& layout;
  const Tiling& tiling;
  const StepTables& tables;
  std::byte* const* operands;  // where the layout's element at row 0, column 0 lies; null for an iota
  bool in_place;               // an output is an input: what is stored early must not be read again
  bool streams;                // it moves more than the caches hold: results are written past them
};

/// A range of columns, and one of rows within them.
struct Block {
  Index first_column, columns;
};
struct Rows {
  Index first, count;
};

/// What a register holds for a tile: memory of its own, or the part of a buffer itself.
struct Place {
  std::byte* data;
  Index row_stride;  // elements
};

/// How a worker folds a tile when others fold the rows before it (see node_sharing.h).
class TileFolds {
 public:
  virtual ~TileFolds() = default;
  virtual void scan(const Step& step, FoldState& state, Source in, Sink out, Rows rows) = 0;
  virtual void fold(const Step& step, FoldState& state, Source in, Rows rows) = 0;
};

class Runner {
 public:
  /// throws std::bad_alloc
  Runner(const BoundLoop& bound, const Pass& pass);

  /// Where the values of rows are kept instead of in memory of the runner's own.
  void use_rows(std::byte* row_memory);
  static std::size_t row_memory_bytes(const BoundLoop& bound);

  /// Takes up a block of columns: fills the kept registers, begins every fold.
  void begin(const Block& block);
  void run_row_steps(const Block& block);
  void run_tile(Rows rows, TileFolds* shared = nullptr);
  void finish();

  FoldState& state(int fold) { return states_[fold]; }
  /// An empty state of that fold that begins at this row; one at a time.
  FoldState fresh_state(int fold, Index first_row) const;

 private:
  void execute(const std::vector<Step>& steps, Rows rows, TileFolds* shared);
  /// Calls f(first element in the register, offset of the operand, extent) for each block of rows and columns
  /// that the operand's strides reach without a turn.
  template <class F>
  void for_each_block(const Step& step, Rows rows, const F& f) const;
  Place place_in_memory(int operand, int width, bool strided, const Block& block, Rows rows) const;
  const std::byte* next_place(const Step& load, Rows rows) const;
  Place result_place(const Step& step, Rows rows);
  /// Scans write past the caches themselves; of other results the store does, in a copy.
  bool streams(const Step& step) const { return bound_.streams && step.streamable; }
  void load(const Step& step, Rows rows);
  void store(const Step& step, Rows rows) const;
  bool repeats(Register r) const;
  Index held(Register r, Index count) const;
  void map(const Step& step, Rows rows);
  void transfer(const Step& step, Rows rows, Place reg) const;
  void write_iota(const Step& step, Rows rows, std::byte* to) const;
  Source source(const Step& step, Place from, Rows rows) const;
  Place place(Register r) const { return r >= 0 ? places_[r] : Place{rows_[~r], 1}; }
  std::byte* at(Register r) const { return r >= 0 ? places_[r].data : rows_[~r]; }
  const FoldSteps& fold_of(const Step& step) const {
    return *pass_->folds[static_cast<std::size_t>(step.fold)];
  }
  FoldState empty_state(void* data, Index first_row) const;

  const BoundLoop& bound_;
  const Pass* pass_;
  Block block_{0, 0};
  std::byte** full_ = nullptr;  // by register: memory of its own
  std::byte** rows_ = nullptr;
  const Step* loaded_ = nullptr;  // by the list of steps that runs: the last load that is memory itself
  Place* places_ = nullptr;       // by full register: where the tile's values are
  FoldState* states_ = nullptr;   // by fold
  std::byte* spare_state_ = nullptr;
  std::optional<Scratch> scratch_;
};

}  // namespace accrue::host
