// How threads share the lines that scans and reductions run along: the choice among the groups of
// kernels/lines.h and kernels/spread.h.
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
  bool is_spread = false;        // a line's tiles over several blocks
  std::size_t shared_bytes = 0;  // about
};

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

}  // namespace accrue::gpu
