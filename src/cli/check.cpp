// accrue check: every device, fused and unfused, against the reference.
#include <CLI/CLI.hpp>
#include <memory>

#include "graph/text/print.h"
#include "src/cli/arguments.h"
#include "src/cli/commands.h"
#include "src/cli/difference.h"
#include "src/cli/failure.h"
#include "src/cli/output.h"
#include "src/cli/progress.h"
#include "src/cli/script_file.h"
#include "src/program.h"

namespace accrue::cli {
namespace {

struct Variant {
  std::string name;
  CompileOptions options;
};

bool is_there(Device device) {
  try {
    require_device(device);
    return true;
  } catch (const Error&) {
    return false;
  }
}

std::vector<Variant> variants(const CompileOptions& base) {
  std::vector<Variant> all;
  for (const Device device : {cpu(), cuda()}) {
    if (!is_there(device)) continue;
    CompileOptions fused = base;
    fused.device = device;
    CompileOptions unfused = fused;
    unfused.disable.emplace_back("fusion");
    all.push_back({to_string(device) + ", fused", fused});
    all.push_back({to_string(device) + ", unfused", unfused});
  }
  return all;
}

// Whether each node's bits are promised: matmuls of floats, functions with a stated error, and all that
// follows from them are not.
std::vector<bool> exact_nodes(const Arena& graph) {
  std::vector<bool> exact(graph.size(), true);
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& node = graph[id];
    if (node.kind == Kind::map && !info(node.fn).spec.exact) exact[id] = false;
    if (node.kind == Kind::matmul && is_floating(node.dtype)) exact[id] = false;
    for (NodeId input : node.inputs)
      if (!exact[input]) exact[id] = false;
  }
  return exact;
}

double tolerance_of(DType dtype) {
  switch (dtype) {
    case float64: return 1e-12;
    case float32: return 1e-4;
    case float16: return 1e-2;
    case bfloat16: return 5e-2;
    default: return 0;
  }
}

class Checker {
 public:
  Checker(const ScriptFile& file, std::uint64_t seed)
      : graph_(file.script.graph), outputs_(file.script.outputs), exact_(exact_nodes(*graph_.arena())) {
    CompileOptions options;
    options.device = reference();
    const Program program = compile(graph_, outputs_, options);
    inputs_ = bound_inputs(file, program.inputs(), seed);
    signatures_ = program.inputs();
    for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i].name = signatures_[i].name;
    expected_ = program.run(inputs_);
  }

  // What differs, or nothing.
  std::optional<std::string> run(const Variant& variant) const {
    const Tensors actual = compile(graph_, outputs_, variant.options).run(inputs_);
    for (std::size_t i = 0; i < outputs_.size(); ++i)
      if (const auto found = compare(outputs_[i].expr.id(), actual[i], expected_[i]))
        return first_difference(variant).value_or("output " + outputs_[i].name + " " + *found +
                                                  "; each node alone is right");
    return std::nullopt;
  }

 private:
  std::optional<std::string> compare(NodeId id, const Tensor& actual, const Tensor& expected) const {
    if (exact_[id]) return difference(actual, expected);
    if (!is_floating(expected.dtype())) return std::nullopt;  // a rounding may have tipped any of them
    return difference(actual, expected, tolerance_of(expected.dtype()));
  }

  // Compiles each node alone, in their order, until one differs.
  std::optional<std::string> first_difference(const Variant& variant) const {
    const Arena& graph = *graph_.arena();
    CompileOptions options;
    options.device = reference();
    std::vector<Arena::Output> named;
    for (const NamedExpr& output : outputs_) named.push_back({output.name, output.expr.id()});
    const std::vector<std::string> names = node_names(graph, named);
    for (NodeId id = 0; id < graph.size(); ++id) {
      if (graph[id].inputs.empty()) continue;
      const std::vector<NamedExpr> value = {{"value", Expr(graph_.arena(), id)}};
      const Tensor actual = compile(graph_, value, variant.options).run(inputs_)[0];
      const Tensor expected = compile(graph_, value, options).run(inputs_)[0];
      const auto found = compare(id, actual, expected);
      const std::string place = place_text(graph[id].where);
      if (found)
        return names[id] + " (" + std::string(op_name(graph[id])) + (place.empty() ? "" : ", " + place) +
               ") " + *found;
    }
    return std::nullopt;
  }

  Graph graph_;
  std::vector<NamedExpr> outputs_;
  std::vector<bool> exact_;
  std::vector<Signature> signatures_;
  std::vector<NamedTensor> inputs_;  // under the names in signatures_
  Tensors expected_;
};

int check(const Arguments& arguments) {
  const CompileOptions options = compile_options(arguments);
  const Progress progress("check");
  const ScriptFile file = read_script(arguments);
  require_device_and_inputs(file, options.device);
  const Checker checker(file, arguments.seed);
  bool all_equal = true;
  for (const Variant& variant : variants(options)) {
    const auto difference = checker.run(variant);
    write_result(variant.name + ": " + difference.value_or("equal to the reference") + "\n");
    all_equal = all_equal && !difference;
  }
  return all_equal ? done : failed;
}

}  // namespace

void add_check(CLI::App& app, Action& chosen) {
  CLI::App& command =
      *app.add_subcommand("check", "Compare every device, fused and unfused, with the reference evaluator");
  auto arguments = std::make_shared<Arguments>();
  add_script_options(command, *arguments);
  add_disable_option(command, *arguments);
  add_seed_option(command, *arguments);
  command.footer(
      "Bits are compared; where a function with a stated error, or a matmul, comes before a value, floats "
      "may be off\n"
      "in their last digits. Inputs without a file are drawn from the seed.\n"
      "Example:\n  accrue check model.acr --in x=x.npy");
  command.callback([arguments, &chosen] { chosen = [arguments] { return check(*arguments); }; });
}

}  // namespace accrue::cli
