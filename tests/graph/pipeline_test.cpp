// The pipeline as a whole: what is selected, which stages run, and what they say when they are asked wrongly.
#include "graph/pipeline.h"

#include <algorithm>

#include "accrue/ops.hpp"
#include "graph/reference.h"
#include "graph/verify.h"
#include "tests/support/catch.h"
#include "tests/support/compare.h"
#include "tests/support/message_of.h"

namespace accrue::test {

namespace {

/// y = flip(cumsum(flip(cast(x)))) * 1 + (2 - 1): something for every rewrite.
struct Example {
  Graph g;
  Expr x = g.input("x", int32, {3, 40});
  Expr unused = g.input("unused", float32, {2});
  Expr y =
      flip(cumsum(flip(cast(x, float64), 1), 1, {.dtype = float32}), 1) * 1 + (g.constant(2.0, float32) - 1);
  Expr not_needed = exp(unused);
};

std::vector<std::string> stages_of(const Pipeline& p, bool changed_only = false) {
  std::vector<std::string> names;
  for (const StageLog& stage : p.stages)
    if (stage.changed || !changed_only) names.push_back(stage.name);
  return names;
}

std::vector<Array> values_of(const Arena& graph) {
  Array x(int32, {3, 40}), unused(float32, {2});
  for (std::size_t i = 0; i < x.bytes.size(); ++i) x.bytes[i] = static_cast<std::byte>(i * 37 % 251);
  return evaluate(graph, {{"x", x}, {"unused", unused}});
}

}  // namespace

TEST_CASE("select takes what the outputs need, and every declared input") {
  Example e;
  const Arena selected = select(e.g, {{"y", e.y}});
  CHECK(selected.inputs().size() == 2);
  REQUIRE(selected.outputs.size() == 1);
  CHECK(selected.outputs[0].name == "y");
  for (NodeId id = 0; id < selected.size(); ++id) CHECK(op_name(selected[id]) != "exp");
  CHECK(select(e.g, {{"y", e.y}}, false).inputs().size() == 1);
}

TEST_CASE("select takes the out bindings of the nodes that are needed") {
  Graph g;
  const Expr x = g.input("x", float32, {4});
  const Expr y = cumsum(x, 0), not_needed = cumsum(-x, 0);
  g.arena()->outs = {{not_needed.id(), Tensor()}, {y.id(), Tensor()}};
  const Arena selected = select(g, {{"z", y + 1}});
  REQUIRE(selected.outs.size() == 1);
  CHECK(op_name(selected[selected.outs[0].node]) == "cumsum");
  CHECK(selected[selected.outs[0].node].inputs[0] == selected.inputs()[0]);
}

TEST_CASE("select refuses outputs that are none") {
  Example e;
  Graph other;
  const Expr foreign = other.input("x", float32, {2});
  CHECK(message_of([&] { select(e.g, {}); }) == "compile: no outputs; name at least one value");
  CHECK(message_of([&] {
          select(e.g, {{"y", Expr()}});
        }) == "compile: output \"y\" is an empty Expr; assign a value first");
  CHECK(message_of([&] {
          select(e.g, {{"y", foreign}});
        }) == "compile: output \"y\" is a value of another graph; all outputs are of the one compiled");
  CHECK(message_of([&] {
          select(e.g, {{"y", e.y}, {"y", e.x}});
        }) == "compile: the name \"y\" stands for two outputs; names are unique");
  CHECK(message_of([&] {
          select(e.g, {{"2y", e.y}});
        }) ==
        "compile: \"2y\" cannot name an output; it takes letters, digits and _, starts with no digit, and is "
        "no "
        "word of the script language");
}

TEST_CASE("every stage runs in its order, and says whether it changed the graph") {
  Example e;
  const Pipeline p = run_pipeline(select(e.g, {{"y", e.y}}), {}, true);
  CHECK(stages_of(p) == std::vector<std::string>{"fold_constants", "fold_views", "simplify", "fold_casts",
                                                 "scan_algebra", "drop_dead", "fuse", "plan"});
  const Pipeline again = run_pipeline(drop_dead(*p.plan.kernels.graph), {}, true);
  CHECK(stages_of(again, true) == std::vector<std::string>{"fuse", "plan"});
}

TEST_CASE("the rewrites together: one scan is left, in one kernel, of the same bits") {
  Example e;
  const Arena before = select(e.g, {{"y", e.y}});
  const Pipeline p = run_pipeline(select(e.g, {{"y", e.y}}), {}, true);
  const Arena& after = *p.plan.kernels.graph;
  CHECK(after.size() == 5);  // the inputs, the scan, 1 and the sum
  CHECK(p.plan.kernels.kernels.size() == 1);
  CHECK(difference(values_of(after)[0], values_of(before)[0]) == "");
}

TEST_CASE("each rewrite, and fusion, can be switched off by its name") {
  Example e;
  for (std::string_view name : optional_stages()) {
    CompileOptions options;
    options.disable = {std::string(name)};
    const Pipeline p = run_pipeline(select(e.g, {{"y", e.y}}), options, true);
    const std::vector<std::string> stages = stages_of(p);
    INFO(name);
    CHECK(std::find(stages.begin(), stages.end(), name) == stages.end());
    CHECK(stages.size() == optional_stages().size() + (name == "fusion" ? 1 : 0));
    CHECK(difference(values_of(*p.plan.kernels.graph)[0], values_of(*p.built)[0]) == "");
  }
}

TEST_CASE("without fusion every node is a kernel") {
  Example e;
  CompileOptions options;
  options.disable = {"fusion"};
  CHECK(run_pipeline(select(e.g, {{"y", e.y}}), options, true).plan.kernels.kernels.size() == 2);
}

TEST_CASE("a name that no stage has is refused") {
  Example e;
  CompileOptions options;
  options.disable = {"simplify", "fold_cast"};
  CHECK(message_of([&] {
          run_pipeline(select(e.g, {{"y", e.y}}), options, true);
        }) ==
        "compile: there is no rewrite \"fold_cast\" to disable; did you mean \"fold_casts\"? There are "
        "fold_constants, fold_views, simplify, fold_casts, scan_algebra, drop_dead, fusion");
}

TEST_CASE("verify finds an output that is no node, and an out of another shape") {
  Graph g;
  const Expr x = g.input("x", float32, {4});
  const Expr y = cumsum(x, 0);
  g.arena()->outputs = {{"y", 99}};
  CHECK_THROWS_AS(verify(*g.arena()), InternalError);
  g.arena()->outputs = {{"y", y.id()}};
  verify(*g.arena());
  g.arena()->outs.push_back({y.id(), Tensor()});
  CHECK_THROWS_WITH(verify(*g.arena()),
                    ContainsSubstring("the out of %1 (cumsum), float32[4], is float32\n") &&
                        ContainsSubstring("y: float32[4] = cumsum(x, dim=0"));
}

}  // namespace accrue::test
