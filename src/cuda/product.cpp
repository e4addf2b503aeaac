#include "src/cuda/product.h"

#include <algorithm>

#include "src/layout.h"

namespace accrue::gpu {
namespace {

/// A matrix by its strides.
struct View {
  std::int64_t rows, columns, row_stride, column_stride;
  View transposed() const { return {columns, rows, column_stride, row_stride}; }
};

/// By columns, or by rows: as the transposed of what lies by columns. A single row or column has no stride.
std::optional<Product::Matrix> by_columns(const View& v) {
  Product::Matrix matrix;
  if (v.rows == 1 || v.row_stride == 1) {
    matrix.leading = v.columns == 1 ? v.rows : v.column_stride;
    if (matrix.leading >= v.rows) return matrix;
  }
  if (v.columns == 1 || v.column_stride == 1) {
    matrix.is_transposed = true;
    matrix.leading = v.rows == 1 ? v.columns : v.row_stride;
    if (matrix.leading >= v.columns) return matrix;
  }
  return std::nullopt;
}

struct Operand {
  const Instr* instr;
  KernelStrides place;
};

/// All batch dims as one: its length, and each operand's stride.
struct Batches {
  std::int64_t count = 1;
  std::int64_t strides[3] = {};
};
std::optional<Batches> merge_batches(const Kernel& kernel, const Operand (&operands)[3]) {
  Batches merged;
  for (std::size_t d = 0; d + 3 < kernel.space.size(); ++d) {
    const std::int64_t length = kernel.space[d];
    if (length == 1) continue;
    for (std::size_t i = 0; i < 3; ++i) {
      const std::int64_t stride = operands[i].place.strides[d];
      if (merged.count > 1 && merged.strides[i] != stride * length) return std::nullopt;
      merged.strides[i] = stride;
    }
    merged.count *= length;
  }
  return merged;
}

/// c = a b where c lies by columns; a and b may be transposed.
std::optional<Product> column_product(const View& a, const View& b, const View& c) {
  const auto a_columns = by_columns(a), b_columns = by_columns(b), c_columns = by_columns(c);
  if (!a_columns || !b_columns || !c_columns || c_columns->is_transposed) return std::nullopt;
  Product product;
  product.m = c.rows;
  product.n = c.columns;
  product.k = a.columns;
  product.a = *a_columns;
  product.b = *b_columns;
  product.c = *c_columns;
  return product;
}

void place(Product::Matrix& matrix, const Operand& operand, std::int64_t batch_stride, DType dtype) {
  matrix.buffer = operand.instr->buffer;
  matrix.byte_offset = operand.place.origin * static_cast<std::int64_t>(byte_width(dtype));
  matrix.batch_stride = batch_stride;
}

}  // namespace

std::optional<Product> product_of(const KernelGraph& graph, const Kernel& kernel,
                                  std::span<const Strides* const> strides) {
  const DType dtype = kernel.code[2].dtype;
  const bool is_empty = std::find(kernel.space.begin(), kernel.space.end(), 0) != kernel.space.end();
  if (is_empty || !is_floating(dtype)) return std::nullopt;
  Operand operands[3];
  for (std::size_t i = 0; i < 3; ++i)
    operands[i] = {&kernel.code[i], kernel_strides(graph, kernel, kernel.code[i], strides)};
  const auto batches = merge_batches(kernel, operands);
  if (!batches) return std::nullopt;

  const std::size_t first = kernel.space.size() - 3;  // rows, depth, columns
  const auto view = [&](std::size_t operand, std::size_t rows, std::size_t columns) {
    const Dims& s = operands[operand].place.strides;
    return View{kernel.space[first + rows], kernel.space[first + columns], s[first + rows],
                s[first + columns]};
  };
  const View a = view(0, 0, 1), b = view(1, 1, 2), c = view(2, 0, 2);
  std::size_t left = 0, right = 1;
  auto product = column_product(a, b, c);
  if (!product) {
    product = column_product(b.transposed(), a.transposed(), c.transposed());
    std::swap(left, right);
  }
  if (!product) return std::nullopt;
  product->dtype = dtype;
  product->batches = batches->count;
  place(product->a, operands[left], batches->strides[left], dtype);
  place(product->b, operands[right], batches->strides[right], dtype);
  place(product->c, operands[2], batches->strides[2], dtype);
  return product;
}

std::string shapes_text(const Kernel& kernel) {
  const std::size_t first = kernel.space.size() - 3;
  const auto matrix = [&](std::size_t rows) {
    return "[" + std::to_string(kernel.space[first + rows]) + ", " +
           std::to_string(kernel.space[first + rows + 1]) + "]";
  };
  std::string batches;
  for (std::size_t d = 0; d < first; ++d) batches += std::to_string(kernel.space[d]) + " x ";
  return std::string(to_string(kernel.code[2].dtype)) + ", " + batches + matrix(0) + " by " + matrix(1);
}

}  // namespace accrue::gpu
