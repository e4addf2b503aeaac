// fold_constants and drop_dead.
#include "accrue/ops.hpp"
#include "graph/rewrite.h"
#include "tests/graph/rewriting.h"
#include "tests/support/catch.h"

namespace accrue::test {

namespace {

void folds(const std::string& before, const std::string& after) {
  check_rewrite("fold_constants", returns("x: float32[4]", before), returns("x: float32[4]", after));
}
void stays(const std::string& value) { check_stays("fold_constants", returns("x: float32[4]", value)); }

}  // namespace

TEST_CASE("fold_constants: exact functions, casts, folds and views of constants") {
  folds("x + sqrt(constant(4.0))", "x + 2.0");
  folds("x + cast(constant([1, 2, 3, 4]), float32)", "x + constant([1.0, 2.0, 3.0, 4.0])");
  folds("x + cumsum(constant([1.0, 2.0, 3.0, 4.0]), 0)", "x + constant([1.0, 3.0, 6.0, 10.0])");
  folds("x + sum(constant([1.0, 2.0, 3.0, 4.0]))", "x + 10.0");
  folds("x + constant([1.0, 2.0, 3.0, 4.0])[::-1]", "x + constant([4.0, 3.0, 2.0, 1.0])");
  folds("x + concat((constant([1.0, 2.0]), constant([3.0, 4.0])), 0)", "x + constant([1.0, 2.0, 3.0, 4.0])");
  folds("x + -constant([1.0, 2.0, 3.0, 4.0]) * 2.0", "x + constant([-2.0, -4.0, -6.0, -8.0])");
}

TEST_CASE("fold_constants: a result that is one number throughout is that number") {
  folds("x + constant([2.0, 2.0, 2.0, 2.0]) * 2.0", "x + full((4,), 4.0)");
  folds("x + transpose(full((2000, 4), 1.5), 0, 1)[:, 0]", "x + full((4,), 1.5)");
}

TEST_CASE("fold_constants: functions that are not exactly rounded stay") {
  stays("x + exp(constant(1.0))");
  stays("x + constant(2.0) ** 3.0");
}

TEST_CASE("fold_constants: large results and operands stay") {
  stays("x + sum(full((1025,), 2.0) + 1.0)");
  folds("x + sum(full((1024,), 2.0) + 1.0)", "x + 3072.0");
  stays("x + (constant([1.0]) + full((1025, 1), 2.0))[:4, 0]");
}

TEST_CASE("fold_constants: what depends on an input or a sequence stays") {
  stays("x + x[:1] * 2.0");
  stays("x + cast(arange(4), float32)");
}

TEST_CASE("drop_dead drops what nothing needs, and no input") {
  Graph g("f");
  const Expr x = g.input("x", float32, {4}), unused = g.input("unused", float32, {4});
  const Expr y = exp(unused) + x, z = x + 1;
  g.arena()->outputs = {{"z", z.id()}};
  const Arena kept = drop_dead(*g.arena());
  CHECK(y.id() < g.arena()->size());
  REQUIRE(kept.inputs().size() == 2);
  CHECK(std::string_view(kept[kept.inputs()[1]].name) == "unused");
  CHECK(kept.size() == 4);  // the inputs, 1 and x + 1
  CHECK(op_name(kept[kept.outputs[0].node]) == "add");
}

}  // namespace accrue::test
