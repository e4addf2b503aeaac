#include "tests/support/runners.h"

#include <map>

#include "graph/graph.h"
#include "graph/reference.h"
#include "tests/support/compare.h"

namespace accrue::test {

std::vector<Tensor> run_reference(const Graph& graph, const std::vector<NamedExpr>& outputs,
                                  const std::vector<NamedTensor>& inputs, const std::vector<NamedTensor>&) {
  Arena& arena = *graph.arena();
  arena.outputs.clear();
  for (const NamedExpr& output : outputs) arena.outputs.push_back({output.name, output.expr.id()});
  std::map<std::string, Array> values;
  for (const NamedTensor& input : inputs) values[std::string(input.name)] = to_array(input.tensor);
  std::vector<Tensor> results;
  for (const Array& result : evaluate(arena, values)) results.push_back(to_tensor(result));
  return results;
}

std::vector<Tensor> run_compiled(const CompileOptions& options, const Graph& graph,
                                 const std::vector<NamedExpr>& outputs,
                                 const std::vector<NamedTensor>& inputs,
                                 const std::vector<NamedTensor>& outs) {
  std::vector<Tensor> results;
  for (const auto& [name, tensor] : compile(graph, outputs, options).run(inputs, outs))
    results.push_back(tensor);
  return results;
}

const std::vector<Runner>& runners() {
  const auto compiled = [](const CompileOptions& options) {
    return [options](const Graph& graph, const std::vector<NamedExpr>& outputs,
                     const std::vector<NamedTensor>& inputs, const std::vector<NamedTensor>& outs) {
      return run_compiled(options, graph, outputs, inputs, outs);
    };
  };
  static const std::vector<Runner> all = {
      {"evaluator", false, run_reference},
      {"reference", true, compiled({.device = reference()})},
      {"cpu", true, compiled({.device = cpu()})},
  };
  return all;
}

}  // namespace accrue::test
