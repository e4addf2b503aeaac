// What the tests run a graph on: the plain evaluator, programs on the reference device, and each backend. A
// new backend is one line in runners.cpp.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "accrue/compile.hpp"

namespace accrue::test {

struct Runner {
  std::string name;
  bool writes_outs;  // binds outs: writes and checks them (the plain evaluator only returns values)
  /// The outputs' values. Tensors may have any strides.
  std::function<std::vector<Tensor>(const Graph& graph, const std::vector<NamedExpr>& outputs,
                                    const std::vector<NamedTensor>& inputs,
                                    const std::vector<NamedTensor>& outs)>
      run;
};

const std::vector<Runner>& runners();

/// The plain evaluator, without a program around it.
std::vector<Tensor> run_reference(const Graph& graph, const std::vector<NamedExpr>& outputs,
                                  const std::vector<NamedTensor>& inputs,
                                  const std::vector<NamedTensor>& outs = {});

/// A compiled program's results.
std::vector<Tensor> run_compiled(const CompileOptions& options, const Graph& graph,
                                 const std::vector<NamedExpr>& outputs,
                                 const std::vector<NamedTensor>& inputs,
                                 const std::vector<NamedTensor>& outs = {});

}  // namespace accrue::test
