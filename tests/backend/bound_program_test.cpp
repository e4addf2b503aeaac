// A program bound to its tensors: what a run reads and writes, and when.
#include "accrue/accrue.hpp"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"

namespace accrue::test {
namespace {

Program running_sum(const CompileOptions& options = {}) {
  Graph g;
  return compile(g, {{"y", cumsum(g.input("x", float32, {4}), 0)}}, options);
}

std::vector<float> values(const Tensor& t) { return {t.data<float>(), t.data<float>() + t.elements()}; }

void set(Tensor& t, float first) {
  for (std::int64_t i = 0; i < t.elements(); ++i) t.data<float>()[i] = first + static_cast<float>(i);
}

}  // namespace

TEST_CASE("a bound program reads its inputs as they are when it runs") {
  for (const Device device : {cpu(), reference()}) {
    Tensor x = Tensor::copy_of<float>({1, 2, 3, 4}, {4}), y = Tensor::zeros(float32, {4});
    const BoundProgram bound = running_sum({.device = device}).bind({{"x", x}}, {{"y", y}});
    CHECK(values(y) == std::vector<float>{0, 0, 0, 0});
    bound.run();
    CHECK(values(y) == std::vector<float>{1, 3, 6, 10});
    set(x, 5);
    CHECK(values(y) == std::vector<float>{1, 3, 6, 10});
    bound.run();
    CHECK(values(y) == std::vector<float>{5, 11, 18, 26});
    CHECK(bound.results().size() == 1);
    CHECK(bound.results()["y"].data() == y.data());
  }
}

TEST_CASE("a binding keeps its program, its tensors and the storage of results") {
  BoundProgram bound;
  {
    const Tensor x = Tensor::copy_of<float>({1, 2, 3, 4}, {4});
    bound = running_sum().bind({{"x", x}});
  }
  const BoundProgram copy = bound;
  bound = {};
  copy.run();
  const Tensor y = copy.results()["y"];
  CHECK(values(y) == std::vector<float>{1, 3, 6, 10});
  copy.run();
  CHECK(copy.results()["y"].data() == y.data());
}

TEST_CASE("an input that has to be copied is copied before each run") {
  // The row total is read where the sum is already written, so that y may not be done over x.
  Graph g;
  const Expr x = g.input("x", float32, {4});
  const Program p = compile(g, {{"y", cumsum(x, 0) + flip(x, 0)}}, {.disable = {"fusion"}});
  Tensor both = Tensor::copy_of<float>({1, 2, 3, 4}, {4});
  RunStats stats;
  p.run({{"x", both}}, {{"y", both}}, &stats);
  CHECK(stats.copies.size() == 1);
  CHECK(values(both) == std::vector<float>{5, 6, 8, 11});
  set(both, 1);
  const BoundProgram bound = p.bind({{"x", both}}, {{"y", both}});
  for (int run = 0; run < 2; ++run) {
    set(both, 1);
    bound.run();
    CHECK(values(both) == std::vector<float>{5, 6, 8, 11});
  }
}

TEST_CASE("a binding of strided tensors and of temporaries") {
  Graph g;
  const Expr x = g.input("x", float32, {3, 2});
  const Program p = compile(g, {{"y", cumsum(matmul(x, transpose(x, 0, 1)), 0)}});
  Tensor rows = Tensor::copy_of<float>({1, 2, 3, 4, 5, 6}, {2, 3});
  const Tensor turned = Tensor::borrow(rows.data(), float32, {3, 2}, {1, 3});
  const Tensor expected = p.run({{"x", turned}})["y"];
  const BoundProgram bound = p.bind({{"x", turned}});
  for (int run = 0; run < 2; ++run) {
    bound.run();
    CHECK(values(bound.results()["y"]) == values(expected));
  }
}

TEST_CASE("bind() checks what run() checks") {
  const Program p = running_sum();
  CHECK(message_of([&] { p.bind({}); }) == message_of([&] { p.run({}); }));
  CHECK(message_of([&] {
          p.bind({{"x", Tensor::zeros(float32, {5})}});
        }) == "run: input \"x\" is float32[5]; the program takes float32[4]");
}

}  // namespace accrue::test
