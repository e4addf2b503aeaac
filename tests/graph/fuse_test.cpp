// Which nodes share a kernel, and the reason where two do not.
#include <algorithm>

#include "accrue/ops.hpp"
#include "graph/kernel.h"
#include "tests/support/catch.h"

namespace ac = accrue;
using ac::Instr;

namespace {

ac::KernelGraph fused(const ac::Graph& g, std::initializer_list<ac::Expr> outputs, bool fuse_nodes = true) {
  g.arena()->outputs.clear();
  for (const ac::Expr& e : outputs)
    g.arena()->outputs.push_back({"y" + std::to_string(g.arena()->outputs.size()), e.id()});
  ac::KernelGraph kernels = ac::fuse(g.arena(), fuse_nodes);
  ac::verify(kernels);
  return kernels;
}

std::size_t count(const ac::Kernel& kernel, Instr::Op op) {
  return static_cast<std::size_t>(
      std::count_if(kernel.code.begin(), kernel.code.end(), [&](const Instr& i) { return i.op == op; }));
}

}  // namespace

TEST_CASE("a cast, a scan and maps around it are one kernel: one load, one store") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::int32, {4, 1000});
  const auto k = fused(g, {ac::cumsum(ac::cast(x, ac::float32) * 0.5 + 1, 1) - 3});
  REQUIRE(k.kernels.size() == 1);
  CHECK(count(k.kernels[0], Instr::Op::load) == 1);
  CHECK(count(k.kernels[0], Instr::Op::store) == 1);
  CHECK(k.kernels[0].outer() == 4);
  CHECK(k.kernels[0].axis() == 1000);
  CHECK(k.kernels[0].inner() == 1);
  CHECK(k.kernels[0].phases() == 1);
  CHECK(k.not_fused.empty());
}

TEST_CASE("two maps of different inputs join in the kernel that reads both") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {100}), y = g.input("y", ac::float32, {100});
  CHECK(fused(g, {ac::exp(x) + ac::log(y)}).kernels.size() == 1);
}

TEST_CASE("a scan of a scan, with a reduction of it, is one pass") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {3, 50});
  const auto k = fused(g, {ac::max(ac::cummax(ac::cumsum(x, 1) * 2, 1), 1)});
  REQUIRE(k.kernels.size() == 1);
  CHECK(k.kernels[0].phases() == 1);
}

TEST_CASE("softmax is one kernel of three phases that loads its input once and stores once") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {8, 4096});
  const auto k = fused(g, {ac::softmax(x, 1)});
  REQUIRE(k.kernels.size() == 1);
  CHECK(k.kernels[0].phases() == 3);
  CHECK(count(k.kernels[0], Instr::Op::load) == 1);
  CHECK(count(k.kernels[0], Instr::Op::store) == 1);
}

TEST_CASE("the CDF of a softmax is one kernel too") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {8, 4096});
  const ac::Expr e = ac::exp(x - ac::max(x, 1, {.keepdim = true}));
  const auto k = fused(g, {ac::cumsum(e, 1) / ac::sum(e, 1, {.keepdim = true})});
  CHECK(k.kernels.size() == 1);
}

TEST_CASE("a column scan has an inner extent") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {2, 30, 7});
  const auto k = fused(g, {ac::cumsum(x, 1)});
  REQUIRE(k.kernels.size() == 1);
  CHECK(k.kernels[0].outer() == 2);
  CHECK(k.kernels[0].axis() == 30);
  CHECK(k.kernels[0].inner() == 7);
}

TEST_CASE("a reduction over two dims flattens them in ascending order") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {2, 3, 5, 7});
  const auto k = fused(g, {ac::sum(x, {0, 2})});
  REQUIRE(k.kernels.size() == 1);
  CHECK(k.kernels[0].space == ac::Shape{3, 2, 5, 7});
  CHECK(k.kernels[0].outer() == 3);
  CHECK(k.kernels[0].axis() == 10);
  CHECK(k.kernels[0].inner() == 7);
}

TEST_CASE("a cast read by scans along two dims is computed in both") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::int32, {30, 40});
  const ac::Expr f = ac::cast(x, ac::float32);
  const auto k = fused(g, {ac::cumsum(f, 0), ac::cumsum(f, 1)});
  REQUIRE(k.kernels.size() == 2);
  CHECK(count(k.kernels[0], Instr::Op::cast) == 1);
  CHECK(count(k.kernels[1], Instr::Op::cast) == 1);
  REQUIRE(k.not_fused.size() == 1);
  CHECK(k.not_fused[0].reason ==
        "not fused into k1: its reader runs along another axis; recomputed there, 1 operation");
}

TEST_CASE("an exp read by scans along two dims is stored once") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {30, 40});
  const ac::Expr f = ac::exp(x);
  const auto k = fused(g, {ac::cumsum(f, 0), ac::cumsum(f, 1)});
  REQUIRE(k.kernels.size() == 2);
  REQUIRE(k.not_fused.size() == 1);
  CHECK(k.not_fused[0].reason == "not fused into k1: its reader runs along another axis; stored once");
}

TEST_CASE("a forward and a reverse scan do not share a kernel") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {40});
  const auto k = fused(g, {ac::cumsum(ac::cumsum(x, 0), 0, {.reverse = true})});
  REQUIRE(k.kernels.size() == 2);
  CHECK(k.kernels[1].reverse);
  REQUIRE(k.not_fused.size() == 1);
  CHECK(k.not_fused[0].reason == "not fused into k1: one runs forward, the other in reverse; stored once");
}

TEST_CASE("a value read straight and flipped is stored before it is read flipped") {
  ac::Graph g;
  const ac::Expr e = ac::exp(g.input("x", ac::float32, {40}));
  const auto k = fused(g, {e + ac::flip(e, 0)});
  REQUIRE(k.kernels.size() == 2);
  CHECK(k.not_fused[0].reason ==
        "not fused into k1: it is read through a view that moves elements; stored once");
}

TEST_CASE("a value read straight and transposed is stored before it is read transposed") {
  ac::Graph g;
  const ac::Expr e = ac::exp(g.input("x", ac::float32, {40, 40}));
  CHECK(fused(g, {e + ac::transpose(e, 0, 1)}).kernels.size() == 2);
}

TEST_CASE("reading through unit dims and permutes of all readers alike stays in the kernel") {
  ac::Graph g;
  const ac::Expr e = ac::exp(g.input("x", ac::float32, {30, 40}));
  CHECK(fused(g, {ac::cumsum(ac::transpose(e, 0, 1), 0)}).kernels.size() == 1);
  CHECK(fused(g, {ac::cumsum(ac::unsqueeze(e, 1), 2)}).kernels.size() == 1);
}

TEST_CASE("an expensive value of fewer elements is not computed once for each element of its reader") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {30, 40}), v = g.input("v", ac::float32, {40});
  CHECK(fused(g, {x * ac::exp(v)}).kernels.size() == 2);
}

TEST_CASE("a cheap value of fewer elements is") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {30, 40}), v = g.input("v", ac::float32, {40});
  CHECK(fused(g, {x * (v + 1)}).kernels.size() == 1);
}

TEST_CASE("a sum of row sums is a kernel of its own") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {30, 40});
  CHECK(fused(g, {ac::sum(ac::sum(x, 1) * 2, 0)}).kernels.size() == 2);
}

TEST_CASE("kernels that read the same input alike share the reading") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {30, 40});
  const auto k = fused(g, {ac::cumsum(x, 1), ac::max(x, 1), ac::exp(x)});
  REQUIRE(k.kernels.size() == 1);
  CHECK(count(k.kernels[0], Instr::Op::load) == 1);
  CHECK(fused(g, {ac::cumsum(x, 1), ac::cumsum(x, 0)}).kernels.size() == 2);
}

TEST_CASE("parts of a concat are stored straight into their places") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {3, 4});
  const auto k = fused(g, {ac::concat({ac::exp(x), x, ac::cumsum(x, 1)}, 1)});
  for (const ac::Buffer& b : k.buffers) CHECK(b.kind != ac::Buffer::Kind::temporary);
}

TEST_CASE("a matmul is a kernel of its own, between fused ones") {
  ac::Graph g;
  const ac::Expr a = g.input("a", ac::float32, {8, 9}), b = g.input("b", ac::float32, {9, 5});
  const auto k = fused(g, {ac::exp(ac::matmul(ac::exp(a), b))});
  REQUIRE(k.kernels.size() == 3);
  CHECK(k.kernels[1].kind == ac::Kernel::Kind::matmul);
}

TEST_CASE("with fusion off every operation has a kernel of its own") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::int32, {4, 1000});
  const auto k = fused(g, {ac::cumsum(ac::cast(x, ac::float32) * 0.5, 1) - 3}, false);
  CHECK(k.kernels.size() == 4);
  REQUIRE(!k.not_fused.empty());
  CHECK(k.not_fused[0].reason == "not fused into k1: fusion is switched off; stored once");
}

TEST_CASE("an input that is an output, and one output twice, are copied and stored") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {10});
  const ac::Expr y = ac::exp(x);
  const auto k = fused(g, {x, y, y, ac::full(g, {3}, 1.5)});
  CHECK(k.outputs.size() == 4);
  std::size_t stores = 0;
  for (const ac::Kernel& kernel : k.kernels) stores += count(kernel, Instr::Op::store);
  CHECK(stores == 4);
}
