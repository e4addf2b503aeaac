#include "tests/gpu/corpus.h"

#include "tests/support/compare.h"
#include "tests/support/random_values.h"

namespace accrue::test {
namespace {

using Outputs = std::vector<NamedExpr>;

std::string difference_of(const Tensors& actual, const Tensors& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (const std::string found = difference(to_array(actual[i].to(cpu())), to_array(expected[i]));
        !found.empty())
      return (expected.begin() + static_cast<std::ptrdiff_t>(i))->name + " " + found;
  return {};
}

}  // namespace

std::vector<CorpusCase> corpus(std::int64_t scale) {
  const std::int64_t n = scale;
  return {
      {"maps and casts",
       float32,
       {37, 101 * n},
       [](const Expr& x) {
         return Outputs{{"y", cast(x * 2 + 1, int16)}, {"z", maximum(x, 0)}};
       }},
      {"narrow integers, transposed",
       int8,
       {64, 65 * n},
       [](const Expr& x) {
         return Outputs{{"y", transpose(x, 0, 1) + 1}};
       }},
      {"one long row",
       float32,
       {40000 * n},
       [](const Expr& x) {
         return Outputs{{"y", cumsum(x, 0) * 2}, {"z", cummax(x, 0)}};
       }},
      {"one long row in float64",
       float64,
       {20000 * n},
       [](const Expr& x) {
         return Outputs{{"y", cumsum(x, 0, {.exclusive = true, .reverse = true})}};
       }},
      {"a cast into a scan",
       bfloat16,
       {30, 1000 * n},
       [](const Expr& x) {
         return Outputs{{"y", cumsum(x, 1, {.dtype = float32})}};
       }},
      {"rows and columns, exclusive and reverse",
       float32,
       {37 * n, 300},
       [](const Expr& x) {
         return Outputs{{"rows", cumsum(x, 1, {.exclusive = true})},
                        {"columns", cumsum(x, 0, {.reverse = true})}};
       }},
      {"short rows",
       float32,
       {700 * n, 19},
       [](const Expr& x) {
         return Outputs{{"y", cumsum(x, 1)}};
       }},
      {"few columns",
       float32,
       {5000 * n, 3},
       [](const Expr& x) {
         return Outputs{{"y", cumsum(x, 0)}};
       }},
      {"a middle dim",
       int32,
       {5, 100 * n, 17},
       [](const Expr& x) {
         return Outputs{{"y", cumsum(x, 1, {.dtype = int64})}, {"z", cumprod(x, 1)}};
       }},
      {"a row's value that comes back",
       float32,
       {20, 500 * n},
       [](const Expr& x) {
         const Expr largest = max(x, {1}, {.keepdim = true});
         return Outputs{{"y", cumsum(x - largest, 1)}, {"largest", largest}, {"where", argmax(x, 1)}};
       }},
      {"a scan of a scan",
       float32,
       {4, 3000 * n},
       [](const Expr& x) {
         return Outputs{{"y", cummax(cumsum(x, 1), 1)}, {"total", sum(x, {1})}};
       }},
      {"kernels one after another",
       float32,
       {64, 64 * n},
       [](const Expr& x) {
         const Expr rows = cumsum(x, 1);
         return Outputs{{"y", cumsum(rows, 0)}, {"z", transpose(rows, 0, 1)}};
       }},
      {"a matrix product of integers",
       int32,
       {33, 40 * n},
       [](const Expr& x) {
         return Outputs{{"y", matmul(x, transpose(x, 0, 1))}};
       }},
  };
}

std::string first_difference(const CorpusCase& one, Device gpu, int repeats) {
  Graph g;
  const Outputs outputs = one.build(g.input("x", one.dtype, one.shape));
  Random random(1);
  const Program on_cpu = compile(g, outputs), on_gpu = compile(g, outputs, {.device = gpu});
  const Tensor x = to_tensor(random_values(random, one.dtype, one.shape)), there = x.to(gpu);
  const Tensors expected = on_cpu.run({{"x", x}});
  if (auto found = difference_of(on_gpu.run({{"x", x}}), expected); !found.empty()) return found;
  if (auto found = difference_of(on_gpu.run({{"x", there}}), expected); !found.empty())
    return found + " (input on the GPU)";
  const BoundProgram bound = on_gpu.bind({{"x", there}});
  for (int i = 2; i < repeats + 2; ++i) {
    bound.run();
    if (auto found = difference_of(bound.results(), expected); !found.empty())
      return found + " (run " + std::to_string(i + 1) + ")";
  }
  return {};
}

}  // namespace accrue::test
