// Programs that must have the CPU's bits on a GPU, one for every kind of kernel.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "accrue/accrue.hpp"

namespace accrue::test {

struct CorpusCase {
  std::string name;
  DType dtype;  // of the input
  Shape shape;
  std::function<std::vector<NamedExpr>(const Expr& x)> build;
};

/// Every function in it is exactly rounded.
///   scale  1: some ten thousand elements a case, for an emulator; lengths grow with it
std::vector<CorpusCase> corpus(std::int64_t scale);

/// Compiles the case for the CPU and for the GPU, and runs it there on the host's tensors, on the GPU's, and
/// again by a binding, `repeats` times in all at least.
///   returns  what differs first, or ""
std::string first_difference(const CorpusCase& one, Device gpu, int repeats);

}  // namespace accrue::test
