// How threads share the lines that scans and reductions run along: the choice among the groups of
// kernels/lines.h, columns.h and spread.h.
#pragma once

#include <string>

#include "graph/kernel.h"
#include "src/cuda/emit.h"
#include "src/layout.h"

namespace accrue::gpu {

struct LineGroups {
  std::string type;              // of the device library, with its arguments
  int threads = 0;               // of a block
  std::int64_t lines = 1;        // of a block, at the same time
  std::int64_t tile_rows = 0;    // of each line
  std::int64_t lanes = 1;        // neighbours that share a line
  bool is_narrow = false;        // the lines of a block are all that lie together
  bool is_spread = false;        // a line's tiles over several blocks
  std::size_t shared_bytes = 0;  // at most
  int stage_width = 0;           // bytes of the widest element that a Stage passes on; 0: there is none
};

/// How a block moves what a load or store reaches in a tile: each thread its own leaves; or by way of a Stage
/// (kernels/moves.h), by the lanes that share a line, or packed rows as a whole.
enum class Way : std::uint8_t { alone, by_lanes, packed, packed_backwards };

inline bool is_fold(const Instr& instr) {
  return instr.op == Instr::Op::scan || instr.op == Instr::Op::reduce;
}

/// Whether a fold carries an index beside the value.
inline bool is_indexed(const Instr& fold) { return spec(fold.fold).result == scalar::FoldResult::index; }

/// The dtype that a fold of such arguments accumulates in, and the bytes of what it carries.
DType accumulator(const Instr& fold, DType argument);
std::size_t state_bytes(const Instr& fold, DType argument);

/// layout: rows are the elements of a line, columns the lines.
LineGroups choose_line_groups(const Kernel& kernel, const Layout& layout, const Target& target);

/// movement: of the load or store in the layout.
Way way_of(const LineGroups& groups, const Instr& instr, const Movement& movement);

}  // namespace accrue::gpu
