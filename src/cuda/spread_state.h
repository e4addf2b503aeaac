// The memory beside its operands that a kernel needs whose lines are spread over blocks: zero before its
// first launch.
#pragma once

#include <string>
#include <vector>

#include "src/cuda/emit_code.h"
#include "src/cuda/line_groups.h"

namespace accrue::gpu {

/// For each launch a counter of tickets, for each of its folds the totals of nodes; for each reduction its
/// results, which later launches read.
class SpreadState {
 public:
  SpreadState(const Kernel& kernel, const Layout& layout, const LineGroups& groups);

  /// Takes a launch's part, and adds what points to it to the launch's parameters: `counter`, published_name
  /// and result_name.
  ///   values  of lines that the launch reads or computes
  void add_phase(Parameters& parameters, const std::vector<std::int32_t>& body,
                 const std::vector<std::int32_t>& values);

  std::size_t bytes() const { return bytes_; }

  static std::string published_name(std::int32_t id) { return "w" + std::to_string(id); }
  static std::string result_name(std::int32_t id) { return "r" + std::to_string(id); }

 private:
  Launch::Pointer reserve(std::int64_t bytes);

  const Kernel& kernel_;
  std::int64_t nodes_ = 0;  // of all lines and levels
  std::size_t bytes_ = 0;
  std::vector<Launch::Pointer> results_;  // by instruction
};

}  // namespace accrue::gpu
