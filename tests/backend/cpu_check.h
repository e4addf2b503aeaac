// Programs on the CPU backend against the reference evaluator, bit for bit.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "accrue/accrue.hpp"
#include "tests/support/compare.h"

namespace accrue::test {

/// Numbers from -limit to limit that make rounding and wrapping visible, the same in every run, as the dtype.
Tensor numbers(DType dtype, const Shape& shape, double limit = 128, std::uint64_t seed = 1);

/// A value under a name that a failure shows.
struct NamedValue {
  std::string name;
  Expr value;
};

/// REQUIREs that each value has the reference's bits under every one of these options.
void require_same(const Graph& graph, const std::vector<NamedValue>& values,
                  const std::vector<NamedTensor>& inputs, const std::vector<CompileOptions>& settings,
                  const std::string& what = "");

/// Every instruction set that the processor has, with each of these numbers of threads.
std::vector<CompileOptions> every_instruction_set(const std::vector<int>& threads = {1});

/// These numbers of threads, with the best instruction set.
std::vector<CompileOptions> threads(const std::vector<int>& counts);

inline constexpr DType all_dtypes[] = {boolean, int8,   int16,   int32,    int64,   uint8,  uint16,
                                       uint32,  uint64, float16, bfloat16, float32, float64};

}  // namespace accrue::test
