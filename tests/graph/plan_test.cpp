// Where buffers live, what shares a slot, and why others do not.
#include "graph/plan.h"
#include "accrue/ops.hpp"
#include "tests/support/catch.h"

namespace ac = accrue;

namespace {

ac::Plan planned(const ac::Graph& g, std::initializer_list<ac::Expr> outputs, bool fuse_nodes = true,
                 const std::vector<std::string>& donate = {}) {
  g.arena()->outputs.clear();
  for (const ac::Expr& e : outputs)
    g.arena()->outputs.push_back({"y" + std::to_string(g.arena()->outputs.size()), e.id()});
  ac::Plan p = ac::plan(ac::fuse(g.arena(), fuse_nodes), donate);
  ac::verify(p);
  return p;
}

}  // namespace

TEST_CASE("a fused kernel needs no arena") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::uint8, {1000});
  const auto p = planned(g, {ac::cumsum(x, 0)});
  CHECK(p.memory.arena_bytes == 0);
  CHECK(p.memory.input_bytes == 1000);
  CHECK(p.memory.output_bytes == 8000);
  CHECK(p.memory.planned_peak_bytes == 9000);
}

TEST_CASE("a chain of kernels is worked through in one slot, in place") {
  ac::Graph g;
  ac::Expr x = g.input("x", ac::float32, {1024});
  for (int i = 0; i < 6; ++i) x = ac::exp(x);
  const auto p = planned(g, {x}, false);
  CHECK(p.kernels.kernels.size() == 6);
  CHECK(p.memory.arena_bytes == 4096);
}

TEST_CASE("a value that widens is not written over its input") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::int8, {1024});
  const auto p = planned(g, {ac::cumsum(ac::cast(ac::square(x), ac::int64), 0)}, false);
  bool explained = false;
  for (const ac::Slot& s : p.slots)
    explained = explained || s.reason.find("elements of 1 and 8 bytes") != std::string::npos;
  CHECK(explained);
}

TEST_CASE("an out may be the input where each element is read before it is written") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {16, 16});
  const auto in_place = planned(g, {ac::cumsum(x, 1)});
  REQUIRE(in_place.in_place.size() == 1);
  CHECK(in_place.in_place[0].allowed);
  const auto flipped = planned(g, {ac::cumsum(ac::flip(x, 0), 1)});
  REQUIRE(flipped.in_place.size() == 1);
  CHECK_FALSE(flipped.in_place[0].allowed);
  CHECK(flipped.in_place[0].reason == "k0 reads it in another order than it writes");
}

TEST_CASE("an input that the same kernel reads in a second order is not written over") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {16, 16});
  for (const ac::Expr& y : {x - ac::flip(x, 0), ac::neg(ac::flip(x, 0)) + x}) {
    const auto p = planned(g, {y});
    REQUIRE(p.kernels.kernels.size() == 1);
    REQUIRE(p.in_place.size() == 1);
    CHECK(p.in_place[0].reason == "k0 reads it in another order than it writes");
  }
}

TEST_CASE("an input that a later kernel reads is not written over") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {16, 16});
  const auto p = planned(g, {ac::cumsum(x, 1), ac::cumsum(x, 0)});
  REQUIRE(p.in_place.size() == 2);
  CHECK(p.in_place[0].reason == "k1 reads it later");
  CHECK_FALSE(p.in_place[0].allowed);
  CHECK(p.in_place[1].allowed);
}

TEST_CASE("a donated input's storage becomes the output's") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {16});
  CHECK(planned(g, {ac::cumsum(x, 0)}, true, {"x"}).memory.output_bytes == 0);
  CHECK(planned(g, {ac::cumsum(x, 0)}).memory.output_bytes == 64);
}
