// Matrix products: panels that depend on the shapes alone, so that the bits do, too.
#pragma once

#include <span>
#include <vector>

#include "graph/kernel.h"
#include "src/cpu/steps.h"
#include "src/cpu/threads.h"
#include "src/layout.h"

namespace accrue::host {

struct MatmulKernel {
  const Kernel* kernel = nullptr;
  const MatmulSteps* steps = nullptr;
  Index batch = 1, rows = 0, depth = 0, columns = 0;
};

/// throws InternalError: the code is not load, load, store
MatmulKernel lower_matmul(const Kernel& kernel, const StepTables& tables);

/// A matrix in memory: its first element and strides, per batch.
struct Matrix {
  std::byte* data = nullptr;
  Index width = 0;  // bytes of an element
  Dims batch_strides;
  Stride2 stride{0, 0};

  std::byte* at(Index batch_offset, Index row, Index column) const {
    return data + (batch_offset + row * stride.row + column * stride.column) * width;
  }
};

/// A matmul of a run, bound to memory.
struct BoundMatmul {
  const MatmulKernel& matmul;
  Dims batch_dims;
  Matrix a, b, c;
};

/// throws  as kernel_strides
BoundMatmul bind_matmul(const MatmulKernel& matmul, const KernelGraph& graph,
                        std::span<const BoundBuffer> buffers);

/// throws std::bad_alloc
void run_matmul(const BoundMatmul& bound, const Threads& threads);

}  // namespace accrue::host
