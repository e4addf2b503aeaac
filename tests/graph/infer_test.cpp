// Shapes of results, and the nodes that views and composed operations become.
#include "accrue/ops.hpp"
#include "tests/graph/listing.h"
#include "tests/support/catch.h"

using namespace accrue;

namespace {

std::string broadcast(const Shape& a, const Shape& b) {
  Graph g;
  return to_string((g.input("a", float32, a) + g.input("b", float32, b)).shape());
}

std::string product(const Shape& a, const Shape& b) {
  Graph g;
  return to_string(matmul(g.input("a", float32, a), g.input("b", float32, b)).shape());
}

}  // namespace

TEST_CASE("maps broadcast as NumPy does") {
  CHECK(broadcast({2, 3}, {2, 3}) == "[2, 3]");
  CHECK(broadcast({2, 3}, {3}) == "[2, 3]");
  CHECK(broadcast({3}, {2, 1}) == "[2, 3]");
  CHECK(broadcast({}, {4, 0}) == "[4, 0]");
  CHECK(broadcast({1}, {0}) == "[0]");
  CHECK(broadcast({5, 1, 7}, {1, 6, 1}) == "[5, 6, 7]");
  CHECK(broadcast({}, {}) == "[]");
}

TEST_CASE("scans keep the shape; a 0-d value has dims -1 and 0") {
  Graph g;
  const Expr x = g.input("x", float32, {2, 0, 3}), scalar = g.input("s", int8, {});
  CHECK(type_of(cumsum(x, 1)) == "float32[2, 0, 3]");
  CHECK(cumsum(x, 0).id() == cumsum(x, -3).id());
  CHECK(cumsum(scalar, 0).id() == cumsum(scalar, -1).id());
  CHECK(type_of(cumsum(scalar, 0)) == "int64");
  CHECK(type_of(cumsum(x, 1, {.dtype = int32})) == "int32[2, 0, 3]");
  CHECK(type_of(cummax(x, 1, {.dtype = boolean})) == "bool[2, 0, 3]");
}

TEST_CASE("reductions drop dims, or keep them with length 1") {
  Graph g;
  const Expr x = g.input("x", float32, {2, 3, 4}), scalar = g.input("s", float32, {});
  CHECK(type_of(sum(x)) == "float32");
  CHECK(type_of(sum(x, {})) == "float32");
  CHECK(type_of(sum(x, 1)) == "float32[2, 4]");
  CHECK(type_of(sum(x, {-1, 0})) == "float32[3]");
  CHECK(sum(x, {2, 0}).id() == sum(x, {0, -1}).id());
  CHECK(type_of(sum(x, {2, 0}, {.keepdim = true})) == "float32[1, 3, 1]");
  CHECK(type_of(sum(x, all_dims, {.keepdim = true})) == "float32[1, 1, 1]");
  CHECK(type_of(sum(scalar)) == "float32");
  CHECK(sum(scalar, 0, {.keepdim = true}).id() == sum(scalar, -1).id());
  CHECK(type_of(argmin(x, 2)) == "int64[2, 3]");
}

TEST_CASE("reductions of no elements") {
  Graph g;
  const Expr x = g.input("x", float32, {0, 3});
  CHECK(type_of(sum(x)) == "float32");
  CHECK(type_of(mean(x, 0)) == "float32[3]");
  CHECK(type_of(max(x, 1)) == "float32[0]");  // the result is empty too
  CHECK_THROWS_AS(max(x, 0), Error);
  CHECK_THROWS_AS(argmin(x), Error);
  CHECK(type_of(softmax(x, 0)) == "float32[0, 3]");
  CHECK(type_of(logsumexp(x, 0)) == "float32[3]");
}

TEST_CASE("views") {
  Graph g;
  const Expr x = g.input("x", int8, {2, 3, 4}), one = g.input("one", int8, {1, 3, 1});
  CHECK(type_of(reshape(x, {4, -1})) == "int8[4, 6]");
  CHECK(type_of(reshape(x, {-1})) == "int8[24]");
  CHECK(type_of(reshape(g.input("e", int8, {0, 3}), {3, 0})) == "int8[3, 0]");
  CHECK(type_of(permute(x, {2, 0, 1})) == "int8[4, 2, 3]");
  CHECK(type_of(permute(x, {-1, 0, 1})) == "int8[4, 2, 3]");
  CHECK(type_of(transpose(x, 0, -1)) == "int8[4, 3, 2]");
  CHECK(type_of(broadcast_to(one, {5, 2, 3, 4})) == "int8[5, 2, 3, 4]");
  CHECK(type_of(broadcast_to(one, {0, 3, 1})) == "int8[0, 3, 1]");
  CHECK(type_of(squeeze(one)) == "int8[3]");
  CHECK(type_of(squeeze(one, 0)) == "int8[3, 1]");
  CHECK(type_of(squeeze(one, {1, 2})) == "int8[1, 3]");
  CHECK(type_of(unsqueeze(x, 0)) == "int8[1, 2, 3, 4]");
  CHECK(type_of(unsqueeze(x, -1)) == "int8[2, 3, 4, 1]");
  CHECK(type_of(unsqueeze(x, 3)) == "int8[2, 3, 4, 1]");
  CHECK(type_of(select(x, 1, -1)) == "int8[2, 4]");
  CHECK(type_of(unsqueeze(g.input("s", int8, {}), -1)) == "int8[1]");
}

namespace {

// The first index, step and length of x[start:stop:step] of ten elements.
std::string sliced(const Slice& s) {
  Graph g;
  const Expr x = g.input("x", int8, {10});
  const Node& node = (*g.arena())[slice(x, 0, s).id()];
  if (node.kind == Kind::input) return "all";
  return std::to_string(node.dims[0]) + ' ' + std::to_string(node.steps[0]) + ' ' +
         std::to_string(node.shape[0]);
}

}  // namespace

TEST_CASE("slices are Python's") {
  constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();
  const auto none = std::nullopt;
  CHECK(sliced({}) == "all");
  CHECK(sliced({0, 10}) == "all");
  CHECK(sliced({lowest, highest}) == "all");
  CHECK(sliced({2, 5}) == "2 1 3");
  CHECK(sliced({-3, none}) == "7 1 3");
  CHECK(sliced({none, -3}) == "0 1 7");
  CHECK(sliced({1, none, 2}) == "1 2 5");
  CHECK(sliced({0, none, 4}) == "0 4 3");
  CHECK(sliced({none, none, -1}) == "9 -1 10");
  CHECK(sliced({7, 2, -2}) == "7 -2 3");
  CHECK(sliced({none, 4, -1}) == "9 -1 5");
  CHECK(sliced({100, -100, -3}) == "9 -3 4");
  CHECK(sliced({3, none, highest}) == "3 1 1");  // one element: step 1
  CHECK(sliced({3, none, lowest}) == "3 1 1");
  CHECK(sliced({5, 2}) == "0 1 0");  // none: first index 0
  CHECK(sliced({2, 5, -1}) == "0 1 0");
  CHECK(sliced({10, none}) == "0 1 0");
}

TEST_CASE("slices of several dims, and of an empty one") {
  Graph g;
  const Expr x = g.input("x", int8, {4, 5, 6}), empty = g.input("e", int8, {0, 2});
  CHECK(type_of(slice(x, {{1, 3}, {}, {std::nullopt, std::nullopt, -2}})) == "int8[2, 5, 3]");
  CHECK(type_of(slice(x, {{1, 3}})) == "int8[2, 5, 6]");
  CHECK(type_of(slice(x, -1, {0, 2})) == "int8[4, 5, 2]");
  CHECK(flip(empty, 0).id() == empty.id());
  CHECK(type_of(slice(empty, 0, {3, 9})) == "int8[0, 2]");
}

TEST_CASE("concat and stack") {
  Graph g;
  const Expr a = g.input("a", int8, {2, 3}), b = g.input("b", int8, {2, 1}), s = g.input("s", int8, {});
  CHECK(type_of(concat({a, b}, 1)) == "int8[2, 4]");
  CHECK(type_of(concat({a, b, a}, -1)) == "int8[2, 7]");
  CHECK(type_of(stack({a, a, a})) == "int8[3, 2, 3]");
  CHECK(type_of(stack({a, a}, -1)) == "int8[2, 3, 2]");
  CHECK(type_of(stack({a}, 1)) == "int8[2, 1, 3]");
  CHECK(type_of(stack({s, 1, 2})) == "int8[3]");
}

TEST_CASE("matrix products") {
  CHECK(product({2, 3}, {3, 4}) == "[2, 4]");
  CHECK(product({3}, {3, 4}) == "[4]");
  CHECK(product({2, 3}, {3}) == "[2]");
  CHECK(product({3}, {3}) == "[]");
  CHECK(product({5, 2, 3}, {3, 4}) == "[5, 2, 4]");
  CHECK(product({5, 1, 2, 3}, {6, 3, 4}) == "[5, 6, 2, 4]");
  CHECK(product({5, 2, 3}, {3}) == "[5, 2]");
  CHECK(product({3}, {5, 3, 4}) == "[5, 4]");
  CHECK(product({2, 0}, {0, 4}) == "[2, 4]");
}

namespace {

// The dtype, length, and the bits of start and step.
std::string counted(const Literal& start, const Literal& stop, const Literal& step,
                    std::optional<DType> dtype = std::nullopt) {
  Graph g;
  const Expr x = arange(g, start, stop, step, dtype);
  const Node& iota = (*g.arena())[0];
  return type_of(x) + ' ' + std::to_string(static_cast<std::int64_t>(iota.bits)) + ' ' +
         std::to_string(static_cast<std::int64_t>(iota.step_bits));
}

}  // namespace

TEST_CASE("arange counts as ceil((stop - start) / step)") {
  constexpr std::int64_t one = 0x3ff0000000000000, half = 0x3fe0000000000000;
  CHECK(counted(0, 5, 1) == "int64[5] 0 1");
  CHECK(counted(0, 5, 2) == "int64[3] 0 2");
  CHECK(counted(5, 0, -2) == "int64[3] 5 -2");
  CHECK(counted(5, 0, 1) == "int64[0] 5 1");
  CHECK(counted(0, 5, -1) == "int64[0] 0 -1");
  CHECK(counted(0, 3, 1, uint8) == "uint8[3] 0 1");
  CHECK(counted(1, 3, 1, float16) == "float16[2] " + std::to_string(one) + ' ' + std::to_string(one));
  CHECK(counted(0.5, 2, 0.5) == "float32[3] " + std::to_string(half) + ' ' + std::to_string(half));
  CHECK(counted(0.5, 2, 0.5, int32) == "int32[3] " + std::to_string(half) + ' ' + std::to_string(half));
  CHECK(counted(std::uint64_t{1} << 63, (std::uint64_t{1} << 63) + 2, 1, uint64) ==
        "uint64[2] -9223372036854775808 1");
}

TEST_CASE("softmax is five operations, in float32 for a 16-bit operand") {
  Graph g;
  softmax(g.input("x", float16, {2, 3}), 1);
  CHECK(listing(g) ==
        "%0 float16[2, 3] input(x)\n"
        "%1 float32[2, 3] cast(%0)\n"
        "%2 float32[2, 1] max(%1) dims [1] keepdim\n"
        "%3 float32[2, 3] sub(%1, %2)\n"
        "%4 float32[2, 3] exp(%3)\n"
        "%5 float32[2, 1] sum(%4) dims [1] keepdim\n"
        "%6 float32[2, 3] div(%4, %5)\n"
        "%7 float16[2, 3] cast(%6)\n");
}

TEST_CASE("var divides by the count less the correction") {
  Graph g;
  var(g.input("x", float32, {2, 3}), {0, 1}, 2);
  CHECK(listing(g) ==
        "%0 float32[2, 3] input(x)\n"
        "%1 float32[1, 1] mean(%0) dims [0, 1] keepdim\n"
        "%2 float32[2, 3] sub(%0, %1)\n"
        "%3 float32[2, 3] square(%2)\n"
        "%4 float32 sum(%3) dims [0, 1]\n"
        "%5 float32 constant(bits 1082130432)\n"  // 4.0
        "%6 float32 div(%4, %5)\n");
}

TEST_CASE("clamp with one bound is maximum or minimum") {
  Graph g;
  const Expr x = g.input("x", int32, {3});
  CHECK(clamp(x, 0).id() == maximum(x, 0).id());
  CHECK(clamp(x, std::nullopt, 9).id() == minimum(x, 9).id());
  CHECK(op_name((*g.arena())[clamp(x, 0, 9).id()]) == "clamp");
}

TEST_CASE("more composed operations keep their shapes") {
  Graph g;
  const Expr x = g.input("x", float32, {2, 3}), s = g.input("s", float64, {});
  CHECK(type_of(log_softmax(x, -1)) == "float32[2, 3]");
  CHECK(type_of(logsumexp(x)) == "float32");
  CHECK(type_of(logsumexp(x, 0)) == "float32[3]");
  CHECK(type_of(logsumexp(x, 0, true)) == "float32[1, 3]");
  CHECK(type_of(accrue::std(x, 1)) == "float32[2]");
  CHECK(type_of(var(x, 1, 0, true)) == "float32[2, 1]");
  CHECK(type_of(tan(x)) == "float32[2, 3]");
  CHECK(type_of(softmax(s, 0)) == "float64");
}
