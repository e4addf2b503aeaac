#include "accrue/compile.hpp"

#include <algorithm>
#include <chrono>

#include "accrue/accrue.hpp"
#include "graph/nearest.h"
#include "src/cuda/gpu.h"
#include "src/cuda/nvrtc.h"
#include "src/options.h"
#include "src/program.h"

namespace accrue {
namespace {

#ifdef NDEBUG
constexpr bool debug_build = false;
#else
constexpr bool debug_build = true;
#endif

std::string input_names(const Arena& graph) {
  std::string names;
  for (NodeId id : graph.inputs())
    names += std::string(names.empty() ? "\"" : ", \"") + graph[id].name + "\"";
  return names;
}

void require_donors(const Arena& graph, const std::vector<std::string>& donate) {
  std::vector<std::string_view> names;
  for (NodeId id : graph.inputs()) names.push_back(graph[id].name);
  for (const std::string& name : donate) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const auto nearest = nearest_name(name, names);
    throw Error("compile: donate: no input is called \"" + name + "\"" +
                (nearest ? "; did you mean \"" + std::string(*nearest) + "\"?"
                         : "; there are " + input_names(graph)));
  }
}

// Notes among the stages how long it took.
std::unique_ptr<const Executable> lower(const std::shared_ptr<const Plan>& plan,
                                        const CompileOptions& options, Pipeline& pipeline) {
  const auto begin = std::chrono::steady_clock::now();
  std::unique_ptr<const Executable> executable;
  switch (options.device.kind) {
    case Device::Kind::cpu: executable = lower_cpu(plan, options); break;
    case Device::Kind::cuda: executable = lower_cuda(plan, options.device); break;
    case Device::Kind::reference: executable = lower_reference(*pipeline.built, *plan); break;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  pipeline.stages.push_back({"lower", took.count(), true});
  return executable;
}

}  // namespace

void require_device(Device device) {
  if (device.kind != Device::Kind::cuda) return;
  gpu::open_gpu(device.index);
  gpu::nvrtc();
}

Program compile(Arena built, const CompileOptions& compile_options) {
  require_device(compile_options.device);
  require_donors(built, compile_options.donate);
  const bool checked = options().check;
  Pipeline pipeline = run_pipeline(std::move(built), compile_options, checked || debug_build);
  auto plan = std::make_shared<const Plan>(std::move(pipeline.plan));
  auto executable = lower(plan, compile_options, pipeline);
  return Program(std::make_shared<const Program::Impl>(std::move(pipeline.built), std::move(plan),
                                                       std::move(pipeline.stages), std::move(executable),
                                                       checked));
}

Program compile(const Graph& graph, const std::vector<NamedExpr>& outputs, const CompileOptions& options) {
  return compile(select(graph, outputs), options);
}

Tensor eval(const Expr& value, const CompileOptions& options) {
  if (value.is_empty()) throw Error("eval: an empty Expr, which stands for no value");
  Arena built = select(Graph(value.arena()), {{"value", value}}, false);
  if (!built.inputs().empty())
    throw Error("eval: the value depends on inputs (" + input_names(built) +
                "); compile it and run it with tensors for them");
  return compile(std::move(built), options).run({})[0];
}

const char* version() { return ACCRUE_VERSION; }

}  // namespace accrue
