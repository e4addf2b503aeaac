#include "graph/text/outputs.h"

#include <unordered_set>

#include "graph/words.h"

namespace accrue {

std::vector<Arena::Output> checked_outputs(const Graph& graph, const std::vector<NamedExpr>& outputs) {
  std::vector<Arena::Output> checked;
  std::unordered_set<std::string_view> names;
  for (const NamedExpr& output : outputs) {
    if (!is_name(output.name))
      throw Error("print: '" + output.name +
                  "' cannot name an output; letters, digits and '_' can, reserved words " + "cannot");
    if (!names.insert(output.name).second) throw Error("print: two outputs are named '" + output.name + "'");
    if (output.expr.arena() != graph.arena())
      throw Error("print: output '" + output.name + "' is of another graph");
    checked.push_back({output.name, output.expr.id()});
  }
  return checked;
}

}  // namespace accrue
