#include "tests/gpu/corpus.h"

#include <cmath>

#include "tests/support/compare.h"
#include "tests/support/random_values.h"

namespace accrue::test {
namespace {

using Outputs = std::vector<CorpusOutput>;

Tensor moderate_values(Random& random, DType dtype, const Shape& shape) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < elements(shape); ++i) values.push_back(16 * random.uniform() - 8);
  Graph g;
  return eval(cast(g.constant(Tensor::copy_of<double>(values, shape)), dtype));
}

// ------------------------------------------------------------------------------ functions, and their errors

/// What a unit in the last place is at most, relative to the number, and the smallest number.
struct Precision {
  double unit, smallest;
};
Precision precision_of(DType dtype) {
  if (dtype == DType::float64) return {0x1p-52, 0x1p-1074};
  return dtype == DType::float16 ? Precision{0x1p-10, 0x1p-24} : Precision{0x1p-23, 0x1p-149};
}

Expr units_in_last_place(double count, const Expr& value) {
  const Precision p = precision_of(value.dtype());
  return cast(abs(value), float64) * (count * p.unit) + count * p.smallest;
}

/// The CPU's bound (ops.hpp) and CUDA's (src/cuda/README.md), which counts from the rounded result: half a
/// unit more. Of 16-bit floats both are far below a unit, so that the two are neighbours at most.
CorpusOutput inexact(const std::string& name, const Expr& value, double cpu_units, double cuda_units) {
  const double units = value.dtype() == DType::float16 ? 1 : cpu_units + cuda_units + 0.5;
  return {name, value, units_in_last_place(units, value)};
}

Outputs functions(const Expr& x) {
  const Expr positive = abs(x) + 0.01;
  return {inexact("exp", exp(x), 1, 2),
          inexact("expm1", expm1(x), 1.1, 1),
          inexact("log", log(positive), 1, 1),
          inexact("log1p", log1p(positive), 1.1, 1),
          inexact("log2", log2(positive), 1, 1),
          inexact("sin", sin(x), 1, 2),
          inexact("cos", cos(x), 1, 2),
          inexact("tan", tan(x), 3, 6),
          inexact("tanh", tanh(x), 1.1, 2),
          inexact("sigmoid", sigmoid(x), 3, 4),
          inexact("erf", erf(x), 2.1, 2),
          inexact("pow", pow(positive, x), 2, 4),
          inexact("atan2", atan2(x, positive), 2, 3)};
}

/// A product of floats is within the bound that ops.hpp states; 16-bit results are rounded on top of it.
CorpusOutput product(const std::string& name, const Expr& a, const Expr& b) {
  const Expr y = matmul(a, b);
  const double unit = y.dtype() == DType::float64 ? 0x1p-52 : 0x1p-23;
  const auto depth = static_cast<double>(a.shape().back());
  Expr allowed = matmul(abs(cast(a, float64)), abs(cast(b, float64))) * (depth * unit);
  if (y.dtype() == DType::float16) allowed = allowed + units_in_last_place(1, y);
  return {name, y, allowed};
}

// ------------------------------------------------------------------------------------------------ comparing

struct Expected {
  std::string name;
  Array value;
  std::optional<Array> allowed;
};

std::string allowance_of(const CorpusOutput& output) { return output.name + "_allowed"; }

std::vector<Expected> run_on_cpu(const Graph& g, const Outputs& outputs, const Tensor& x) {
  std::vector<NamedExpr> all;
  for (const CorpusOutput& output : outputs) {
    all.push_back({output.name, output.value});
    if (output.allowed) all.push_back({allowance_of(output), *output.allowed});
  }
  const Tensors found = compile(g, all).run({{"x", x}});
  std::vector<Expected> expected;
  for (const CorpusOutput& output : outputs) {
    Expected& one = expected.emplace_back(Expected{output.name, to_array(found[output.name]), std::nullopt});
    if (output.allowed) one.allowed = to_array(found[allowance_of(output)]);
  }
  return expected;
}

bool is_near(const Array& actual, const Expected& expected, std::int64_t i) {
  const double a = element_as_double(actual, i), e = element_as_double(expected.value, i);
  if (a == e || (std::isnan(a) && std::isnan(e))) return true;
  return std::abs(a - e) <= element_as_double(*expected.allowed, i);
}

std::string difference_of(const Array& actual, const Expected& expected) {
  if (!expected.allowed) return difference(actual, expected.value);
  for (std::int64_t i = 0; i < elements(actual.shape); ++i)
    if (!is_near(actual, expected, i))
      return "at " + std::to_string(i) + ": " + element_text(actual, i) + ", expected " +
             element_text(expected.value, i) + ", give or take " + element_text(*expected.allowed, i);
  return {};
}

/// Of a run on the GPU. The first one is compared with the CPU's, and what may differ from it is then held
/// to.
class Comparison {
 public:
  explicit Comparison(std::vector<Expected> expected) : expected_(std::move(expected)) {}

  std::string difference_of(const Tensors& actual) {
    for (Expected& expected : expected_) {
      Array found = to_array(actual[expected.name].to(cpu()));
      if (std::string text = test::difference_of(found, expected); !text.empty())
        return expected.name + " " + text;
      expected.value = std::move(found);
      expected.allowed.reset();
    }
    return {};
  }

 private:
  std::vector<Expected> expected_;
};

// ------------------------------------------------------------------------------------------------ the cases

std::vector<CorpusCase> exact_cases(std::int64_t n) {
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

std::vector<CorpusCase> inexact_cases(std::int64_t n) {
  return {
      {"functions that are not exactly rounded", float32, {700 * n}, functions, true},
      {"the same in float64", float64, {700 * n}, functions, true},
      {"the same in float16", float16, {700 * n}, functions, true},
      {"softmax and its like",
       float32,
       {30, 100 * n},
       [](const Expr& x) {
         // The bounds of exp and log, and of the sums that they go into.
         const auto within = [](const Expr& value) { return units_in_last_place(10, value); };
         const Expr shares = softmax(x, 1), total = logsumexp(x, {1});
         return Outputs{{"softmax", shares, within(shares)}, {"logsumexp", total, within(total)}};
       },
       true},
      {"matrix products of floats",
       float32,
       {3, 65, 60 * n},
       [](const Expr& x) {
         const Expr turned = transpose(x, 1, 2), half = cast(x, float16), wide = cast(x, float64);
         return Outputs{product("plain", x, turned), product("turned", turned, x),
                        product("wide", wide, transpose(wide, 1, 2)),
                        product("half", half, transpose(half, 1, 2)),
                        product("strided", slice(x, 2, {0, 60, 2}), slice(turned, 1, {0, 60, 2}))};
       },
       true},
  };
}

}  // namespace

std::vector<CorpusCase> corpus(std::int64_t scale) {
  std::vector<CorpusCase> cases = exact_cases(scale);
  const std::vector<CorpusCase> others = inexact_cases(scale);
  cases.insert(cases.end(), others.begin(), others.end());
  return cases;
}

std::string first_difference(const CorpusCase& one, Device gpu, int repeats) {
  Graph g;
  const Outputs outputs = one.build(g.input("x", one.dtype, one.shape));
  Random random(1);
  const Tensor x = one.moderate ? moderate_values(random, one.dtype, one.shape)
                                : to_tensor(random_values(random, one.dtype, one.shape));
  Comparison with_cpu(run_on_cpu(g, outputs, x));

  std::vector<NamedExpr> values;
  for (const CorpusOutput& output : outputs) values.push_back({output.name, output.value});
  const Program program = compile(g, values, {.device = gpu});
  const Tensor there = x.to(gpu);
  if (auto found = with_cpu.difference_of(program.run({{"x", x}})); !found.empty()) return found;
  if (auto found = with_cpu.difference_of(program.run({{"x", there}})); !found.empty())
    return found + " (input on the GPU)";
  const BoundProgram bound = program.bind({{"x", there}});
  for (int i = 2; i < repeats + 2; ++i) {
    bound.run();
    if (auto found = with_cpu.difference_of(bound.results()); !found.empty())
      return found + " (run " + std::to_string(i + 1) + ")";
  }
  return {};
}

}  // namespace accrue::test
