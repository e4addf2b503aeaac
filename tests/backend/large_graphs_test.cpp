// Deep and wide graphs: no recursion, and time linear in the nodes from the first call to the last byte
// freed.
#include "accrue/accrue.hpp"
#include "graph/graph.h"
#include "graph/pipeline.h"
#include "tests/support/catch.h"
#include "tests/support/cpu_time.h"
#include "tests/support/small_stack.h"

namespace accrue::test {
namespace {

std::string numbered(const char* name, int i) { return name + std::to_string(i); }

/// A chain through everything that may follow itself.
Expr mixed_link(const Expr& x, int i) {
  switch (i % 8) {
    case 0: return x + 1;
    case 1: return cumsum(x, 0);
    case 2: return flip(x, 0);
    case 3: return x * x;
    case 4: return cast(x, i % 16 < 8 ? float64 : float32);
    case 5: return x - max(x, 0, {.keepdim = true});
    case 6: return minimum(x, i);
    default: return cumsum(x, 0, {.exclusive = true, .reverse = true});
  }
}

/// A kind of graph, of any size.
struct Family {
  std::string name;
  std::function<std::vector<NamedExpr>(Graph g, std::size_t nodes)> build;
};

bool is_full(const Graph& g, std::size_t nodes) { return g.arena()->size() >= nodes; }

template <class Link>
Family chain(std::string name, const Link& link) {
  return {std::move(name), [link](Graph g, std::size_t nodes) {
            Expr x = g.input("x", float32, {4});
            for (int i = 0; !is_full(g, nodes); ++i) x = link(x, i);
            return std::vector<NamedExpr>{{"y", x}};
          }};
}

std::vector<Family> families() {
  return {
      chain("a chain of maps", [](const Expr& x, int) { return neg(x); }),
      chain("a chain of scans", [](const Expr& x, int) { return cumsum(x, 0); }),
      chain("a chain of views",
            [](const Expr& x, int) {
              return reshape(flip(reshape(x, {2, 2}), 0), {4});
            }),
      chain("a chain of everything", mixed_link),
      chain("x = x + x", [](const Expr& x, int) { return x + x; }),
      {"readers of one value",
       [](Graph g, std::size_t nodes) {
         const Expr x = exp(g.input("x", float32, {4}));
         Expr sum = x;
         for (int i = 0; !is_full(g, nodes); ++i) sum = sum + x * i;
         return std::vector<NamedExpr>{{"y", sum}};
       }},
      {"inputs",
       [](Graph g, std::size_t nodes) {
         Expr sum = g.input("x", float32, {4});
         for (int i = 0; !is_full(g, nodes); ++i) sum = sum + g.input(numbered("x", i), float32, {4});
         return std::vector<NamedExpr>{{"y", sum}};
       }},
      {"outputs",
       [](Graph g, std::size_t nodes) {
         const Expr x = g.input("x", float32, {4});
         std::vector<NamedExpr> outputs;
         for (int i = 0; !is_full(g, nodes); ++i) outputs.push_back({numbered("y", i), x * i});
         return outputs;
       }},
  };
}

std::vector<NamedTensor> bind(const Program& p) {
  std::vector<NamedTensor> inputs;
  for (const Signature& s : p.inputs()) inputs.push_back({s.name, Tensor::zeros(s.dtype, s.shape)});
  return inputs;
}

/// From the first call to the last byte freed.
void take_through(const Family& family, std::size_t nodes) {
  const Graph g;
  const std::vector<NamedExpr> outputs = family.build(g, nodes);
  const ParsedScript script = parse(print(g, outputs));
  REQUIRE(is_full(script.graph, nodes));
  const Program p = compile(script.graph, script.outputs, {.threads = 1});
  REQUIRE(p.run(bind(p)).size() == outputs.size());
}

}  // namespace

TEST_CASE("the time that a graph takes grows with its nodes", "[slow]") {
  constexpr std::size_t nodes = 6000;
  for (const Family& family : families()) {
    const double few = cpu_seconds([&] { take_through(family, nodes); });
    const double many = cpu_seconds([&] { take_through(family, 4 * nodes); });
    INFO(family.name << ": " << few << " s, four times as many nodes " << many << " s");
    CHECK(many < 8 * few);
  }
}

TEST_CASE(
    "a chain of a million nodes is built, printed, read, planned, run and freed on a stack of 256 KiB",
    "[slow]") {
  run_on_small_stack([] {
    take_through(chain("", [](const Expr& x, int i) { return i % 2 == 0 ? x + 1 : neg(x); }), 1'000'000);
  });
}

TEST_CASE("doubled a thousand times, one is 2^1000") {
  Graph g;
  Expr x = g.input("x", float64, {1});
  for (int i = 0; i < 1000; ++i) x = x + x;
  CHECK(g.arena()->size() == 1001);
  const Tensor one = Tensor::copy_of<double>({1}, {1});
  CHECK(compile(g, {{"y", x}}).run({{"x", one}})["y"].item<double>() == 0x1p1000);
}

TEST_CASE("ten thousand nodes are planned in less than 50 ms", "[slow]") {
#ifdef NDEBUG
  constexpr double limit = 2 * 0.05;  // twice: other tests share the caches
#else
  constexpr double limit = 2;  // without optimisation, or under a sanitizer
#endif
  for (const Family& family : families()) {
    const Graph g;
    const std::vector<NamedExpr> outputs = family.build(g, 10000);
    const double seconds = cpu_seconds([&] { run_pipeline(select(g, outputs), {}, false); });
    INFO(family.name);
    CHECK(seconds < limit);
  }
}

}  // namespace accrue::test
