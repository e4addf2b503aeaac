// Graphs whose kernels are emitted, compiled together by g++ and run by the emulator.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "accrue/compile.hpp"
#include "graph/node.h"
#include "src/cuda/emit.h"
#include "tests/cuda/emulated_library.h"
#include "tests/cuda/emulator.h"

namespace accrue::test {

class EmulatedBatch {
 public:
  /// Few multiprocessors: more than a few lines are not spread over blocks.
  explicit EmulatedBatch(const gpu::Target& target = {.multiprocessors = 2});
  ~EmulatedBatch();

  /// Plans a graph and emits its kernels for these inputs and outs; they may have any strides.
  ///   what  names it in a difference
  void add(const std::string& what, const Graph& graph, const std::vector<NamedExpr>& outputs,
           const std::vector<NamedTensor>& inputs, const std::vector<NamedTensor>& outs = {},
           const CompileOptions& options = {});

  /// Runs every graph under this schedule and compares each output with the reference evaluator's, bit for
  /// bit. (Functions that are not exactly rounded are those of <math.h> on either side.)
  ///   returns  the first difference, or ""
  std::string first_difference(const Schedule& schedule = {});
  /// The same under each of these schedules in turn.
  std::string first_difference(const std::vector<Schedule>& schedules);

  /// Puts a fault into the device library or the kernels, before they are compiled.
  ///   throws  std::runtime_error: `right` does not occur in the text
  void plant(const std::string& right, const std::string& wrong);

 private:
  struct Member;

  void compile();

  const gpu::Target target_;
  std::vector<std::unique_ptr<Member>> members_;
  std::vector<std::pair<std::string, std::string>> faults_;
  std::unique_ptr<EmulatedLibrary> library_;
};

}  // namespace accrue::test
