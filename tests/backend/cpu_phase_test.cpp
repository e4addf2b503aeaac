// Kernels of several phases: what needs a whole row first. Short rows stay in one tile, long ones are read
// again.
#include "tests/backend/cpu_check.h"
#include "tests/support/catch.h"

namespace accrue::test {
namespace {

/// Chains that wait for a row once, twice, or after a scan.
std::vector<NamedValue> chains(const Expr& x, int dim) {
  const Expr largest = max(x, dim, {.keepdim = true});
  const Expr weights = 1 / (1 + square(x - largest));
  const Expr running = cumsum(abs(x), dim);
  const Expr centred = x - mean(x, dim, {.keepdim = true});
  return {{"weights", weights / sum(weights, dim, {.keepdim = true})},
          {"cumulative weights", cumsum(weights, dim) / sum(weights, dim, {.keepdim = true})},
          {"normalised", centred / sqrt(mean(square(centred), dim, {.keepdim = true}) + 1e-5f)},
          {"share of the total", running / max(running, dim, {.keepdim = true})},
          {"scan of a scan", cummax(cumsum(x, dim) * 2, dim)},
          {"drawdown", min(running / cummax(running, dim) - 1, dim)},
          {"before the end", cumsum(x, dim, {.reverse = true}) - cumsum(x, dim, {.exclusive = true})},
          {"of the row alone", sum(x, dim) * 2 + 1},
          {"where the largest is", argmax(cumsum(x, dim, {.dtype = int32}), dim)}};
}

void check_chains(const Shape& shape, int dim, const std::vector<CompileOptions>& settings) {
  Graph graph;
  const Expr x = graph.input("x", float32, shape);
  const std::vector<NamedValue> values = chains(x, dim);
  const std::vector<NamedTensor> inputs = {{"x", numbers(float32, shape, 3)}};
  const std::string what = to_string(shape) + " along " + std::to_string(dim);
  require_same(graph, values, inputs, settings, what + ", together");
  for (const NamedValue& value : values) require_same(graph, {value}, inputs, settings, what);
}

}  // namespace

TEST_CASE("phases over rows that fit in a tile") {
  const std::vector<CompileOptions> settings = every_instruction_set({1, 3});
  check_chains({40, 333}, 1, settings);
  check_chains({333, 40}, 0, settings);
  check_chains({3, 100, 7}, 1, settings);
  check_chains({1}, 0, settings);
}

TEST_CASE("phases over rows longer than a tile") {
  const std::vector<CompileOptions> settings = threads({1, 2, 3, 8});
  check_chains({300000}, 0, settings);
  check_chains({40000, 17}, 0, settings);
  check_chains({2, 70000, 2}, 1, settings);
  check_chains({12, 100000}, 1, threads({1, 3}));
}

TEST_CASE("phases with exp and log: the same bits fused or not, for any threads and instruction set") {
  const struct {
    Shape shape;
    int dim;
  } cases[] = {{{40, 333}, 1}, {{333, 40}, 0}, {{300000}, 0}, {{2, 70000, 2}, 1}};
  for (const auto& [shape, dim] : cases) {
    Graph graph;
    const Expr x = graph.input("x", float32, shape);
    const Expr weights = exp(x - max(x, dim, {.keepdim = true}));
    const std::vector<NamedExpr> outputs = {
        {"softmax", softmax(x, dim)},
        {"cumulative", cumsum(weights, dim) / sum(weights, dim, {.keepdim = true})},
        {"log_softmax", log_softmax(x, dim)},
        {"logsumexp", logsumexp(x, dim)}};
    const std::vector<NamedTensor> inputs = {{"x", numbers(float32, shape, 3)}};
    const Tensors expected = compile(graph, outputs, {.threads = 1, .disable = {"fusion"}}).run(inputs);
    for (const CompileOptions& options : every_instruction_set({1, 2, 8})) {
      const Tensors actual = compile(graph, outputs, options).run(inputs);
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        INFO(outputs[i].name << ", " << to_string(shape) << ", " << options.threads << " threads, "
                             << options.instruction_set);
        CHECK(difference(to_array(actual[i]), to_array(expected[i])) == "");
      }
    }
  }
}

TEST_CASE("a scan's input may be all that a program writes over") {
  Graph graph;
  const Expr x = graph.input("x", float32, {100000});
  const Tensor input = numbers(float32, {100000});
  const Tensor expected =
      compile(graph, {{"y", cumsum(x, 0) / sum(x)}}, {.threads = 1}).run({{"x", input}})[0];
  for (const int count : {1, 2, 8}) {
    Tensor both = numbers(float32, {100000});
    compile(graph, {{"y", cumsum(x, 0) / sum(x)}}, {.threads = count, .parallel_elements = 1})
        .run({{"x", both}}, {{"y", both}});
    CHECK(difference(to_array(both), to_array(expected)) == "");
  }
}

}  // namespace accrue::test
