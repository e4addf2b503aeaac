// Outs: the caller's tensors, written directly.
#include <algorithm>
#include <vector>

#include "accrue/accrue.hpp"
#include "tests/support/catch.h"
#include "tests/support/guarded_tensor.h"

namespace ac = accrue;
using ac::test::GuardedTensor;

namespace {

template <class T>
std::vector<T> values(const ac::Tensor& t) {
  std::vector<T> v;
  for (std::int64_t i = 0; i < t.elements(); ++i) v.push_back(t.item<T>(i));
  return v;
}

ac::CompileOptions on(ac::Device device) {
  ac::CompileOptions options;
  options.device = device;
  return options;
}

const std::vector<float> counting = {1, 2, 3, 4, 5, 6};
const std::vector<float> sums = {1, 3, 6, 4, 9, 15};

ac::Program row_sums(const ac::CompileOptions& options = {}) {
  ac::Graph g;
  return ac::compile(g, {{"y", ac::cumsum(g.input("x", ac::float32, {2, 3}), 1)}}, options);
}

}  // namespace

TEST_CASE("an out keeps its strides, and what lies between its elements stays") {
  const ac::Device device = GENERATE(ac::cpu(), ac::reference());
  const ac::Strides strides =
      GENERATE(ac::Strides{3, 1}, ac::Strides{1, 2}, ac::Strides{8, 2}, ac::Strides{-3, -1});
  const ac::Program p = row_sums(on(device));
  const GuardedTensor out(ac::float32, {2, 3}, strides);
  const ac::Tensors r = p.run({{"x", ac::Tensor::copy_of(counting, {2, 3})}}, {{"y", out.tensor()}});
  CHECK(values<float>(out.tensor()) == sums);
  CHECK(out.gaps_intact());
  CHECK(r["y"].data() == out.tensor().data());
  CHECK(r["y"].strides() == strides);
}

TEST_CASE("an out of an earlier run's rubbish") {
  const ac::Program p = row_sums();
  const ac::Tensor out = ac::Tensor::copy_of<float>({0.0f / 0.0f, 1, 2, 3, 4, 1.0f / 0.0f}, {2, 3});
  p.run({{"x", ac::Tensor::copy_of(counting, {2, 3})}}, {{"y", out}});
  CHECK(values<float>(out) == sums);
}

TEST_CASE("an out that is the input is done in place where the plan allows it") {
  const ac::Device device = GENERATE(ac::cpu(), ac::reference());
  const ac::Program p = row_sums(on(device));
  const ac::Tensor t = ac::Tensor::copy_of(counting, {2, 3});
  ac::RunStats stats;
  p.run({{"x", t}}, {{"y", t}}, &stats);
  CHECK(values<float>(t) == sums);
  CHECK(stats.copies.empty());
}

TEST_CASE("an out that is the input is copied first where it would be read after it is written") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {2, 3});
  const ac::Program p = ac::compile(g, {{"y", ac::cumsum(ac::flip(x, 1), 1)}});
  const ac::Tensor t = ac::Tensor::copy_of(counting, {2, 3});
  ac::RunStats stats;
  p.run({{"x", t}}, {{"y", t}}, &stats);
  CHECK(values<float>(t) == std::vector<float>{3, 5, 6, 6, 11, 15});
  CHECK(stats.copies ==
        std::vector<std::string>{"input \"x\" was copied: out \"y\" is written over it: k0 reads it in "
                                 "another order than it writes"});
}

TEST_CASE("an out that is an input read in two orders is copied first, whichever order comes first") {
  const bool flipped_first = GENERATE(false, true);
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {2, 3});
  const auto doubled = [&] { return x + x; };
  const auto flipped = [&] { return ac::flip(x, {0, 1}) * 10; };
  const ac::Expr first = flipped_first ? flipped() : doubled();
  const ac::Expr second = flipped_first ? doubled() : flipped();
  const ac::Program p = ac::compile(g, {{"y", first + second}});
  const ac::Tensor t = ac::Tensor::copy_of(counting, {2, 3});
  ac::RunStats stats;
  p.run({{"x", t}}, {{"y", t}}, &stats);
  CHECK(values<float>(t) == std::vector<float>{62, 54, 46, 38, 30, 22});
  CHECK(stats.copies.size() == 1);
}

TEST_CASE("an out that is an input which another output still needs") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {2, 3});
  const ac::Program p = ac::compile(g, {{"y", ac::cumsum(x, 1)}, {"z", ac::cumsum(x, 0)}});
  const ac::Tensor t = ac::Tensor::copy_of(counting, {2, 3});
  const ac::Tensors r = p.run({{"x", t}}, {{"y", t}});
  CHECK(values<float>(t) == sums);
  CHECK(values<float>(r["z"]) == std::vector<float>{1, 2, 3, 5, 7, 9});
}

TEST_CASE("outs that interleave without touching are fine") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {3});
  const ac::Program p = ac::compile(g, {{"a", x + 1}, {"b", x * 2}});
  std::vector<float> pairs(6);
  p.run({{"x", ac::Tensor::copy_of<float>({1, 2, 3}, {3})}},
        {{"a", ac::Tensor::borrow(pairs.data(), ac::float32, {3}, {2})},
         {"b", ac::Tensor::borrow(pairs.data() + 1, ac::float32, {3}, {2})}});
  CHECK(pairs == std::vector<float>{2, 2, 3, 4, 4, 6});
}

TEST_CASE("a tensor bound beside a node is written whenever the program runs") {
  const ac::Device device = GENERATE(ac::cpu(), ac::reference());
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::int32, {3});
  const ac::Tensor beside = ac::Tensor::zeros(ac::int64, {3});
  const ac::Expr running = ac::cumsum(x, 0, {.out = beside});
  const ac::Program p = ac::compile(g, {{"y", running * 10}}, on(device));
  const ac::Tensors r = p.run({{"x", ac::Tensor::copy_of<std::int32_t>({1, 2, 3}, {3})}});
  CHECK(values<std::int64_t>(beside) == std::vector<std::int64_t>{1, 3, 6});
  CHECK(values<std::int64_t>(r["y"]) == std::vector<std::int64_t>{10, 30, 60});
  p.run({{"x", ac::Tensor::copy_of<std::int32_t>({5, 5, 5}, {3})}});
  CHECK(values<std::int64_t>(beside) == std::vector<std::int64_t>{5, 10, 15});
}

TEST_CASE("an out without elements") {
  ac::Graph g;
  const ac::Program p = ac::compile(g, {{"y", ac::cumsum(g.input("x", ac::float32, {0, 3}), 1)}});
  const ac::Tensor empty = ac::Tensor::empty(ac::float32, {0, 3});
  CHECK(p.run({{"x", empty}}, {{"y", empty}})["y"].elements() == 0);
}
