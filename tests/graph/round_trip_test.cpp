// parse(print(g)) == g, for every operation of ops.hpp and every kind of constant.
#include <cmath>
#include <cstring>
#include <limits>

#include "accrue/ops.hpp"
#include "accrue/text.hpp"
#include "graph/graph.h"
#include "graph/text/numbers.h"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"
#include "tests/support/random.h"
#include "tests/support/same_graph.h"

using namespace accrue;

namespace {

const std::vector<DType> every_dtype = {boolean, int8,   int16,   int32,    int64,   uint8,  uint16,
                                        uint32,  uint64, float16, bfloat16, float32, float64};
constexpr double infinity = std::numeric_limits<double>::infinity();

// Whether the operation takes the operands it is given; where it does, its graph must come back the same.
template <class Build>
bool comes_back(const Build& build) {
  Graph g;
  std::vector<NamedExpr> outputs;
  try {
    outputs.push_back({"y", build(g)});
  } catch (const Error&) {
    return false;
  }
  CHECK(test::round_trip_difference(g, outputs) == "");
  return true;
}

// The same for each dtype; how many of them the operation takes.
template <class Build>
int dtypes_that_come_back(const Build& build) {
  int count = 0;
  for (const DType dtype : every_dtype) {
    INFO(to_string(dtype));
    if (comes_back([&](Graph& g) { return build(g, g.input("x", dtype, {2, 3}), dtype); })) ++count;
  }
  return count;
}

Expr tensor_constant(const Graph& g, Array array) {
  Node node;
  node.kind = Kind::constant;
  node.data = std::make_shared<const Array>(std::move(array));
  return {g.arena(), g.arena()->add(std::move(node))};
}

Array array_of_bits(DType dtype, const std::vector<std::uint64_t>& bits) {
  Array array(dtype, {static_cast<std::int64_t>(bits.size())});
  const std::size_t width = byte_width(dtype);
  for (std::size_t i = 0; i < bits.size(); ++i) std::memcpy(&array.bytes[i * width], &bits[i], width);
  return array;
}

}  // namespace

TEST_CASE("scalar functions of tensors come back") {
  for (const FnInfo& f : fn_infos) {
    INFO(f.name);
    const auto build = [&](Graph& g, const Expr& x, DType dtype) {
      if (f.spec.arity == 1) return detail::map(f.name, {x});
      const Expr y = g.input("b", dtype, {3});
      if (f.spec.arity == 2) return detail::map(f.name, {x, y});
      const Expr first = f.spec.unpromoted > 0 ? g.input("c", boolean, {2, 1}) : g.input("c", dtype, {2, 1});
      return detail::map(f.name, {first, x, y});
    };
    CHECK(dtypes_that_come_back(build) >= 1);
  }
}

TEST_CASE("scalar functions of tensors and numbers come back") {
  const std::vector<Literal> numbers = {true, 0,    1,       100,      0.0,       -0.0,
                                        0.1,  1e-7, 65504.0, infinity, -infinity, std::nan("")};
  for (const FnInfo& f : fn_infos) {
    if (f.spec.arity < 2) continue;
    INFO(f.name);
    int taken = 0;
    for (const Literal& literal : numbers) {
      const Operand number(literal, {});
      const auto with_numbers = [&](Graph& g, const Expr& x, DType) {
        const Expr condition = g.input("c", boolean, {2, 1});
        if (f.spec.arity == 2)
          return concat({detail::map(f.name, {x, number}), detail::map(f.name, {number, x})});
        if (f.spec.unpromoted > 0)
          return concat(
              {detail::map(f.name, {condition, x, number}), detail::map(f.name, {condition, number, x})});
        return detail::map(f.name, {x, number, number});
      };
      taken += dtypes_that_come_back(with_numbers);
    }
    CHECK(taken >= 1);
  }
}

TEST_CASE("functions of literals alone come back") {
  for (const DType dtype : every_dtype)
    for (const FnInfo& f : fn_infos)
      comes_back([&](Graph& g) {
        const Operand one = g.constant(1, dtype);
        if (f.spec.arity == 1) return detail::map(f.name, {one});
        if (f.spec.arity == 2) return detail::map(f.name, {one, one});
        return detail::map(f.name, {f.spec.unpromoted > 0 ? Operand(true) : one, one, one});
      });
}

TEST_CASE("casts come back") {
  for (const DType to : every_dtype)
    CHECK(dtypes_that_come_back([&](Graph&, const Expr& x, DType) { return cast(x, to); }) == 13);
}

TEST_CASE("scans come back") {
  using Scan = Expr (*)(Operand, std::int64_t, const ScanOptions&);
  const std::pair<Scan, int> scans[] = {{cumsum, 13}, {cumprod, 13}, {cummax, 13}, {cummin, 13}};
  for (const auto& [scan, dtypes] : scans)
    for (const bool exclusive : {false, true})
      for (const bool reverse : {false, true})
        CHECK(dtypes_that_come_back([&, scan = scan](Graph&, const Expr& x, DType) {
                return scan(x, 1, {.exclusive = exclusive, .reverse = reverse});
              }) == dtypes);
  for (const DType to : every_dtype) {
    const int taken =
        dtypes_that_come_back([&](Graph&, const Expr& x, DType) { return cumsum(x, 0, {.dtype = to}); });
    CHECK(taken == (to == boolean ? 0 : 13));
  }
  CHECK(comes_back([](Graph& g) { return cumsum(g.input("x", int8, {}), 0, {.exclusive = true}); }));
}

TEST_CASE("reductions come back") {
  using Reduce = Expr (*)(Operand, const DimList&, const ReduceOptions&);
  const Reduce reductions[] = {sum, prod, mean, max, min, any, all, argmax, argmin};
  for (const Reduce reduce : reductions)
    for (const bool keepdim : {false, true})
      for (const DimList& dims : {DimList(0), DimList(-1), DimList({0, 1}), all_dims, DimList(Dims{})})
        CHECK(dtypes_that_come_back(
                  [&](Graph&, const Expr& x, DType) { return reduce(x, dims, {.keepdim = keepdim}); }) >= 1);
  for (const DType to : every_dtype)
    dtypes_that_come_back([&](Graph&, const Expr& x, DType) { return sum(x, 0, {.dtype = to}); });
  CHECK(comes_back([](Graph& g) { return max(g.input("x", float16, {})); }));
}

TEST_CASE("views and joins come back") {
  const auto all_dtypes = [](auto build) {
    CHECK(dtypes_that_come_back([&](Graph&, const Expr& x, DType) { return build(x); }) == 13);
  };
  all_dtypes([](const Expr& x) { return reshape(x, {-1}); });
  all_dtypes([](const Expr& x) { return reshape(slice(x, {{0, 1}, {0, 1}}), {}); });
  all_dtypes([](const Expr& x) { return permute(x, {1, 0}); });
  all_dtypes([](const Expr& x) { return transpose(x, 0, -1); });
  all_dtypes([](const Expr& x) { return select(x, 1, -1); });
  all_dtypes([](const Expr& x) { return flip(x); });
  all_dtypes([](const Expr& x) { return broadcast_to(x, {4, 2, 3}); });
  all_dtypes([](const Expr& x) { return squeeze(unsqueeze(x, 1), 1); });
  all_dtypes([](const Expr& x) { return concat({x, x, flip(x, 0)}, -1); });
  all_dtypes([](const Expr& x) { return concat({x}, 0); });
  all_dtypes([](const Expr& x) { return stack({x, x}, 2); });
}

TEST_CASE("every slice of a dim of five comes back") {
  std::vector<std::optional<std::int64_t>> bounds = {std::nullopt};
  for (std::int64_t i = -7; i <= 7; ++i) bounds.push_back(i);
  for (const auto& start : bounds)
    for (const auto& stop : bounds)
      for (const std::int64_t step : {1, 2, 3, 7, -1, -2, -3, -7})
        CHECK(comes_back([&](Graph& g) {
          return slice(g.input("x", int8, {5, 2}), 0, {start, stop, step});
        }));
}

TEST_CASE("matmuls and composed operations come back") {
  CHECK(dtypes_that_come_back([](Graph&, const Expr& x, DType) { return matmul(x, transpose(x, 0, 1)); }) ==
        12);
  const auto floats = [](auto build) {
    CHECK(dtypes_that_come_back([&](Graph&, const Expr& x, DType) { return build(x); }) >= 4);
  };
  floats([](const Expr& x) { return softmax(x, 1); });
  floats([](const Expr& x) { return log_softmax(x, 0); });
  floats([](const Expr& x) { return logsumexp(x, all_dims, true); });
  floats([](const Expr& x) { return var(x, 0, 0, true); });
  floats([](const Expr& x) { return accrue::std(x); });
  floats([](const Expr& x) { return tan(x); });
  floats([](const Expr& x) { return clamp(x, 0, 1); });
  floats([](const Expr& x) { return clamp(x, std::nullopt, sum(x)); });
}

TEST_CASE("sequences come back") {
  for (const DType dtype : every_dtype) {
    if (dtype == boolean) continue;
    INFO(to_string(dtype));
    CHECK(comes_back([&](Graph& g) { return arange(g, 0, 7, 2, dtype); }));
    CHECK(comes_back([&](Graph& g) { return arange(g, 7, 0, -3, dtype); }));
    CHECK(comes_back([&](Graph& g) { return arange(g, 3, 3, 1, dtype); }));
    CHECK(comes_back([&](Graph& g) { return arange(g, 0.5, 4.0, 0.1, dtype); }));
  }
  const auto lowest = std::numeric_limits<std::int64_t>::lowest();
  const auto highest = std::numeric_limits<std::uint64_t>::max();
  CHECK(comes_back([&](Graph& g) { return arange(g, lowest, lowest + 3); }));
  CHECK(comes_back(
      [&](Graph& g) { return arange(g, lowest, std::numeric_limits<std::int64_t>::max(), highest / 3); }));
  CHECK(comes_back([&](Graph& g) { return arange(g, highest - 3, highest, 1, uint64); }));
  CHECK(comes_back([&](Graph& g) { return arange(g, highest, 5, lowest, uint64); }));
  CHECK(comes_back([&](Graph& g) { return arange(g, 0, highest, highest - 1, uint64); }));
  CHECK(comes_back([&](Graph& g) { return arange(g, lowest, lowest + 1, highest); }));
  CHECK(comes_back([&](Graph& g) { return arange(g, -1, -1, 1, uint64); }));
  test::Random random(11);
  for (int i = 0; i < 2000; ++i) {
    const double start = random.uniform() * 100 - 50, step = random.uniform() + 1e-3;
    CHECK(
        comes_back([&](Graph& g) { return arange(g, start, start + random.uniform() * 20, step, float64); }));
  }
}

TEST_CASE("a number of each dtype comes back, at the ends of its range too") {
  const std::pair<DType, std::vector<Literal>> numbers[] = {
      {boolean, {true, false}},
      {int8, {-128, 127}},
      {int64, {std::numeric_limits<std::int64_t>::lowest(), std::numeric_limits<std::int64_t>::max()}},
      {uint64, {0, std::numeric_limits<std::uint64_t>::max()}},
      {float16, {-0.0, 0.1, 65504.0, 6e-8, infinity, std::nan("")}},
      {bfloat16, {-0.0, 0.1, 3.3895e38, 9.2e-41, -infinity, std::nan("")}},
      {float32, {-0.0, 0.1, 16777217.0, 3.4028235e38, 1e-45, std::nan("")}},
      {float64, {-0.0, 0.1, 1.7976931348623157e308, 5e-324, infinity, std::nan("")}}};
  for (const auto& [dtype, values] : numbers)
    for (const Literal& value : values) {
      INFO(to_string(dtype));
      CHECK(comes_back([&, dtype = dtype](Graph& g) { return g.constant(value, dtype); }));
      CHECK(comes_back([&, dtype = dtype](Graph& g) { return full(g, {2, 3}, value, dtype); }));
      CHECK(comes_back([&, dtype = dtype](Graph& g) {
        return where(g.input("c", boolean, {}), g.constant(value, dtype), 0);
      }));
    }
}

TEST_CASE("every 16-bit float comes back bit for bit, a NaN as a NaN") {
  for (const DType dtype : {float16, bfloat16}) {
    std::vector<std::uint64_t> bits;
    for (std::uint64_t b = 0; b < 65536; ++b) bits.push_back(b);
    Graph g;
    const Expr all = tensor_constant(g, array_of_bits(dtype, bits));
    CHECK(test::round_trip_difference(g, {{"all", all}}) == "");
  }
}

TEST_CASE("random floats and integers come back bit for bit") {
  test::Random random(7);
  for (const DType dtype : every_dtype) {
    if (dtype == boolean) continue;
    std::vector<std::uint64_t> bits;
    for (int i = 0; i < 20000; ++i) bits.push_back(random.bits());
    INFO(to_string(dtype));
    Graph g;
    const Expr all = tensor_constant(g, array_of_bits(dtype, bits));
    CHECK(test::round_trip_difference(g, {{"all", all}}) == "");
  }
}

TEST_CASE("constants of every shape come back, and those in a sidecar with a NaN's payload") {
  for (const Shape& shape :
       {Shape{}, Shape{1}, Shape{0}, Shape{2, 0, 3}, Shape{2, 3}, Shape{1, 1, 4}, Shape{2, 2, 2, 2}}) {
    Graph g;
    Array array(float32, shape);
    for (std::size_t i = 0; i < array.bytes.size(); i += 4) {
      const float value = static_cast<float>(i) / 3;
      std::memcpy(&array.bytes[i], &value, 4);
    }
    const Expr c = tensor_constant(g, array);
    INFO(to_string(shape));
    CHECK(test::round_trip_difference(g, {{"c", c}}) == "");
  }
  Graph g;
  const std::vector<std::uint64_t> bits = {0x7fc00001, 0xffc12345, 0x80000000, 0x00000001, 0x7f800000};
  const Expr large = tensor_constant(g, array_of_bits(float32, bits));
  std::vector<SidecarConstant> sidecar;
  const std::string text = print(g, {{"large", large}}, {"a \"b\\c.npz", &sidecar, 4});
  REQUIRE(sidecar.size() == 1);
  const ParsedScript read = parse(text, {.load_constant = [&](const std::string& place) {
                                    CHECK(place == "a \"b\\c.npz:c0");
                                    return sidecar[0];
                                  }});
  const Node& node = (*read.graph.arena())[read.outputs[0].expr.id()];
  CHECK(node.data->bytes == array_of_bits(float32, bits).bytes);
}

TEST_CASE("the text of a NaN is nan, whatever its bits") {
  for (const std::uint64_t bits : {0x7e00u, 0x7c01u, 0xffffu}) {
    std::string text;
    append_number(text, float16, bits);
    CHECK(text == "nan");
  }
}

TEST_CASE("an out that the graph is bound to is a comment, and does not come back") {
  Graph g;
  const Expr x = g.input("x", int32, {3});
  const Expr y = cumsum(x, 0);
  g.arena()->outs.push_back({y.id(), Tensor()});
  CHECK(print(g, {{"y", y}}).find("written to an out of strides []") != std::string::npos);
  CHECK(test::round_trip_difference(g, {{"y", y}}) == "");
  CHECK(parse(print(g, {{"y", y}})).graph.arena()->outs.empty());
}

TEST_CASE("outputs come back under their names, and in their order") {
  Graph g;
  const Expr x = g.input("x", float32, {2}), t0 = g.input("t0", float32, {2}), s = x + t0;
  CHECK(test::round_trip_difference(
            g, {{"x", t0}, {"t0", x}, {"t1", s}, {"out7", s}, {"one", g.constant(1)}}) == "");
  CHECK(test::round_trip_difference(g, {{"out1", s}, {"out0", x * s}}) == "");
  CHECK(test::round_trip_difference(g, {{"saved0", x}, {"x", x}, {"t0", t0}}) == "");
}
