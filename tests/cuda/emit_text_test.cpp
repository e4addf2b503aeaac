// What `accrue dump --stage source` prints: the text of kernels, for people to read.
#include "accrue/accrue.hpp"
#include "graph/pipeline.h"
#include "src/cuda/emit.h"
#include "tests/support/catch.h"

namespace accrue::test {
namespace {

std::string text_of(const Graph& graph, const Expr& value) {
  const auto plan = std::make_shared<const Plan>(run_pipeline(select(graph, {{"y", value}}), {}, true).plan);
  return gpu::print_sources(plan, false);
}

}  // namespace

TEST_CASE("the text of maps and casts") {
  Graph graph;
  const Expr x = graph.input("x", float16, {30, 40}), scale = graph.input("scale", float32, {40});
  CHECK(text_of(graph, relu(x * scale + 1.5)) == R"(// k0: cast, mul, add, relu: one pass over the elements
struct K0 {
  const f16* p0;  // x
  const float* p2;  // scale
  float* p7;  // y
  i64 runs;
  i64 columns;
  i64 runs_of_row;
  i64 at0_0;
};

extern "C" __global__ void BLOCK_OF(256) k0(const K0 __grid_constant__ k) {
  for (i64 run = this_thread(); run < k.runs; run += all_threads()) {
    u32 rest = run;
    const i64 c = next_index(rest, k.runs_of_row) * 4;
    const i64 r0 = rest;
    const i64 left = k.columns - c;
    const i64 at0 = r0 * k.at0_0 + c;
    const i64 at1 = c;
    f16 v0[4] = {};
    load(v0, k.p0 + at0, left);
    float v2[4] = {};
    load(v2, k.p2 + at1, left);
    float s7[4];
    UNROLL for (int e = 0; e < 4; ++e) {
      const float v1 = cast_element<float>(v0[e]);  // %2 cast
      const float v3 = map<float, mul>(v1, v2[e]);  // %3 mul
      const float v5 = map<float, add>(v3, 1.5f);  // %5 add
      const float v6 = map<float, relu>(v5);  // %6 relu
      s7[e] = v6;
    }
    store(s7, k.p7 + at0, left);
  }
}
)");
}

TEST_CASE("the text of a scan") {
  Graph graph;
  const Expr mask = graph.input("mask", boolean, {30, 400});
  CHECK(text_of(graph, maximum(cumsum(mask, 1) - 1, 0)) ==
        R"(// k0: cumsum, sub, maximum: one pass along the axis
struct K0 {
  const bool* p0;  // mask
  i64* p6;  // y
  i64 lines;
  i64 rows;
  i64 at0_0;
};

extern "C" __global__ void BLOCK_OF(32) k0(const K0 __grid_constant__ k) {
  using Group = BlockLine<1, 2, 1>;
  using M1 = Group::Memory<Fold<fold_sum, i64, i64>>;
  SHARED(M1, m1);
  SHARED(Group::Stage<8>, stage);
  for (Group g(k.lines, k.rows); g.group_has_line(); g.next_line()) {
    u32 rest = g.any_line();
    const i64 c0 = rest;
    const i64 at0 = c0 * k.at0_0;
    constexpr u32 tile = 0;
    Group::Tile<bool> v0 = {};
    g.load(v0, k.p0 + at0, tile, stage);
    Group::Tile<i64> v1;
    scan<inclusive>(g, m1, tile, v0, v1);  // %1 cumsum
    Group::Tile<i64> v5;
    EACH_ELEMENT {
      const i64 v3 = map<i64, sub>(v1[l][e], 1l);  // %3 sub
      v5[l][e] = map<i64, maximum>(v3, 0l);  // %5 maximum
    }
    g.store(v5, k.p6 + at0, tile, stage);
  }
}
)");
}

TEST_CASE("lengths are parameters: other shapes have the same text") {
  const auto text = [](const Shape& shape) {
    Graph graph;
    return text_of(graph, cumsum(graph.input("x", float32, shape), 1));
  };
  CHECK(text({3000, 300}) == text({5000, 400}));
  CHECK(text({3000, 300}) != text({5000, 40}));  // short lines have a group of their own
}

TEST_CASE("constants of every dtype, as literals") {
  Graph graph;
  const Expr x = graph.input("x", float64, {4});
  const auto text = [&](const Expr& value) { return text_of(graph, value); };
  CHECK_THAT(text(x * -0.0), ContainsSubstring("mul>(v0[e], -0.0)"));
  CHECK_THAT(text(minimum(x, -std::numeric_limits<double>::infinity())),
             ContainsSubstring("minimum>(v0[e], lowest_of<double>())"));
  CHECK_THAT(text(add(x, std::numeric_limits<double>::quiet_NaN())),
             ContainsSubstring("not_a_number<double>()"));
  CHECK_THAT(text(cast(x, float16) + 0.1), ContainsSubstring("f16{11878} /* 0.1 */"));
  CHECK_THAT(text(cast(x, int64) + INT64_MIN), ContainsSubstring("lowest_of<i64>()"));
  CHECK_THAT(text(cast(x, uint8) + 7), ContainsSubstring("u8(7)"));
}

TEST_CASE("with the library in front it is a whole translation unit") {
  Graph graph;
  const Expr x = graph.input("x", float32, {4});
  const auto plan = std::make_shared<const Plan>(run_pipeline(select(graph, {{"y", neg(x)}}), {}, true).plan);
  const std::string program = gpu::print_sources(plan, true);
  CHECK(program.starts_with("// accrue's device library"));
  CHECK_THAT(program, ContainsSubstring(gpu::print_sources(plan, false)));
}

}  // namespace accrue::test
