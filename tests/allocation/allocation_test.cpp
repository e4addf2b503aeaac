// Memory that runs out anywhere leaves nothing behind, and the next try gives the right answer.
#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "accrue/accrue.hpp"
#include "tests/allocation/failing_memory.h"
#include "tests/allocation/sweep.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace accrue::test {
namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

/// Operations of every kind, with temporaries between their kernels.
std::vector<NamedExpr> build(Graph g) {
  const Expr x = g.input("x", float32, {6, 40});
  const Expr weights = g.constant(Tensor::copy_of<float>({1, -2, 3, -4, 5, -6}, {6, 1}));
  const Expr totals = cumsum(x * weights, 1, {.dtype = float64, .exclusive = true});
  const Expr means = mean(totals, {0, 1}, {.keepdim = true});
  const Expr joined =
      concat({totals - means, unsqueeze(arange(g, 0, 40, 1, float64), 0), flip(totals, 0)}, 0);
  const Expr product = matmul(cast(joined, int32), transpose(cast(joined, int32), 0, 1));
  return {{"joined", joined}, {"product", product}, {"odd", slice(x, {{}, {.start = 1, .step = 2}})}};
}
Expr totals_of(Graph g, const Shape& shape) {
  return cumsum(cumsum(g.input("x", float32, shape), 0) * 2, 0, {.reverse = true});
}

Tensor numbers(const Shape& shape) {
  Tensor t = Tensor::empty(float32, shape);
  for (std::int64_t i = 0; i < t.elements(); ++i) t.data<float>()[i] = static_cast<float>(i % 7 - 3);
  return t;
}

bool same_bytes(const Tensor& a, const Tensor& b) { return std::memcmp(a.data(), b.data(), a.bytes()) == 0; }

}  // namespace

TEST_CASE("memory that runs out is noticed") {
  std::vector<void*> kept;
  kept.reserve(16);
  CHECK(sweep([&] {
          void* const block = kept.emplace_back(operator new(8));
          operator delete(operator new(8));
          operator delete(block);
          kept.pop_back();
        }) == "allocation 1: 1 blocks are left");
  for (void* const block : kept) operator delete(block);
}

TEST_CASE("memory that is kept once is not lost") {
  void* kept = nullptr;
  int runs = 0;
  CHECK(sweep([&] {
          if (++runs == 4) kept = operator new(8);  // allocation 1 then fails
          operator delete(operator new(8));
        }) == "");
  REQUIRE(kept != nullptr);
  operator delete(kept);
}

TEST_CASE("a graph is built, or nothing is left of it") {
  CHECK(sweep([] {
          const Graph g;
          require(build(g).size() == 3, "the outputs");
        }) == "");
}

TEST_CASE("a graph whose last operation found no memory takes it a second time") {
  const auto twice = [](const auto& add) {
    try {
      return add();
    } catch (const std::bad_alloc&) {
      return add();
    }
  };
  const auto text_of_graph = [&] {
    Graph g;
    Expr x = twice([&] { return g.input("x", float32, {2, 3}); });
    for (int i = 0; i < 300; ++i) {
      x = twice([&] { return x + i; });
      if (i % 50 != 0) continue;
      const std::string name = "an_input_with_a_long_name_" + std::to_string(i);
      const Expr y = twice([&] { return g.input(name, float32, {2, 3}); });
      x = twice([&] { return x * y; });
    }
    stop_failing();
    return print(g, {{"y", x}});
  };
  const std::string expected = text_of_graph();
  CHECK(sweep([&] { require(text_of_graph() == expected, "the graph"); }) == "");
}

TEST_CASE("a program is compiled, or nothing is left of it") {
  const Graph g;
  const std::vector<NamedExpr> outputs = build(g);
  for (const Device device : {cpu(), reference()})
    CHECK(sweep([&] {
            const Program p = compile(g, outputs, {.device = device, .threads = 2});
            require(p.outputs().size() == 3, "the outputs");
          }) == "");
  CHECK(sweep([&] { require(!compile(g, outputs, {.threads = 1}).dump().empty(), "the dump"); }) == "");
}

TEST_CASE("a program runs, or leaves nothing and can run again") {
  const Graph g;
  const std::vector<NamedExpr> outputs = build(g);
  const Tensor x = numbers({6, 40});
  for (const Device device : {cpu(), reference()}) {
    const Program p = compile(g, outputs, {.device = device, .threads = 1});
    const Tensors expected = p.run({{"x", x}});
    CHECK(sweep([&] {
            const Tensors results = p.run({{"x", x}});
            for (std::size_t i = 0; i < results.size(); ++i)
              require(same_bytes(results[i], expected[i]), "the values");
          }) == "");
  }
}

TEST_CASE("where memory runs out before the first kernel the outs are untouched, later they are named") {
  const Graph g;
  const Program p = compile(g, {{"y", totals_of(g, {300, 5})}}, {.threads = 1, .disable = {"fusion"}});
  const Tensor x = numbers({300, 5}), expected = p.run({{"x", x}})["y"];
  Tensor out = Tensor::empty(float32, {300, 5});
  CHECK(sweep([&] {
          std::memset(out.data(), 0xA5, out.bytes());
          try {
            p.run({{"x", x}}, {{"y", out}});
          } catch (const std::bad_alloc&) {
            const auto* bytes = static_cast<const unsigned char*>(out.data());
            stop_failing();
            require(std::count(bytes, bytes + out.bytes(), 0xA5) == static_cast<std::ptrdiff_t>(out.bytes()),
                    "an out was written");
            throw;
          } catch (const Error& e) {
            stop_failing();
            require(e.message().find("\"y\"") != std::string::npos,
                    "an out that may be written is not named");
            throw;
          }
          require(same_bytes(out, expected), "the values");
        }) == "");
}

TEST_CASE("a run by several threads survives the failure of one") {
  const Graph g;
  const Program p = compile(g, {{"y", totals_of(g, {70000, 2})}}, {.threads = 3, .parallel_elements = 1});
  const Tensor x = numbers({70000, 2}), expected = p.run({{"x", x}})["y"];
  CHECK(sweep([&] { require(same_bytes(p.run({{"x", x}})["y"], expected), "the values"); }) == "");
}

TEST_CASE("a bound program that has run allocates nothing") {
  Graph g;
  const Tensor x = numbers({6, 40});
  std::vector<NamedExpr> outputs = build(g);
  const Expr e = exp(outputs[0].expr);
  outputs.push_back({"softmax", cumsum(e, 1) / sum(e, {1}, {.keepdim = true})});
  outputs.push_back({"total", sum(e)});
  const Program p = compile(g, outputs, {.threads = 1});
  const BoundProgram bound = p.bind({{"x", x}});
  const Tensors expected = p.run({{"x", x}});
  bound.run();
  fail_allocation(0);
  bound.run();
  CHECK_FALSE(stop_failing());
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(same_bytes(bound.results()[i], expected[i]));
}

TEST_CASE("text is printed and read, or nothing is left of it") {
  const Graph g;
  const std::vector<NamedExpr> outputs = build(g);
  const std::string text = print(g, outputs);
  CHECK(sweep([&] { require(print(g, outputs) == text, "the text"); }) == "");
  CHECK(sweep([&] { require(!json(g, outputs).empty() && !dot(g, outputs).empty(), "the text"); }) == "");
  CHECK(sweep([&] {
          const ParsedScript script = parse(text);
          stop_failing();
          require(print(script.graph, script.outputs).size() > text.size() / 2, "the graph");
        }) == "");
  const char* const looped =
      "def f(x: float32[n]):\n    y = x\n    for i in range(20):\n        y = softmax(y * i, dim=0)\n    "
      "return y\n";
  CHECK(sweep([&] {
          require(parse(looped, {.dims = {{"n", 5}}}).outputs.size() == 1, "the outputs");
        }) == "");
}

TEST_CASE("files are read and written, or nothing is left of them") {
  const TemporaryFolder folder;
  const Tensor t = numbers({30, 20});
  const std::string npy = folder.file("t.npy"), npz = folder.file("t.npz");
  CHECK(sweep([&] { save_npy(npy, t); }) == "");
  CHECK(sweep([&] { require(same_bytes(load_npy(npy), t), "the values"); }) == "");
  CHECK(sweep([&] { save_npz(npz, {{"t", t}, {"u", t}}); }) == "");
  CHECK(sweep([&] { require(same_bytes(load_npy(npz + ":u"), t), "the values"); }) == "");
}

TEST_CASE("a jitted function is compiled and run, or nothing is left of it") {
  const Tensor x = numbers({50});
  CHECK(sweep([&] {
          const auto doubled = jit([](Expr a) { return cumsum(a * 2, 0); }, {.threads = 1});
          require(doubled(x).item<float>(1) == -10, "the values");
        }) == "");
}

}  // namespace accrue::test
