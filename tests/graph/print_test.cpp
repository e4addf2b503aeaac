// Graphs as text.
#include <limits>

#include "accrue/ops.hpp"
#include "accrue/text.hpp"
#include "graph/text/print.h"
#include "tests/support/catch.h"
#include "tests/support/same_graph.h"

using namespace accrue;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

std::string dump(const Graph& g, const std::vector<NamedExpr>& outputs) {
  return test::without_comments(print(g, outputs));
}

// The one operation of a graph, as its dump spells it.
std::string spelt(const Graph& g, const Expr& value) {
  const std::string text = dump(g, {{"y", value}});
  const std::size_t begin = text.rfind("    y: ");
  return text.substr(begin + 4, text.find('\n', begin) - begin - 4);
}

}  // namespace

TEST_CASE("a dump states every type and place") {
  Graph g("position_ids");
  const Expr mask = g.input("mask", boolean, {2, 8});
  const Expr seen = cumsum(Operand(mask, {"models/position_ids.acr", 3, 12}), 1);
  const Expr ids =
      maximum(Operand(sub(Operand(seen, {"position_ids.acr", 4, 20}), 1), {"position_ids.acr", 4, 12}), 0);
  CHECK(print(g, {{"ids", ids}}) ==
        "def position_ids(mask: bool[2, 8]) -> int64[2, 8]:\n"
        "    t0: int64[2, 8] = cumsum(mask, dim=1, dtype=int64)   # position_ids.acr:3\n"
        "    t1: int64[2, 8] = sub(t0, 1)                         # position_ids.acr:4\n"
        "    ids: int64[2, 8] = maximum(t1, 0)                    # position_ids.acr:4\n"
        "    return ids\n");
}

TEST_CASE("every kind of node has one spelling") {
  Graph g;
  const Expr x = g.input("x", float32, {4, 6}), i = g.input("i", int16, {3}), c = g.input("c", boolean, {});
  const auto text = [&](const Expr& value) { return spelt(g, value); };
  CHECK(text(neg(x)) == "y: float32[4, 6] = neg(x)");
  CHECK(text(x + 1) == "y: float32[4, 6] = add(x, 1.0)");
  CHECK(text(where(c, x, 0)) == "y: float32[4, 6] = where(c, x, 0.0)");
  CHECK(text(where(c, 1, 0)) == "y: int64 = where(c, 1, 0)");
  CHECK(text(clamp(x, 0, 6)) == "y: float32[4, 6] = clamp(x, 0.0, 6.0)");
  CHECK(text(cast(x, float16)) == "y: float16[4, 6] = cast(x, float16)");
  CHECK(text(cumsum(x, -1)) == "y: float32[4, 6] = cumsum(x, dim=1, dtype=float32)");
  CHECK(text(cumprod(x, 0, {.dtype = int8, .exclusive = true, .reverse = true})) ==
        "y: int8[4, 6] = cumprod(x, dim=0, dtype=int8, exclusive=True, reverse=True)");
  CHECK(text(cummax(c, 0)) == "y: bool = cummax(c, dim=0, dtype=bool)");
  CHECK(text(sum(i)) == "y: int64 = sum(i, dim=0, dtype=int64)");
  CHECK(text(sum(x)) == "y: float32 = sum(x, dim=(0, 1), dtype=float32)");
  CHECK(text(sum(c)) == "y: int64 = sum(c, dim=(), dtype=int64)");
  CHECK(text(mean(x, 1, {.keepdim = true})) ==
        "y: float32[4, 1] = mean(x, dim=1, keepdim=True, dtype=float32)");
  CHECK(text(argmax(x, 0)) == "y: int64[6] = argmax(x, dim=0)");
  CHECK(text(any(x, 0)) == "y: bool[6] = any(x, dim=0)");
  CHECK(text(reshape(x, {24})) == "y: float32[24] = reshape(x, (24,))");
  const std::string scalar = text(reshape(slice(i, 0, {0, 1}), {}));
  CHECK(scalar.find("= reshape(t") != std::string::npos);
  CHECK(scalar.ends_with(", ())"));
  CHECK(text(transpose(x, 0, 1)) == "y: float32[6, 4] = permute(x, (1, 0))");
  CHECK(text(broadcast_to(i, {2, 3})) == "y: int16[2, 3] = broadcast_to(i, (2, 3))");
  CHECK(text(concat({x, x}, 1)) == "y: float32[4, 12] = concat((x, x), dim=1)");
  CHECK(text(matmul(x, transpose(x, 0, 1))).find("y: float32[4, 4] = matmul(x, t") != std::string::npos);
}

TEST_CASE("slices leave out what is the default") {
  Graph g;
  const Expr x = g.input("x", float32, {4, 6}), none = g.input("none", float32, {0, 3});
  const auto text = [&](const std::vector<Slice>& slices) {
    const std::string line = spelt(g, slice(x, slices));
    return line.substr(line.find('['), line.find(']') + 1 - line.find('[')) +
           line.substr(line.find("= ") + 1);
  };
  CHECK(text({{1}}) == "[3, 6] x[1:]");
  CHECK(text({{std::nullopt, 3}}) == "[3, 6] x[:3]");
  CHECK(text({{}, {1, -1}}) == "[4, 4] x[:, 1:5]");
  CHECK(text({{}, {.step = -1}}) == "[4, 6] x[:, ::-1]");
  CHECK(text({{.step = 2}, {.step = 3}}) == "[2, 2] x[::2, ::3]");
  CHECK(text({{}, {1, 4, 2}}) == "[4, 2] x[:, 1:4:2]");
  CHECK(text({{}, {4, 0, -2}}) == "[4, 2] x[:, 4:1:-2]");
  CHECK(text({{}, {4, std::nullopt, -2}}) == "[4, 3] x[:, 4::-2]");
  CHECK(text({{3, 1}}) == "[0, 6] x[0:0]");
  CHECK(spelt(g, slice(none, 1, {2, 3})) == "y: float32[0, 1] = none[:, 2:]");
}

TEST_CASE("literals are typed where their dtype does not follow") {
  Graph g;
  const Expr h = g.input("h", float16, {2}), i = g.input("i", int32, {2});
  const auto text = [&](const Expr& value) { return spelt(g, value); };
  CHECK(text(h + 0.1) == "y: float16[2] = add(h, 0.1)");
  CHECK(text(h * not_a_number) == "y: float16[2] = mul(h, nan)");
  CHECK(text(maximum(h, -infinity)) == "y: float16[2] = maximum(h, -inf)");
  CHECK(text(h + -0.0) == "y: float16[2] = add(h, -0.0)");
  CHECK(text(neg(g.constant(1.0, float16))) == "y: float16 = neg(constant(1.0, dtype=float16))");
  CHECK(text(add(g.constant(1.0), 2)) == "y: float32 = add(constant(1.0, dtype=float32), 2.0)");
  CHECK(text(cumsum(g.constant(true), 0)) ==
        "y: int64 = cumsum(constant(True, dtype=bool), dim=0, dtype=int64)");
  CHECK(text(where(g.input("c", boolean, {}), g.constant(1, int8), 0)) ==
        "y: int8 = where(c, constant(1, dtype=int8), 0)");
  CHECK(text(pow(i, g.constant(-1, int32))) == "y: int32[2] = pow(i, constant(-1, dtype=int32))");
  CHECK(text(pow(i, 2)) == "y: int32[2] = pow(i, 2)");
}

TEST_CASE("constants and sequences") {
  Graph g;
  const auto text = [&](const Expr& value) { return spelt(g, value); };
  CHECK(text(full(g, {2, 3}, 1.5)) == "y: float32[2, 3] = full((2, 3), 1.5, dtype=float32)");
  CHECK(text(zeros(g, {0}, int8)) == "y: int8[0] = full((0,), 0, dtype=int8)");
  CHECK(text(g.constant(std::numeric_limits<std::int64_t>::lowest())) ==
        "y: int64 = constant(-9223372036854775808, dtype=int64)");
  CHECK(text(g.constant(~std::uint64_t{0}, uint64)) ==
        "y: uint64 = constant(18446744073709551615, dtype=uint64)");
  CHECK(text(arange(g, 0, 10, 3)) == "y: int64[4] = arange(0, 12, 3, dtype=int64)");
  CHECK(text(arange(g, 5, 0, -2, int8)) == "y: int8[3] = arange(5, -1, -2, dtype=int8)");
  CHECK(text(arange(g, 0, 1, 0.1)) == "y: float32[10] = arange(0.0, 1.0, 0.1, dtype=float32)");
  CHECK(text(arange(g, 3, 3)) == "y: int64[0] = arange(3, 3, 1, dtype=int64)");
}

TEST_CASE("outputs have their names, whatever else has them") {
  Graph g;
  const Expr x = g.input("x", float32, {2}), t0 = g.input("t0", float32, {2});
  const Expr s = x + t0;
  CHECK(dump(g, {{"a", s}, {"b", s}, {"x", x}}) ==
        "def main(x: float32[2], t0: float32[2]) -> (float32[2], float32[2], float32[2]):\n"
        "    a: float32[2] = add(x, t0)\n"
        "    b: float32[2] = a\n"
        "    return a, b, x\n");
  CHECK(dump(g, {{"t0", x}, {"x", t0}, {"t1", s}, {"one", g.constant(1)}}) ==
        "def main(x: float32[2], t0: float32[2]) -> (float32[2], float32[2], float32[2], int64):\n"
        "    t1: float32[2] = add(x, t0)\n"
        "    one: int64 = constant(1, dtype=int64)\n"
        "    saved0: float32[2] = x\n"
        "    saved1: float32[2] = t0\n"
        "    t0: float32[2] = saved0\n"
        "    x: float32[2] = saved1\n"
        "    return t0, x, t1, one\n");
  CHECK(dump(g, {{"x", s}}) ==
        "def main(x: float32[2], t0: float32[2]) -> float32[2]:\n"
        "    t1: float32[2] = add(x, t0)\n"
        "    x: float32[2] = t1\n"
        "    return x\n");
}

TEST_CASE("a graph without outputs prints while it is built") {
  Graph g("half built");
  g.input("x", float32, {2});
  CHECK(print(*g.arena()) == "def main(x: float32[2]) -> ():\n");
}

TEST_CASE("large constants move to the sidecar where there is one") {
  Graph g;
  auto data = std::make_shared<Array>(uint8, Shape{2, 3});
  data->bytes[5] = std::byte{7};
  Node node;
  node.kind = Kind::constant;
  node.data = data;
  const Expr c(g.arena(), g.arena()->add(node));
  CHECK(dump(g, {{"c", c}}) ==
        "def main() -> uint8[2, 3]:\n"
        "    c: uint8[2, 3] = constant([[0, 0, 0], [0, 0, 7]], dtype=uint8)\n"
        "    return c\n");
  std::vector<SidecarConstant> large;
  const std::string text = print(g, {{"c", c}}, {"dump.npz", &large, 5});
  CHECK(text ==
        "def main() -> uint8[2, 3]:\n"
        "    c: uint8[2, 3] = constant(\"dump.npz:c0\", dtype=uint8, shape=(2, 3))\n"
        "    return c\n");
  REQUIRE(large.size() == 1);
  CHECK(large[0].member == "c0");
  CHECK(large[0].data.get()[5] == std::byte{7});

  const ParsedScript read = parse(text, {.load_constant = [&](const std::string& place) {
                                    CHECK(place == "dump.npz:c0");
                                    return large[0];
                                  }});
  CHECK(print(read.graph, read.outputs)
            .starts_with("def main() -> uint8[2, 3]:\n    c: uint8[2, 3] = constant([[0, 0"));
}

TEST_CASE("names that a script cannot have are refused") {
  Graph g, other;
  const Expr x = g.input("x", float32, {2});
  CHECK_THROWS_WITH(print(g, {{"a b", x}}),
                    "print: 'a b' cannot name an output; letters, digits and '_' can, reserved words cannot");
  CHECK_THROWS_WITH(print(g, {{"a", x}, {"a", x}}), "print: two outputs are named 'a'");
  CHECK_THROWS_WITH(print(other, {{"a", x}}), "print: output 'a' is of another graph");
}

TEST_CASE("an out is a comment") {
  Graph g;
  const Expr x = g.input("x", int32, {3});
  const Expr y = cumsum(Operand(x, {"a.cpp", 7, 0}), 0);
  g.arena()->outs.push_back({y.id(), Tensor()});
  CHECK(print(g, {{"y", y}}) ==
        "def main(x: int32[3]) -> int64[3]:\n"
        "    y: int64[3] = cumsum(x, dim=0, dtype=int64)   # a.cpp:7; written to an out of strides []\n"
        "    return y\n");
}
