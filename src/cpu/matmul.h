// Matrix products: panels that depend on the shapes alone, so that the bits do, too.
#pragma once

#include <span>
#include <vector>

#include "graph/kernel.h"
#include "src/cpu/layout.h"
#include "src/cpu/threads.h"

namespace accrue::host {

struct MatmulKernel {
  const Kernel* kernel = nullptr;
  const MatmulSteps* steps = nullptr;
  Index batch = 1, rows = 0, depth = 0, columns = 0;
};

/// throws InternalError: the code is not load, load, store
MatmulKernel lower_matmul(const Kernel& kernel, const StepTables& tables);

/// throws  std::bad_alloc; as kernel_strides
void run_matmul(const MatmulKernel& matmul, const KernelGraph& graph, std::span<const BoundBuffer> buffers,
                const Threads& threads);

}  // namespace accrue::host
