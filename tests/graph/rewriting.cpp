#include "tests/graph/rewriting.h"

#include <cstring>
#include <limits>
#include <map>
#include <random>

#include "accrue/text.hpp"
#include "graph/element_types.h"
#include "graph/reference.h"
#include "graph/rewrite.h"
#include "graph/text/print.h"
#include "graph/verify.h"
#include "tests/support/catch.h"
#include "tests/support/compare.h"

namespace accrue::test {

namespace {

Arena graph_of(const std::string& script) {
  ParsedScript parsed = parse(script);
  Arena graph = std::move(*parsed.graph.arena());
  for (const NamedExpr& output : parsed.outputs) graph.outputs.push_back({output.name, output.expr.id()});
  return drop_dead(graph);
}

Arena rewritten(std::string_view name, const Arena& graph) {
  Arena result = drop_dead(graph);
  for (const Rewrite& rewrite : rewrites())
    if (name == "all" || name == rewrite.name) {
      result = rewrite.apply(result);
      verify(result);
    }
  return drop_dead(result);
}

/// Whether the outputs are the same operations on the same inputs, in whatever order the nodes stand: put
/// into one graph they are the same nodes.
bool same_outputs(const Arena& a, const Arena& b) {
  Arena both;
  std::map<std::string_view, NodeId> inputs;
  const auto put = [&](const Arena& graph) {
    std::vector<NodeId> place(graph.size());
    for (NodeId id = 0; id < graph.size(); ++id) {
      Node node = graph[id];
      for (NodeId& input : node.inputs) input = place[input];
      if (node.kind != Kind::input) {
        place[id] = both.add(node);
      } else if (const auto known = inputs.find(node.name); known != inputs.end()) {
        place[id] = known->second;
      } else {
        place[id] = both.add(node);
        inputs[both[place[id]].name] = place[id];
      }
    }
    std::vector<NodeId> outputs;
    for (const Arena::Output& output : graph.outputs) outputs.push_back(place[output.node]);
    return outputs;
  };
  return put(a) == put(b);
}

/// Elements of any bits, every third a number where rewrites go wrong.
template <class S>
void draw(std::mt19937_64& random, Array& out) {
  using T = scalar::compute_t<S>;
  using Limits = std::numeric_limits<T>;
  const T special[] = {T(0),
                       T(1),
                       Limits::lowest(),
                       Limits::max(),
                       scalar::lowest_of<T>(),
                       scalar::highest_of<T>(),
                       static_cast<T>(-0.0),
                       Limits::quiet_NaN()};
  const auto count = static_cast<std::size_t>(elements(out.shape));
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint64_t bits = random();
    T value = special[bits % std::size(special)];
    if (bits / 8 % 3 != 0) value = scalar::convert<T>(static_cast<double>(bits % 2001) / 8 - 125);
    elements_as<S>(out)[i] = scalar::Store<S>::from(value);
  }
}

std::map<std::string, Array> draw_inputs(const Arena& graph, std::uint64_t seed) {
  static constexpr auto draws = table_by_dtype([]<class S>() { return &draw<S>; });
  std::mt19937_64 random(seed);
  std::map<std::string, Array> inputs;
  for (NodeId id : graph.inputs()) {
    Array value(graph[id].dtype, graph[id].shape);
    at(draws, value.dtype)(random, value);
    inputs.emplace(graph[id].name, std::move(value));
  }
  return inputs;
}

void check_same_values(const Arena& a, const Arena& b) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const auto inputs = draw_inputs(a, seed);
    const std::vector<Array> before = evaluate(a, inputs), after = evaluate(b, inputs);
    REQUIRE(before.size() == after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      INFO("seed " << seed << ", output " << a.outputs[i].name);
      CHECK(difference(after[i], before[i]) == "");
    }
  }
}

}  // namespace

void check_rewrite(std::string_view rewrite, const std::string& before, const std::string& after) {
  const Arena from = graph_of(before), expected = graph_of(after);
  const Arena to = rewritten(rewrite, from);
  INFO("before:\n" << print(from) << "after:\n" << print(to) << "expected:\n" << print(expected));
  CHECK(same_outputs(to, expected));
  CHECK(same_outputs(rewritten(rewrite, to), to));
  check_same_values(from, to);
}

}  // namespace accrue::test
