// How a kernel's elements are cut into tiles, and who runs them. Results do not depend on it.
#pragma once

#include "src/cpu/passes.h"
#include "src/layout.h"

namespace accrue::host {

struct Tiling {
  enum class Kind : std::uint8_t {
    independent,  // no axis: every tile for itself
    rows,         // a worker runs its columns from the first row to the last
    packed,  // short rows of one scan, that lie one behind the other: any block of columns, without registers
    nodes,   // few columns, many rows: workers share the rows, a tile is one node of the prefix tree
  };
  Kind kind = Kind::independent;
  Index rows = 1, columns = 1;  // of a tile, at most
  Index run = 1;                // columns that blocks are cut from: no block spans two runs
  Index row_tiles = 1, column_blocks = 1;
  int node_level = 0;  // nodes: of the tile's node
  int workers = 1;

  Index blocks_of_run() const { return (run + columns - 1) / columns; }
};

Tiling choose_tiling(const LoopKernel& loop, const Layout& layout, int threads);

}  // namespace accrue::host
