#include "graph/pipeline.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <unordered_set>
#include <utility>

#include "graph/nearest.h"
#include "graph/verify.h"
#include "graph/words.h"

namespace accrue {

namespace {

void check_disabled(const std::vector<std::string>& disabled) {
  const std::vector<std::string_view> names = optional_stages();
  for (const std::string& name : disabled) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const auto nearest = nearest_name(name, names);
    std::string text = "compile: there is no rewrite \"" + name + "\" to disable; ";
    text += nearest ? "did you mean \"" + std::string(*nearest) + "\"? There are" : "there are";
    for (std::string_view known : names) (text += known == names.front() ? " " : ", ") += known;
    throw Error(text);
  }
}

/// Runs one stage and notes what it took.
template <class Run>
auto timed(std::vector<StageLog>& stages, std::string_view name, Run run) {
  const auto start = std::chrono::steady_clock::now();
  auto result = run();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  stages.push_back({std::string(name), took.count(), true});
  return result;
}

void check_outputs(const Graph& graph, const std::vector<NamedExpr>& outputs) {
  if (outputs.empty()) throw Error("compile: no outputs; name at least one value");
  std::unordered_set<std::string_view> names;
  for (const NamedExpr& output : outputs) {
    const std::string quoted = '"' + output.name + '"';
    if (output.expr.is_empty())
      throw Error("compile: output " + quoted + " is an empty Expr; assign a value first");
    if (output.expr.arena() != graph.arena())
      throw Error("compile: output " + quoted +
                  " is a value of another graph; all outputs are of the one compiled");
    if (!is_name(output.name))
      throw Error("compile: " + quoted +
                  " cannot name an output; it takes letters, digits and _, starts with no digit, "
                  "and is no word of the script language");
    if (!names.insert(output.name).second)
      throw Error("compile: the name " + quoted + " stands for two outputs; names are unique");
  }
}

}  // namespace

std::vector<std::string_view> optional_stages() {
  std::vector<std::string_view> names;
  for (const Rewrite& rewrite : rewrites()) names.push_back(rewrite.name);
  names.push_back("fusion");
  return names;
}

Arena select(const Graph& graph, const std::vector<NamedExpr>& outputs, bool unused_inputs) {
  check_outputs(graph, outputs);
  const Arena& arena = *graph.arena();
  std::vector<bool> needed(arena.size(), false);
  for (const NamedExpr& output : outputs) needed[output.expr.id()] = true;
  for (std::size_t id = arena.size(); id-- > 0;) {
    const Node& node = arena[static_cast<NodeId>(id)];
    if (node.kind == Kind::input && unused_inputs) needed[id] = true;
    if (!needed[id]) continue;
    for (NodeId input : node.inputs) needed[input] = true;
  }
  auto [selected, place] = copy_nodes(arena, needed);
  for (const NamedExpr& output : outputs) selected.outputs.push_back({output.name, place[output.expr.id()]});
  for (const Arena::OutBinding& binding : arena.outs)
    if (needed[binding.node]) selected.outs.push_back({place[binding.node], binding.out});
  return std::move(selected);
}

Pipeline run_pipeline(Arena built, const CompileOptions& options, bool verify_stages) {
  check_disabled(options.disable);
  const auto enabled = [&](std::string_view name) {
    return std::find(options.disable.begin(), options.disable.end(), name) == options.disable.end();
  };
  Pipeline pipeline;
  pipeline.built = std::make_shared<const Arena>(std::move(built));
  if (verify_stages) verify(*pipeline.built);

  std::shared_ptr<const Arena> graph = pipeline.built;
  std::vector<Rewrite> enabled_rewrites;
  for (const Rewrite& rewrite : rewrites())
    if (enabled(rewrite.name)) enabled_rewrites.push_back(rewrite);
  const std::span<const Rewrite> all(enabled_rewrites);
  std::size_t next = 0;  // the next that may change the graph
  bool is_new = true;    // the graph: `next` is of an earlier one
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto changed = timed(pipeline.stages, all[i].name, [&]() -> std::shared_ptr<const Arena> {
      if (std::exchange(is_new, false)) next = i + first_to_apply(*graph, all.subspan(i));
      return i == next ? std::make_shared<const Arena>(all[i].apply(*graph)) : nullptr;
    });
    pipeline.stages.back().changed = changed != nullptr && !same_graph(*graph, *changed);
    if (changed == nullptr) continue;
    graph = changed;  // unchanged, it may still name other places of the user's
    is_new = true;
    if (verify_stages) verify(*graph);
  }

  KernelGraph kernels = timed(pipeline.stages, "fuse", [&] { return fuse(graph, enabled("fusion")); });
  if (verify_stages) verify(kernels);

  pipeline.plan = timed(pipeline.stages, "plan", [&] { return plan(std::move(kernels), options.donate); });
  if (verify_stages) verify(pipeline.plan);
  return pipeline;
}

}  // namespace accrue
