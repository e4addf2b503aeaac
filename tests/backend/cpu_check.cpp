#include "tests/backend/cpu_check.h"

#include "src/cpu/isa.h"
#include "tests/support/catch.h"
#include "tests/support/runners.h"

namespace accrue::test {

Tensor numbers(DType dtype, const Shape& shape, double limit, std::uint64_t seed) {
  std::vector<double> values(static_cast<std::size_t>(elements(shape)));
  std::uint64_t state = seed;
  for (double& value : values) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value = static_cast<double>(static_cast<std::int64_t>(state) >> 32) * 0x1p-31 * limit;
  }
  Graph graph;
  const Expr wide = graph.constant(Tensor::copy_of<double>(values, shape));
  return eval(cast(wide, dtype), {.device = reference()});
}

void require_same(const Graph& graph, const std::vector<NamedValue>& values,
                  const std::vector<NamedTensor>& inputs, const std::vector<CompileOptions>& settings,
                  const std::string& what) {
  std::vector<NamedExpr> outputs;
  for (std::size_t i = 0; i < values.size(); ++i)
    outputs.push_back({"o" + std::to_string(i), values[i].value});
  const std::vector<Tensor> expected = run_reference(graph, outputs, inputs);
  std::vector<Array> given;
  for (const NamedTensor& input : inputs) given.push_back(to_array(input.tensor));
  for (const CompileOptions& options : settings) {
    const Tensors actual = compile(graph, outputs, options).run(inputs);
    for (std::size_t i = 0; i < values.size(); ++i) {
      INFO(values[i].name << ", " << what << ", " << options.threads << " threads, "
                          << options.instruction_set << (options.stream_bytes > 0 ? ", streamed" : ""));
      REQUIRE(difference(to_array(actual[i]), to_array(expected[i])) == "");
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      INFO("input " << inputs[i].name << ", "
                    << what);  // a kernel reads it where it lies, and never writes there
      REQUIRE(difference(to_array(inputs[i].tensor), given[i]) == "");
    }
  }
}

std::vector<CompileOptions> every_instruction_set(const std::vector<int>& threads) {
  std::vector<CompileOptions> settings;
  for (const host::IsaBuild& build : host::usable_isa_builds())
    for (const int count : threads)
      for (const std::size_t stream_bytes : {0, 1})
        settings.push_back({.threads = count,
                            .parallel_elements = 1,
                            .instruction_set = std::string(build.name),
                            .stream_bytes = stream_bytes});
  return settings;
}

std::vector<CompileOptions> threads(const std::vector<int>& counts) {
  std::vector<CompileOptions> settings;
  for (const int count : counts) settings.push_back({.threads = count, .parallel_elements = 1});
  return settings;
}

}  // namespace accrue::test
