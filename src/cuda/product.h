// Matrix products that cuBLAS can take.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "graph/kernel.h"

namespace accrue::gpu {

/// Equally many products of matrices in cuBLAS's words, who lays them out by columns: c = a b, where c is m x
/// n and the sum is over k. (A row-major product is the transposed one of its operands, the other one first.)
struct Product {
  struct Matrix {
    int buffer = 0;  // of the plan
    std::int64_t byte_offset = 0;
    bool is_transposed = false;
    std::int64_t leading = 0;       // elements from a column to the next
    std::int64_t batch_stride = 0;  // elements from a matrix to the next
  };
  DType dtype = DType::float32;
  std::int64_t m = 0, n = 0, k = 0, batches = 1;
  Matrix a, b, c;
};

/// A matmul kernel where each buffer has these strides (of its own shape), or nothing where cuBLAS cannot
/// take it: integers, matrices whose rows and columns both step over elements, batches that are not evenly
/// spaced, nothing to sum.
std::optional<Product> product_of(const KernelGraph& graph, const Kernel& kernel,
                                  std::span<const Strides* const> strides);

/// "float32, 2 x [65, 32] by [32, 48]", as the graph has it.
std::string shapes_text(const Kernel& kernel);

}  // namespace accrue::gpu
