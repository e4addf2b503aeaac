#include "tests/support/check.h"

#include "graph/element_types.h"
#include "tests/support/catch.h"
#include "tests/support/runners.h"

namespace accrue::test {
namespace {

std::string input_name(std::size_t i) { return "x" + std::to_string(i); }

Array run_on(const Runner& runner, const std::vector<Array>& inputs, const Build& build, bool as_constants) {
  Graph g;
  std::vector<Expr> exprs;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < inputs.size(); ++i) names.push_back(input_name(i));
  for (std::size_t i = 0; i < inputs.size(); ++i)
    exprs.push_back(as_constants ? g.constant(to_tensor(inputs[i]))
                                 : g.input(names[i], inputs[i].dtype, inputs[i].shape));
  std::vector<NamedTensor> bound;
  for (std::size_t i = 0; i < inputs.size() && !as_constants; ++i)
    bound.push_back({names[i], to_tensor(inputs[i])});
  return to_array(runner.run(g, {{"y", build(exprs)}}, bound, {})[0]);
}

}  // namespace

Array values(DType dtype, const Shape& shape, const std::vector<double>& numbers) {
  static constexpr auto writers = table_by_dtype([]<class S>() {
    return +[](Array& a, std::size_t i, double x) { elements_as<S>(a)[i] = scalar::Store<S>::from(x); };
  });
  Array a(dtype, shape);
  REQUIRE(numbers.size() == static_cast<std::size_t>(elements(shape)));
  for (std::size_t i = 0; i < numbers.size(); ++i) at(writers, dtype)(a, i, numbers[i]);
  return a;
}

void check_value(const std::vector<Array>& inputs, const Build& build, const Array& expected, Bound bound) {
  for (const Runner& runner : runners())
    for (const bool as_constants : {false, true}) {
      INFO(runner.name << (as_constants ? ", inputs as constants" : ""));
      const Array actual = run_on(runner, inputs, build, as_constants);
      CHECK(difference(actual, expected, bound) == "");
    }
}

}  // namespace accrue::test
