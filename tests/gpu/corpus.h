// Programs whose results on a GPU are compared with the CPU's, one for every kind of kernel.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "accrue/accrue.hpp"

namespace accrue::test {

struct CorpusOutput {
  std::string name;
  Expr value;
  /// How far the GPU's elements may be off the CPU's: float64, of value's shape. Nothing: the same bits.
  std::optional<Expr> allowed = std::nullopt;
};

struct CorpusCase {
  std::string name;
  DType dtype;  // of the input
  Shape shape;
  std::function<std::vector<CorpusOutput>(const Expr& x)> build;
  bool moderate = false;  // the input's values: between -8 and 8, else of every kind
};

///   scale  1: some ten thousand elements a case, for an emulator; lengths grow with it
std::vector<CorpusCase> corpus(std::int64_t scale);

/// Compiles the case for the CPU and for the GPU, and runs it there on the host's tensors, on the GPU's, and
/// again by a binding, `repeats` times in all at least. All runs on the GPU must have the same bits.
///   returns  what differs first, or ""
std::string first_difference(const CorpusCase& one, Device gpu, int repeats);

}  // namespace accrue::test
