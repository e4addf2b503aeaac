#include "accrue/compile.hpp"

#include <algorithm>

#include "accrue/accrue.hpp"
#include "graph/nearest.h"
#include "src/options.h"
#include "src/program.h"

namespace accrue {
namespace {

#ifdef NDEBUG
constexpr bool debug_build = false;
#else
constexpr bool debug_build = true;
#endif

void require_device(Device device) {
  if (device.kind == Device::Kind::cuda)
    throw Error("compile: CUDA unavailable: this build has no CUDA backend; there are cpu and reference");
}

void require_donors(const Arena& graph, const std::vector<std::string>& donate) {
  std::vector<std::string_view> names;
  for (NodeId id : graph.inputs()) names.push_back(graph[id].name);
  for (const std::string& name : donate) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const auto nearest = nearest_name(name, names);
    throw Error("compile: donate: no input is called \"" + name + "\"" +
                (nearest ? "; did you mean \"" + std::string(*nearest) + "\"?" : ""));
  }
}

// The names of the inputs that a node depends on.
std::string inputs_behind(const Arena& graph, NodeId value) {
  std::vector<bool> needed(value + 1, false);
  needed[value] = true;
  std::string names;
  for (NodeId id = value + 1; id-- > 0;) {
    if (!needed[id]) continue;
    for (NodeId input : graph[id].inputs) needed[input] = true;
    if (graph[id].kind == Kind::input)
      names += std::string(names.empty() ? "\"" : ", \"") + graph[id].name + "\"";
  }
  return names;
}

}  // namespace

Program compile(Arena built, const CompileOptions& compile_options) {
  require_device(compile_options.device);
  require_donors(built, compile_options.donate);
  const bool checked = options().check;
  Pipeline pipeline = run_pipeline(std::move(built), compile_options, checked || debug_build);
  auto plan = std::make_shared<const Plan>(std::move(pipeline.plan));
  std::unique_ptr<const Executable> executable = compile_options.device == reference()
                                                     ? lower_reference(*pipeline.built, *plan)
                                                     : lower_cpu(plan, compile_options);
  return Program(std::make_shared<const Program::Impl>(std::move(pipeline.built), std::move(plan),
                                                       std::move(pipeline.stages), std::move(executable),
                                                       checked));
}

Program compile(const Graph& graph, const std::vector<NamedExpr>& outputs, const CompileOptions& options) {
  return compile(select(graph, outputs), options);
}

Tensor eval(const Expr& value, const CompileOptions& options) {
  if (value.is_empty()) throw Error("eval: an empty Expr, which stands for no value");
  const std::string inputs = inputs_behind(*value.arena(), value.id());
  if (!inputs.empty())
    throw Error("eval: the value depends on inputs (" + inputs +
                "); compile it and run it with tensors for them");
  constexpr bool unused_inputs = false;
  return compile(select(Graph(value.arena()), {{"value", value}}, unused_inputs), options).run({})[0];
}

const char* version() { return ACCRUE_VERSION; }

}  // namespace accrue
