// The functions that are not exactly rounded, on the CPU: one algorithm for every instruction set, lane and
// tail, and errors within what ops.hpp states.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <vector>

#include "graph/op_table.h"
#include "src/cpu/isa.h"
#include "tests/backend/cpu_check.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

namespace accrue::test {
namespace {

/// The functions in a wider type.
using Exact = std::function<long double(long double, long double)>;

long double exact_sigmoid(long double x) { return 1 / (1 + std::exp(-x)); }

#define UNARY(name)                                                \
  {                                                                \
#name, [](long double x, long double) { return std::name(x); } \
  }
const std::map<std::string, Exact, std::less<>> exact_functions = {
    UNARY(exp),
    UNARY(expm1),
    UNARY(log),
    UNARY(log1p),
    UNARY(log2),
    UNARY(sin),
    UNARY(cos),
    UNARY(tan),
    UNARY(tanh),
    UNARY(erf),
    {"sigmoid", [](long double x, long double) { return exact_sigmoid(x); }},
    {"pow", [](long double x, long double y) { return std::pow(x, y); }},
    {"atan2", [](long double y, long double x) { return std::atan2(y, x); }}};
#undef UNARY

struct Function {
  std::string name;
  std::size_t index;
};

std::vector<Function> inexact_functions() {
  std::vector<Function> found;
  for (std::size_t i = 0; i < fn_infos.size(); ++i)
    if (!fn_infos[i].spec.exact) found.push_back({std::string(fn_infos[i].name), i});
  return found;
}

/// The ulp that ops.hpp states for each operation: the accuracy line above its declaration.
std::map<std::string, double> stated_accuracies() {
  std::ifstream file(std::string(ACCRUE_SOURCE_DIR) + "/include/accrue/ops.hpp");
  std::map<std::string, double> stated;
  double accuracy = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("///   accuracy", 0) == 0)
      accuracy = std::stod(line.substr(line.find_first_of("0123456789")));
    const std::size_t name = line.find("Expr ");
    if (name == std::string::npos || line.rfind("///", 0) == 0) continue;
    if (accuracy != 0) stated[line.substr(name + 5, line.find('(') - name - 5)] = accuracy;
    accuracy = 0;
  }
  return stated;
}

/// Operands of one or two numbers, of a storage type.
template <class S>
struct Operands {
  std::vector<S> x, y;
};

template <class S>
std::vector<S> run_step(const host::IsaBuild& build, const Function& function, DType dtype,
                        const Operands<S>& operands) {
  std::vector<S> results(operands.x.size());
  build.tables->map[function.index][static_cast<int>(dtype)](results.data(), operands.x.data(),
                                                             operands.y.data(), nullptr,
                                                             static_cast<host::Index>(results.size()));
  return results;
}

bool is_nan(DType dtype, std::uint16_t x) {
  return std::isnan(dtype == DType::float16 ? scalar::float16_to_float(x) : scalar::bfloat16_to_float(x));
}
template <class T>
bool is_nan(DType, T x) {
  return std::isnan(x);
}

/// How many results differ in their bits (any NaN equals any NaN); shows the first.
template <class S>
std::size_t differences(DType dtype, const std::vector<S>& actual, const std::vector<S>& expected,
                        const Operands<S>& operands) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    if (std::memcmp(&actual[i], &expected[i], sizeof(S)) == 0) continue;
    if (is_nan(dtype, actual[i]) && is_nan(dtype, expected[i])) continue;
    if (count++ == 0)
      UNSCOPED_INFO("of " << operands.x[i] << ", " << operands.y[i] << ": " << actual[i] << ", expected "
                          << expected[i]);
  }
  return count;
}

template <class T>
std::vector<T> special_values() {
  using Limits = std::numeric_limits<T>;
  std::vector<T> values = {Limits::quiet_NaN()};
  for (const T x : {T(0),
                    T(1),
                    T(2),
                    T(3),
                    T(0.5),
                    T(1.5),
                    T(10),
                    T(15),
                    T(20),
                    T(100),
                    T(104),
                    T(709.5),
                    T(746),
                    T(0x1p24) + 1,
                    T(0x1p53) - 1,
                    T(1e10),
                    T(1e14),
                    T(1e15),
                    T(2e38),
                    1 + Limits::epsilon(),
                    1 - Limits::epsilon() / 2,
                    T(3.14159265358979323846),
                    T(1.57079632679489661923),
                    Limits::min(),
                    Limits::min() / 2,
                    Limits::denorm_min(),
                    Limits::max(),
                    Limits::max() / 2,
                    Limits::infinity()}) {
    values.push_back(x);
    values.push_back(-x);
  }
  return values;
}

/// Every pair of special values; then numbers of all magnitudes, each kind beside each other: from any bits;
/// evenly spread over ranges where the functions vary; and such that exp(x), or x to the y, is about the
/// largest or the least number.
template <class T>
Operands<T> samples(std::size_t count) {
  using Limits = std::numeric_limits<T>;
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  Operands<T> operands;
  const auto add = [&](double x, double y) {
    operands.x.push_back(static_cast<T>(x));
    operands.y.push_back(static_cast<T>(y));
  };
  for (const T x : special_values<T>())
    for (const T y : special_values<T>()) add(x, y);
  Random random(1);
  const auto within = [&](double limit) { return (2 * random.uniform() - 1) * limit; };
  const auto any_bits = [&] {
    return scalar::bit_copy<T>(static_cast<Bits>(random.bits() >> (64 - 8 * sizeof(T))));
  };
  const auto in_range = [&] { return within(random.one_of({1e-3, 1.0, 5.0, 20.0, 110.0, 750.0, 1e5})); };
  while (operands.x.size() < count) {
    const double edge = random.chance(50) ? Limits::max_exponent : Limits::min_exponent - Limits::digits;
    const double exponent = edge + within(random.one_of({1e-6, 1e-3, 2.0})), base = 1 + 9 * random.uniform();
    add(any_bits(), any_bits());
    add(any_bits(), in_range());
    add(in_range(), any_bits());
    add(in_range(), in_range());
    add(exponent * std::log(2.0), in_range());
    add(base, exponent / std::log2(base));
  }
  return operands;
}

template <class T>
constexpr DType dtype_of = sizeof(T) == 4 ? DType::float32 : DType::float64;

/// |actual - exact| in units of the last place that the exact value has in T; to infinity that of the number
/// that would follow the largest. Infinite where one is NaN alone, or the two lie at the two ends.
template <class T>
double error_in_ulps(T actual, long double exact) {
  using Limits = std::numeric_limits<T>;
  if (std::isnan(exact) && std::isnan(actual)) return 0;
  if (std::isnan(exact) || std::isnan(actual)) return std::numeric_limits<double>::infinity();
  const long double next = std::ldexp(1.0L, Limits::max_exponent);
  const auto bounded = [&](long double x) { return std::clamp(x, -next, next); };
  const int exponent = exact == 0 ? Limits::min_exponent : std::ilogb(bounded(exact)) + 1;
  const int unit = std::clamp(exponent, Limits::min_exponent, Limits::max_exponent) - Limits::digits;
  return static_cast<double>(std::ldexp(std::abs(bounded(actual) - bounded(exact)), -unit));
}

template <class T>
void require_accurate(const std::string& name, const Operands<T>& operands, const std::vector<T>& results) {
  const Exact& exact = exact_functions.at(name);
  double worst = -1;
  std::size_t at = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const double error = error_in_ulps(results[i], exact(operands.x[i], operands.y[i]));
    if (error > worst) worst = error, at = i;
  }
  INFO(name << ", " << to_string(dtype_of<T>) << ": " << worst << " ulp of " << std::hexfloat
            << operands.x[at] << ", " << operands.y[at] << ": " << results[at]);
  CHECK(worst <= stated_accuracies().at(name));
}

}  // namespace

TEMPLATE_TEST_CASE("functions by library have the same bits on every instruction set", "", float, double) {
  const Operands<TestType> operands = samples<TestType>(1 << 18);
  const std::vector<host::IsaBuild>& builds = host::usable_isa_builds();
  for (const Function& function : inexact_functions()) {
    const auto expected = run_step(builds.front(), function, dtype_of<TestType>, operands);
    for (const host::IsaBuild& build : builds) {
      INFO(function.name << " on " << build.name);
      const auto actual = run_step(build, function, dtype_of<TestType>, operands);
      CHECK(differences(dtype_of<TestType>, actual, expected, operands) == 0);
    }
  }
}

TEMPLATE_TEST_CASE("functions by library depend on their operands alone", "", float, double) {
  constexpr DType dtype = dtype_of<TestType>;
  const Operands<TestType> operands = samples<TestType>(1 << 13);
  for (const Function& function : inexact_functions()) {
    // Alone: a tail of one.
    std::vector<TestType> expected;
    for (std::size_t i = 0; i < operands.x.size(); ++i)
      expected.push_back(run_step<TestType>(host::usable_isa_builds().front(), function, dtype,
                                            {{operands.x[i]}, {operands.y[i]}})[0]);
    for (const host::IsaBuild& build : host::usable_isa_builds()) {
      INFO(function.name << " on " << build.name);
      // In a tile of each length, at each position, beside other neighbours each time; into an operand; and
      // no further.
      const auto step = build.tables->map[function.index][static_cast<int>(dtype)];
      std::size_t first = 0;
      for (std::size_t count = 0; count <= 70; ++count, first += 97) {
        std::vector<TestType> memory(operands.x.begin() + static_cast<std::ptrdiff_t>(first),
                                     operands.x.begin() + static_cast<std::ptrdiff_t>(first + count + 16));
        std::vector<TestType> whole = memory;
        step(memory.data(), memory.data(), operands.y.data() + first, nullptr,
             static_cast<host::Index>(count));
        std::copy_n(expected.begin() + static_cast<std::ptrdiff_t>(first), count, whole.begin());
        INFO(count << " elements");
        REQUIRE(differences(dtype, memory, whole, {whole, whole}) == 0);
      }
      // Permuted, so that each has neighbours of every kind.
      Operands<TestType> permuted;
      std::vector<TestType> permuted_expected;
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const std::size_t from = i * 4211 % expected.size();
        permuted.x.push_back(operands.x[from]);
        permuted.y.push_back(operands.y[from]);
        permuted_expected.push_back(expected[from]);
      }
      CHECK(differences(dtype, run_step(build, function, dtype, permuted), permuted_expected, permuted) == 0);
    }
  }
}

TEST_CASE("functions by library of every 16-bit float are those of float32, rounded once") {
  for (const DType dtype : {DType::float16, DType::bfloat16}) {
    Operands<std::uint16_t> operands;
    for (std::uint32_t i = 0; i < 65536; ++i) {
      operands.x.push_back(static_cast<std::uint16_t>(i));
      operands.y.push_back(static_cast<std::uint16_t>(i * 40503));
    }
    const auto widen = [&](const std::vector<std::uint16_t>& from) {
      std::vector<float> to;
      for (const std::uint16_t x : from)
        to.push_back(dtype == DType::float16 ? scalar::float16_to_float(x) : scalar::bfloat16_to_float(x));
      return to;
    };
    for (const Function& function : inexact_functions()) {
      std::vector<std::uint16_t> expected;
      for (const float x : run_step<float>(host::usable_isa_builds().front(), function, DType::float32,
                                           {widen(operands.x), widen(operands.y)}))
        expected.push_back(dtype == DType::float16 ? scalar::float_to_float16(x)
                                                   : scalar::float_to_bfloat16(x));
      for (const host::IsaBuild& build : host::usable_isa_builds()) {
        INFO(function.name << " of " << to_string(dtype) << " on " << build.name);
        CHECK(differences(dtype, run_step(build, function, dtype, operands), expected, operands) == 0);
      }
    }
  }
}

TEMPLATE_TEST_CASE("functions by library are as accurate as ops.hpp states", "", float, double) {
  const Operands<TestType> operands = samples<TestType>(1 << 18);
  for (const Function& function : inexact_functions())
    require_accurate(function.name, operands,
                     run_step(host::usable_isa_builds().back(), function, dtype_of<TestType>, operands));

  const Shape shape = {static_cast<std::int64_t>(operands.x.size())};
  Graph graph;
  const Program tangent = compile(graph, {{"tan", tan(graph.input("x", dtype_of<TestType>, shape))}});
  const Tensor results = tangent.run({{"x", Tensor::copy_of<TestType>(operands.x, shape)}})[0];
  const TestType* first = results.data<TestType>();
  require_accurate("tan", operands, std::vector<TestType>(first, first + operands.x.size()));
}

TEST_CASE("functions by library of special values") {
  constexpr double inf = std::numeric_limits<double>::infinity(),
                   nan = std::numeric_limits<double>::quiet_NaN();
  const struct {
    std::string name;
    double x, expected;
  } cases[] = {{"exp", 0, 1},        {"exp", -0.0, 1},    {"exp", inf, inf},        {"exp", -inf, 0},
               {"exp", 1e4, inf},    {"exp", -1e4, 0},    {"expm1", -0.0, -0.0},    {"expm1", 0, 0},
               {"expm1", inf, inf},  {"expm1", -inf, -1}, {"log", 0, -inf},         {"log", -0.0, -inf},
               {"log", 1, 0},        {"log", -1, nan},    {"log", inf, inf},        {"log1p", -0.0, -0.0},
               {"log1p", -1, -inf},  {"log1p", -2, nan},  {"log1p", inf, inf},      {"log2", 8, 3},
               {"log2", 0, -inf},    {"log2", -1, nan},   {"log2", 0x1p-149, -149}, {"sin", -0.0, -0.0},
               {"sin", inf, nan},    {"cos", 0, 1},       {"cos", -inf, nan},       {"tanh", -0.0, -0.0},
               {"tanh", inf, 1},     {"tanh", -inf, -1},  {"sigmoid", 0, 0.5},      {"sigmoid", inf, 1},
               {"sigmoid", -inf, 0}, {"sigmoid", 1e3, 1}, {"erf", -0.0, -0.0},      {"erf", inf, 1},
               {"erf", -inf, -1}};
  for (const Function& function : inexact_functions())
    for (const host::IsaBuild& build : host::usable_isa_builds()) {
      for (const auto& [name, value, expected] : cases) {
        if (name != function.name) continue;
        const Operands<float> narrow = {{static_cast<float>(value)}, {1}};
        const Operands<double> wide = {{value}, {1}};
        INFO(name << " of " << value << " on " << build.name);
        CHECK(differences<float>(DType::float32, run_step(build, function, DType::float32, narrow),
                                 {static_cast<float>(expected)}, narrow) == 0);
        CHECK(differences<double>(DType::float64, run_step(build, function, DType::float64, wide), {expected},
                                  wide) == 0);
      }
    }
}

TEMPLATE_TEST_CASE("pow and atan2 of special values are C's", "", float, double) {
  Operands<TestType> operands;
  for (const TestType x : special_values<TestType>())
    for (const TestType y : special_values<TestType>()) {
      operands.x.push_back(x);
      operands.y.push_back(y);
    }
  for (const std::string name : {"pow", "atan2"}) {
    const Function function = {name, static_cast<std::size_t>(find_fn(name).value())};
    const auto actual = run_step(host::usable_isa_builds().back(), function, dtype_of<TestType>, operands);
    for (std::size_t i = 0; i < actual.size(); ++i) {
      const TestType x = operands.x[i], y = operands.y[i],
                     expected = name == "pow" ? std::pow(x, y) : std::atan2(x, y);
      INFO(name << " of " << x << " and " << y);
      CHECK(std::signbit(actual[i]) ==
            (std::isnan(expected) ? std::signbit(actual[i]) : std::signbit(expected)));
      if (expected == 0 || expected == 1 || !std::isfinite(expected))
        CHECK((actual[i] == expected || (std::isnan(actual[i]) && std::isnan(expected))));
    }
  }
}

TEST_CASE("strides, tiles and threads change no bit of functions by library") {
  constexpr std::int64_t rows = 37, columns = 4099;
  const Operands<float> operands = samples<float>(rows * columns);
  const Tensor forth = Tensor::copy_of<float>(operands.x, {rows, columns}),
               other = Tensor::copy_of<float>(operands.y, {rows, columns});
  for (const Function& function : inexact_functions()) {
    const auto expected = run_step(host::usable_isa_builds().back(), function, DType::float32, operands);
    Graph graph;
    const Expr x = graph.input("x", float32, {rows, columns}), y = graph.input("y", float32, {rows, columns});
    const auto apply = [&](const Expr& a, const Expr& b) {
      return fn_infos[function.index].spec.arity == 1 ? detail::map(function.name, {a})
                                                      : detail::map(function.name, {a, b});
    };
    const std::vector<NamedExpr> outputs = {
        {"plain", apply(x, y)},
        {"flipped", flip(apply(flip(x, 1), flip(y, 1)), 1)},
        {"transposed", transpose(apply(transpose(x, 0, 1), transpose(y, 0, 1)), 0, 1)},
        {"scanned", slice(cummax(apply(x, y), 0), 0, {.stop = 1})}};
    const Array wanted = to_array(Tensor::copy_of<float>(expected, {rows, columns}));
    for (const int count : {1, 2, 8}) {
      const Program program = compile(graph, outputs, {.threads = count, .parallel_elements = 1});
      const Tensors results = program.run({{"x", forth}, {"y", other}});
      for (std::size_t i = 0; i + 1 < outputs.size(); ++i) {
        INFO(function.name << ", " << outputs[i].name << ", " << count << " threads");
        CHECK(difference(to_array(results[i]), wanted) == "");
      }
      INFO(function.name << ", scanned, " << count << " threads");
      const std::vector<float> first_row(expected.begin(), expected.begin() + columns);
      CHECK(difference(to_array(results["scanned"]),
                       to_array(Tensor::copy_of<float>(first_row, {1, columns}))) == "");
    }
  }
}

}  // namespace accrue::test
