// Programs: what they say of themselves, what a run returns, allocates and copies.
#include <numeric>
#include <vector>

#include "accrue/accrue.hpp"
#include "src/options.h"
#include "src/pool.h"
#include "tests/support/catch.h"

namespace ac = accrue;

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

// cumsum(x) and, from the same input, its total: two outputs.
ac::Program two_outputs(const ac::CompileOptions& options = {}) {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::int32, {2, 3});
  return ac::compile(g, {{"y", ac::cumsum(x, 1, {.dtype = ac::int32})}, {"total", ac::sum(x)}}, options);
}

const std::vector<std::int32_t> counting = {1, 2, 3, 4, 5, 6};

}  // namespace

TEST_CASE("a program runs on every device") {
  const ac::Device device = GENERATE(ac::cpu(), ac::reference());
  const ac::Program p = two_outputs(on(device));
  const ac::Tensors r = p.run({{"x", ac::Tensor::copy_of(counting, {2, 3})}});
  REQUIRE(r.size() == 2);
  CHECK(values<std::int32_t>(r["y"]) == std::vector<std::int32_t>{1, 3, 6, 4, 9, 15});
  CHECK(values<std::int64_t>(r["total"]) == std::vector<std::int64_t>{21});
  CHECK(r[0].shape() == ac::Shape{2, 3});
  CHECK(r[1].shape() == ac::Shape{});
}

TEST_CASE("a program knows its inputs and outputs") {
  const ac::Program p = two_outputs();
  REQUIRE(p.inputs().size() == 1);
  CHECK(p.inputs()[0].name == "x");
  CHECK(p.inputs()[0].dtype == ac::int32);
  CHECK(p.inputs()[0].shape == ac::Shape{2, 3});
  REQUIRE(p.outputs().size() == 2);
  CHECK(p.outputs()[1].name == "total");
  CHECK(p.outputs()[1].dtype == ac::int64);
}

TEST_CASE("a program outlives its graph") {
  const ac::Program p = two_outputs();  // the graph is gone
  CHECK(p.run({{"x", ac::Tensor::copy_of(counting, {2, 3})}})["total"].item<std::int64_t>() == 21);
}

TEST_CASE("the same node under two names, an input and a constant as outputs") {
  const ac::Device device = GENERATE(ac::cpu(), ac::reference());
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {2});
  const ac::Expr y = x + 1;
  const ac::Expr c = g.constant(ac::Tensor::copy_of<float>({7, 8}, {2}));
  const ac::Program p =
      ac::compile(g, {{"a", y}, {"b", y}, {"same", x}, {"c", c}, {"five", g.constant(5)}}, on(device));
  const ac::Tensor t = ac::Tensor::copy_of<float>({1, 2}, {2});
  const ac::Tensors r = p.run({{"x", t}});
  CHECK(values<float>(r["a"]) == std::vector<float>{2, 3});
  CHECK(values<float>(r["b"]) == std::vector<float>{2, 3});
  CHECK(values<float>(r["same"]) == std::vector<float>{1, 2});
  CHECK(values<float>(r["c"]) == std::vector<float>{7, 8});
  CHECK(r["five"].item<std::int64_t>() == 5);
  CHECK(r["same"].data() != t.data());
  CHECK(r["a"].data() != r["b"].data());
}

TEST_CASE("one tensor may stand for two inputs") {
  ac::Graph g;
  const ac::Expr a = g.input("a", ac::int32, {3});
  const ac::Expr b = g.input("b", ac::int32, {3});
  const ac::Program p = ac::compile(g, {{"y", a * b}});
  const ac::Tensor t = ac::Tensor::copy_of<std::int32_t>({1, 2, 3}, {3});
  CHECK(values<std::int32_t>(p.run({{"a", t}, {"b", t}})["y"]) == std::vector<std::int32_t>{1, 4, 9});
}

TEST_CASE("inputs of any strides") {
  const ac::Device device = GENERATE(ac::cpu(), ac::reference());
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::int32, {3, 2});
  const ac::Program p = ac::compile(g, {{"y", ac::cumsum(x, 0, {.dtype = ac::int32})}}, on(device));
  std::vector<std::int32_t> memory = {1, 2, 3, 4, 5, 6};
  const auto run = [&](std::int32_t* first, const ac::Strides& strides) {
    ac::RunStats stats;
    const auto r = p.run({{"x", ac::Tensor::borrow(first, ac::int32, {3, 2}, strides)}}, {}, &stats);
    CHECK(stats.copies.empty());
    return values<std::int32_t>(r["y"]);
  };
  CHECK(run(memory.data(), {2, 1}) == std::vector<std::int32_t>{1, 2, 4, 6, 9, 12});
  CHECK(run(memory.data(), {1, 3}) == std::vector<std::int32_t>{1, 4, 3, 9, 6, 15});
  CHECK(run(memory.data() + 5, {-2, -1}) == std::vector<std::int32_t>{6, 5, 10, 8, 12, 9});
  CHECK(run(memory.data() + 4, {0, 1}) == std::vector<std::int32_t>{5, 6, 10, 12, 15, 18});
}

TEST_CASE("an input whose strides a view cannot express is copied, and the run says so") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::int32, {2, 3});
  const ac::Program p = ac::compile(g, {{"y", ac::cumsum(ac::reshape(x, {6}), 0, {.dtype = ac::int32})}});
  std::vector<std::int32_t> memory = {1, 2, 3, 4, 5, 6};
  ac::RunStats stats;
  const ac::Tensor transposed = ac::Tensor::borrow(memory.data(), ac::int32, {2, 3}, {1, 2});
  const ac::Tensors r = p.run({{"x", transposed}}, {}, &stats);
  CHECK(values<std::int32_t>(r["y"]) == std::vector<std::int32_t>{1, 4, 9, 11, 15, 21});
  CHECK(stats.copies ==
        std::vector<std::string>{"input \"x\" was copied: its strides [1, 2] cannot be read as [6]"});
}

TEST_CASE("a run allocates what was planned, and its temporaries only once") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {64, 64});
  ac::CompileOptions unfused;
  unfused.disable = {"fusion"};
  const ac::Program p = ac::compile(g, {{"y", ac::cumsum(ac::exp(x) * 2, 1)}}, unfused);
  const ac::MemoryReport& planned = p.memory();
  CHECK(planned.input_bytes == 64 * 64 * 4);
  CHECK(planned.output_bytes == 64 * 64 * 4);
  REQUIRE(planned.arena_bytes > 0);
  CHECK(planned.planned_peak_bytes ==
        planned.input_bytes + planned.output_bytes + planned.constant_bytes + planned.arena_bytes);
  if (ac::options().check) return;  // canaries take more than was planned

  const ac::Tensor t = ac::Tensor::zeros(ac::float32, {64, 64});
  const std::size_t live_before = ac::host_pool().stats().live_bytes;
  ac::RunStats first;
  const ac::Tensors r = p.run({{"x", t}}, {}, &first);
  CHECK(first.arena_bytes == planned.arena_bytes);
  CHECK(first.output_bytes == planned.output_bytes);
  CHECK(ac::host_pool().stats().live_bytes - live_before == planned.arena_bytes + planned.output_bytes);

  ac::RunStats second;
  p.run({{"x", t}}, {{"y", r["y"]}}, &second);
  CHECK(second.arena_bytes == 0);
  CHECK(second.output_bytes == 0);
  CHECK(ac::host_pool().stats().live_bytes - live_before == planned.arena_bytes + planned.output_bytes);
}

TEST_CASE("a donated input's storage becomes the output's") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {4});
  const ac::Expr w = g.input("w", ac::float32, {4});
  ac::CompileOptions options;
  options.donate = {"x"};
  const ac::Program p = ac::compile(g, {{"y", ac::cumsum(x * w, 0)}}, options);
  const ac::Tensor ones = ac::Tensor::copy_of<float>({1, 1, 1, 1}, {4});
  ac::Tensor t = ac::Tensor::copy_of<float>({1, 2, 3, 4}, {4});
  ac::RunStats stats;
  SECTION("it is written over") {
    const ac::Tensors r = p.run({{"x", t}, {"w", ones}}, {}, &stats);
    CHECK(r["y"].data() == t.data());
    CHECK(values<float>(r["y"]) == std::vector<float>{1, 3, 6, 10});
    CHECK(stats.output_bytes == 0);
  }
  SECTION("not where another input is the same tensor") {
    const ac::Tensors r = p.run({{"x", t}, {"w", t}}, {}, &stats);
    CHECK(r["y"].data() != t.data());
    CHECK(values<float>(r["y"]) == std::vector<float>{1, 5, 14, 30});
    CHECK(values<float>(t) == std::vector<float>{1, 2, 3, 4});
    CHECK(stats.output_bytes == 16);
  }
  SECTION("not where it may only be read") {
    const float constant[] = {1, 2, 3, 4};
    const ac::Tensors r = p.run({{"x", ac::Tensor::borrow(constant, ac::float32, {4})}, {"w", ones}});
    CHECK(r["y"].data() != static_cast<const void*>(constant));
    CHECK(values<float>(r["y"]) == std::vector<float>{1, 3, 6, 10});
  }
  SECTION("not where the output has an out") {
    const ac::Tensor out = ac::Tensor::zeros(ac::float32, {4});
    p.run({{"x", t}, {"w", ones}}, {{"y", out}});
    CHECK(values<float>(out) == std::vector<float>{1, 3, 6, 10});
    CHECK(values<float>(t) == std::vector<float>{1, 2, 3, 4});
  }
}

TEST_CASE("the dump shows the stages") {
  const std::string text = two_outputs().dump();
  CHECK_THAT(text, ContainsSubstring("# as built\ndef main(x: int32[2, 3])"));
  CHECK_THAT(text, ContainsSubstring("# rewritten\ndef main("));
  CHECK_THAT(text, ContainsSubstring("# kernels\nkernel k0"));
  CHECK_THAT(text, ContainsSubstring("# plan\nslot s0"));
}

TEST_CASE("eval compiles and runs at once") {
  ac::Graph g;
  const ac::Expr unused = g.input("unused", ac::int8, {1});
  const ac::Expr x = g.constant(ac::Tensor::copy_of<float>({1.5f, 2.5f, 3.5f}, {3}));
  CHECK(values<std::int32_t>(ac::eval(ac::cumsum(x, 0, {.dtype = ac::int32}))) ==
        std::vector<std::int32_t>{1, 3, 6});
  CHECK(unused.shape() == ac::Shape{1});
}

TEST_CASE("version") { CHECK(std::string(ac::version()) == "0.1.0"); }
