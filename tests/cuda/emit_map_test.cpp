// Kernels of maps and casts as CUDA C++, on the emulator: the reference's bits.
#include <deque>

#include "accrue/accrue.hpp"
#include "graph/pipeline.h"
#include "tests/cuda/emulated_batch.h"
#include "tests/support/catch.h"
#include "tests/support/compare.h"
#include "tests/support/message_of.h"
#include "tests/support/random_layout.h"
#include "tests/support/random_values.h"

namespace accrue::test {
namespace {

constexpr DType all_dtypes[] = {boolean, int8,   int16,   int32,    int64,   uint8,  uint16,
                                uint32,  uint64, float16, bfloat16, float32, float64};

std::string name_of(DType dtype) { return std::string(to_string(dtype)); }

/// The function of three operands of a dtype (where's first is a bool), or an empty Expr where it takes none
/// such.
Expr map_of(const FnInfo& fn, const Expr& condition, const std::vector<Expr>& operands) {
  const auto arity = static_cast<std::size_t>(fn.spec.arity);
  std::vector<Operand> given(operands.begin(), operands.begin() + static_cast<std::ptrdiff_t>(arity));
  if (fn.spec.unpromoted > 0) given[0] = condition;
  try {
    if (arity == 1) return detail::map(fn.name, {given[0]});
    return arity == 2 ? detail::map(fn.name, {given[0], given[1]})
                      : detail::map(fn.name, {given[0], given[1], given[2]});
  } catch (const Error&) {
    return {};
  }
}

}  // namespace

TEST_CASE("emulated kernels: casts of every dtype to every other") {
  EmulatedBatch batch;
  Random random(1);
  for (const DType from : all_dtypes) {
    Graph graph;
    const Expr x = graph.input("x", from, {203});
    std::vector<NamedExpr> outputs;
    for (const DType to : all_dtypes) outputs.push_back({"to_" + name_of(to), cast(x, to)});
    batch.add("cast of " + name_of(from), graph, outputs,
              {{"x", to_tensor(random_values(random, from, {203}))}});
  }
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: every function of every dtype") {
  EmulatedBatch batch;
  Random random(2);
  for (const DType dtype : all_dtypes) {
    Graph graph;
    const Expr condition = graph.input("condition", boolean, {150});
    const std::vector<Expr> x = {graph.input("a", dtype, {150}), graph.input("b", dtype, {150}),
                                 graph.input("c", dtype, {150})};
    std::vector<NamedExpr> outputs;
    for (const FnInfo& fn : fn_infos) {
      const Expr value = map_of(fn, condition, x);
      if (!value.is_empty()) outputs.push_back({"fn_" + std::string(fn.name), value});
    }
    const auto values = [&](DType of) { return to_tensor(random_values(random, of, {150})); };
    batch.add(
        "functions of " + name_of(dtype), graph, outputs,
        {{"condition", values(boolean)}, {"a", values(dtype)}, {"b", values(dtype)}, {"c", values(dtype)}});
  }
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: views, broadcasts, iotas and constants of shapes around a run's length") {
  EmulatedBatch batch;
  Random random(3);
  for (const std::int64_t n : {0, 1, 3, 4, 5, 31, 32, 33, 127, 300})
    for (const DType dtype : {boolean, int16, float16, float32, float64}) {
      Graph graph;
      const Expr x = graph.input("x", dtype, {3, n, 5}), row = graph.input("row", dtype, {n, 1});
      const Expr y = where(ne(x, row), x, row);
      batch.add("n = " + std::to_string(n), graph,
                {{"plain", y},
                 {"turned", transpose(y, 0, 2)},
                 {"flipped", flip(x, 1)},
                 {"counted", cast(arange(graph, 0, n), float16) + cast(transpose(x, 1, 2), float16)},
                 {"stepped", slice(x, {{0, 3, 2}, {0, n, 1}, {4, 0, -1}})}},
                {{"x", to_tensor(random_values(random, dtype, {3, n, 5}))},
                 {"row", to_tensor(random_values(random, dtype, {n, 1}))}});
    }
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: a map of many loads") {
  EmulatedBatch batch;
  Random random(5);
  for (const int count : {31, 33, 300}) {
    Graph graph;
    std::deque<std::string> names;
    std::vector<NamedTensor> inputs;
    Expr sum = graph.input("x", float32, {7, 9});
    inputs.push_back({"x", to_tensor(random_values(random, float32, {7, 9}))});
    for (int i = 1; i < count; ++i) {
      const std::string& name = names.emplace_back("x" + std::to_string(i));
      const Expr x = graph.input(name, float32, {7, 9});
      sum = i % 5 == 0 ? sum * x + x : sum - x;
      inputs.push_back({name, to_tensor(random_values(random, float32, {7, 9}))});
    }
    batch.add(std::to_string(count) + " loads", graph, {{"sum", sum + cast(arange(graph, 0, 9), float32)}},
              inputs);
  }
  CHECK(batch.first_difference() == "");
}

TEST_CASE("a kernel with more parameters than a launch takes is refused") {
  Graph graph;
  Expr sum = graph.input("x", float32, {9});
  for (int i = 1; i < 512; ++i) sum = sum + graph.input("x" + std::to_string(i), float32, {9});
  const auto plan = std::make_shared<const Plan>(run_pipeline(select(graph, {{"sum", sum}}), {}, true).plan);
  CHECK(gpu::LoweredKernels(plan).row_major()[0].launches[0].parameters.size() == 4120);
  CHECK(message_of([&] { gpu::LoweredKernels(plan, {.parameter_bytes = 4096}); }) ==
        "compile: kernel k0 has 4120 bytes of parameters; a launch takes 4096 here (CUDA before 12.1: 4096, "
        "since: 32764); {.disable = {\"fusion\"}} makes smaller kernels");
}

TEST_CASE("emulated kernels: inputs and outs may lie in memory in any way") {
  EmulatedBatch batch;
  Random random(4);
  std::vector<GuardedTensor> outs;
  for (int i = 0; i < 60; ++i) {
    const DType dtype = all_dtypes[random.below(dtype_count)];
    const Shape shape{random.between(1, 6), random.between(1, 9), random.between(1, 40)};
    Graph graph;
    const Expr x = graph.input("x", dtype, shape);
    const GuardedTensor in = random_layout(random, random_values(random, dtype, shape));
    outs.push_back(random_layout(random, Array(float32, shape)));
    batch.add("layout " + std::to_string(i), graph, {{"y", cast(x, float32)}}, {{"x", in.tensor()}},
              {{"y", outs.back().tensor()}});
  }
  CHECK(batch.first_difference() == "");
  for (const GuardedTensor& out : outs) CHECK(out.gaps_intact());
}

}  // namespace accrue::test
