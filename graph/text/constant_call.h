// constant(...): numbers, lists of them, and constants kept outside the script.
#pragma once

#include "graph/text/builtins.h"

namespace accrue {

/// constant(1.5, dtype=), constant([[1, 2], [3, 4]], dtype=, shape=), constant("file.npz:member", dtype=,
/// shape=). A list states its shape by its brackets, unless a shape is given; its dtype is bool, int64 or
/// float32 by its numbers, unless one is given. What is kept outside is compared with the dtype and shape
/// given.
Expr build_constant(Arguments& arguments);

}  // namespace accrue
