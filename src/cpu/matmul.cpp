#include "src/cpu/matmul.h"

#include <algorithm>
#include <atomic>
#include <cstring>

#include "src/cpu/scratch.h"

namespace accrue::host {
namespace {

// Of a panel. Depth is cut as well, so that what is packed is bounded; each cut adds to the same panel
// in order.
constexpr Index panel_rows = 128;
constexpr Index panel_columns = 512;
constexpr Index panel_depth = 1024;
constexpr Index parallel_products = Index{1} << 18;

Matrix bind_matrix(const KernelGraph& graph, const MatmulKernel& matmul, const Instr& instr,
                   std::span<const BoundBuffer> buffers, std::span<const Strides* const> strides,
                   std::size_t row_dim, std::size_t column_dim) {
  const KernelStrides found = kernel_strides(graph, *matmul.kernel, instr, strides);
  const auto buffer = static_cast<std::size_t>(instr.buffer);
  Matrix matrix;
  matrix.width = static_cast<Index>(byte_width(graph.buffers[buffer].dtype));
  if (buffers[buffer].data != nullptr) matrix.data = buffers[buffer].data + found.origin * matrix.width;
  matrix.stride = {found.strides[row_dim], found.strides[column_dim]};
  for (std::size_t d = 0; d + 3 < found.strides.size(); ++d) matrix.batch_strides.push_back(found.strides[d]);
  return matrix;
}

/// Working memory of one worker: packed a and b, and the panel of c.
struct Panels {
  explicit Panels(const MatmulKernel& m)
      : a_bytes(bytes(m, std::min(m.rows, panel_rows), std::min(m.depth, panel_depth))),
        b_bytes(bytes(m, std::min(m.depth, panel_depth), std::min(m.columns, panel_columns))),
        memory(a_bytes + b_bytes +
               bytes(m, std::min(m.rows, panel_rows), std::min(m.columns, panel_columns))),
        a(memory.data()),
        b(a + a_bytes),
        c(b + b_bytes) {}

  static std::size_t bytes(const MatmulKernel& m, Index rows, Index columns) {
    return aligned(static_cast<std::size_t>(rows * columns * m.steps->value_bytes));
  }

  std::size_t a_bytes, b_bytes;
  Scratch memory;
  std::byte *a, *b, *c;
};

void run_panel(const BoundMatmul& bound, Index batch, Index row, Index column, const Panels& panels) {
  const MatmulKernel& m = bound.matmul;
  Index a_offset = 0, b_offset = 0, c_offset = 0;
  for_each_run(bound.batch_dims, batch, 1, [&](Index, Index, const Index* index) {
    a_offset = offset_at(index, bound.a.batch_strides);
    b_offset = offset_at(index, bound.b.batch_strides);
    c_offset = offset_at(index, bound.c.batch_strides);
  });
  const Index rows = std::min(panel_rows, m.rows - row),
              columns = std::min(panel_columns, m.columns - column);
  std::memset(panels.c, 0, static_cast<std::size_t>(rows * columns * m.steps->value_bytes));
  for (Index k = 0; k < m.depth; k += panel_depth) {
    const Index depth = std::min(panel_depth, m.depth - k);
    m.steps->pack(panels.a, bound.a.at(a_offset, row, k), bound.a.stride, {rows, depth});
    m.steps->pack(panels.b, bound.b.at(b_offset, k, column), bound.b.stride, {depth, columns});
    m.steps->multiply(panels.c, panels.a, panels.b, rows, depth, columns);
  }
  m.steps->unpack(bound.c.at(c_offset, row, column), bound.c.stride, panels.c, {rows, columns});
}

}  // namespace

MatmulKernel lower_matmul(const Kernel& kernel, const StepTables& tables) {
  using Op = Instr::Op;
  const bool known = kernel.code.size() == 3 && kernel.space.size() >= 3 && kernel.code[0].op == Op::load &&
                     kernel.code[1].op == Op::load && kernel.code[2].op == Op::store;
  if (!known)
    throw InternalError("a matmul kernel is load, load, store over batch dims, n, k, m: " + kernel.reason);
  MatmulKernel matmul;
  matmul.kernel = &kernel;
  matmul.steps = &tables.matmul[static_cast<std::size_t>(kernel.code[2].dtype)];
  const std::size_t rank = kernel.space.size();
  matmul.rows = kernel.space[rank - 3];
  matmul.depth = kernel.space[rank - 2];
  matmul.columns = kernel.space[rank - 1];
  for (std::size_t d = 0; d + 3 < rank; ++d) matmul.batch *= kernel.space[d];
  return matmul;
}

BoundMatmul bind_matmul(const MatmulKernel& matmul, const KernelGraph& graph,
                        std::span<const BoundBuffer> buffers) {
  const Kernel& kernel = *matmul.kernel;
  const std::size_t rank = kernel.space.size();
  std::vector<const Strides*> strides;
  for (const BoundBuffer& buffer : buffers) strides.push_back(&buffer.strides);
  BoundMatmul bound{matmul, {}, {}, {}, {}};
  bound.a = bind_matrix(graph, matmul, kernel.code[0], buffers, strides, rank - 3, rank - 2);
  bound.b = bind_matrix(graph, matmul, kernel.code[1], buffers, strides, rank - 2, rank - 1);
  bound.c = bind_matrix(graph, matmul, kernel.code[2], buffers, strides, rank - 3, rank - 1);
  for (std::size_t d = 0; d + 3 < rank; ++d) bound.batch_dims.push_back(kernel.space[d]);
  if (bound.batch_dims.empty()) bound.batch_dims.push_back(1);
  return bound;
}

void run_matmul(const BoundMatmul& bound, const Threads& threads) {
  const MatmulKernel& matmul = bound.matmul;
  const Index row_panels = (matmul.rows + panel_rows - 1) / panel_rows;
  const Index column_panels = (matmul.columns + panel_columns - 1) / panel_columns;
  const Index panels = matmul.batch * row_panels * column_panels;
  if (panels == 0) return;
  const bool small = panels * std::min(matmul.rows, panel_rows) * std::min(matmul.columns, panel_columns) *
                         std::max<Index>(matmul.depth, 1) <
                     parallel_products;
  std::atomic<Index> next{0};
  threads.run(small ? 1 : static_cast<int>(std::min<Index>(threads.available(), panels)), [&] {
    const Panels memory(matmul);
    for (Index panel = 0; (panel = next.fetch_add(1)) < panels;)
      run_panel(bound, panel / (row_panels * column_panels), panel / column_panels % row_panels * panel_rows,
                panel % column_panels * panel_columns, memory);
  });
}

}  // namespace accrue::host
