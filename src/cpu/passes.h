// A loop kernel as lists of steps over tiles: what is looked up and decided once, at lowering.
#pragma once

#include <vector>

#include "graph/kernel.h"
#include "src/cpu/steps.h"

namespace accrue::host {

/// A register of a tile: full ones (a value for each element of the tile) count from 0, row ones (a value for
/// each column) are the complements ~0, ~1, ...
using Register = int;
constexpr Register row_register(int index) { return ~index; }

struct Step {
  enum class Op : std::uint8_t { fill, load, iota, map, cast, expand, scan, fold, finish, store };
  Op op = Op::fill;
  bool row = false;        // done once per column, not for each element
  bool exclusive = false;  // scan
  bool strided = false;    // load, scan: every reader takes rows that lie apart
  bool early = false;      // load: nothing is stored before its last reader has run
  std::uint8_t width = 0;  // log2 of the bytes of a result's or stored element
  Register dst = 0;
  Register args[3] = {};
  int operand = 0;          // load, store, iota: of the layout
  int direct = -1;          // iota, map, cast, scan: the operand of a store of the result
  bool streamable = false;  // ... and nothing else reads the result
  int fold = 0;             // scan, fold, finish: of the pass
  Bits bits = 0;            // fill, iota
  Bits step_bits = 0;
  MapStep map = nullptr;
  CastStep cast = nullptr;
  IotaStep iota = nullptr;
};

/// Whether a full register holds one value, again and again: then it has repeated_elements of them, which
/// maps read over and over, and nothing else reads it.
enum class Repeats : std::uint8_t {
  never,
  one_column,  // a value of rows, in a block of one column
  always       // a constant
};
inline constexpr Index repeated_elements = 512;

/// One pass over the axis.
struct Pass {
  std::vector<Step> row;     // once for a block of columns: values of rows, and their stores
  std::vector<Step> expand;  // then, into registers that the body only reads: constants, values of rows
  std::vector<Step> body;    // for each tile
  std::vector<Step> finish;  // after the last tile: reductions' results
  std::vector<int> register_bytes;  // of each full register's elements
  std::vector<Repeats> repeats;     // by full register
  std::vector<const FoldSteps*> folds;

  Index tile_bytes_per_element() const;
};

struct LoopKernel {
  const Kernel* kernel = nullptr;
  /// The kernel's phases; or one pass that holds all of them, for rows that fit in one tile.
  std::vector<Pass> passes;
  bool whole_rows = false;
  std::vector<int> row_register_bytes;
  std::vector<int> operand_buffers;  // of the plan, for each operand of the layout; -1: an iota
  std::vector<int> loaded, stored;   // buffers of the plan, each once
};

/// The most that the registers of a tile of whole rows may take.
inline constexpr Index whole_row_bytes = Index{1} << 20;

/// throws InternalError: the tables hold no step for an instruction
LoopKernel lower_loop(const Kernel& kernel, const StepTables& tables);

}  // namespace accrue::host
