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

const std::vector<Runner>& runners() {
  static const std::vector<Runner> all = {{"reference", false, run_reference}};
  return all;
}

}  // namespace accrue::test
