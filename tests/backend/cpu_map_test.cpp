// Maps, casts, constants, iotas and strided memory on the CPU backend.
#include "graph/op_table.h"
#include "tests/backend/cpu_check.h"
#include "tests/support/catch.h"

namespace accrue::test {
namespace {

bool takes(const scalar::OpSpec& spec, DType dtype) {
  switch (spec.domain) {
    case scalar::Domain::any: return true;
    case scalar::Domain::numeric: return dtype != boolean;
    case scalar::Domain::integral: return !is_floating(dtype);
    case scalar::Domain::integers: return is_integer(dtype);
  }
  return false;
}

Expr apply(const FnInfo& function, const Expr& a, const Expr& b, const Expr& c) {
  if (function.spec.arity == 1) return detail::map(function.name, {a});
  if (function.spec.arity == 2) return detail::map(function.name, {a, b});
  if (function.spec.unpromoted == 1) return detail::map(function.name, {cast(a, boolean), b, c});
  return detail::map(function.name, {a, b, c});
}

}  // namespace

TEST_CASE("every function whose bits are promised, of every dtype that it takes") {
  for (const DType dtype : all_dtypes) {
    const Shape shape = {1031};
    Graph graph;
    const Expr a = graph.input("a", dtype, shape), b = graph.input("b", dtype, shape),
               c = graph.input("c", dtype, shape);
    std::vector<NamedValue> values;
    for (const FnInfo& function : fn_infos) {
      if (!takes(function.spec, dtype)) continue;
      const Expr value = apply(function, a, b, c);
      if (function.spec.exact || !is_floating(value.dtype()))  // the others: transcendental_test.cpp
        values.push_back({std::string(function.name), value});
    }
    require_same(graph, values,
                 {{"a", numbers(dtype, shape, 9, 1)},
                  {"b", numbers(dtype, shape, 5, 2)},
                  {"c", numbers(dtype, shape, 128, 3)}},
                 every_instruction_set(), std::string(to_string(dtype)));
  }
}

TEST_CASE("every cast") {
  for (const DType from : all_dtypes) {
    Graph graph;
    const Expr x = graph.input("x", from, {1025});
    std::vector<NamedValue> values;
    for (const DType to : all_dtypes) values.push_back({"to " + std::string(to_string(to)), cast(x, to)});
    for (const double limit : {3.0, 1e5, 1e20})
      require_same(graph, values, {{"x", numbers(from, {1025}, limit)}}, every_instruction_set(),
                   "from " + std::string(to_string(from)));
  }
}

TEST_CASE("constants and values of rows are read again and again, whatever the tile") {
  for (const DType dtype : {boolean, int8, int32, uint64, float16, float64})
    for (const Shape& shape : std::vector<Shape>{{1300}, {3, 1300}, {1300, 3}, {2, 600, 40}}) {
      Graph graph;
      const Expr x = graph.input("x", dtype, shape);
      const std::int64_t axis = shape.size() == 1 ? 0 : 1;
      const Expr most = max(x, {axis}, {.keepdim = true}), least = min(x, {axis}, {.keepdim = true});
      const Expr one = full(graph, {}, 1, dtype);
      const std::vector<NamedValue> values = {
          {"constant first", where(one < x, one, x)},
          {"constant last", maximum(x, one) == one},
          {"scanned", cummax(where(x == one, x, one), axis)},
          {"row first", where(most == x, least, x)},
          {"row last", x <= most},
          {"row and constant", cummin(where(x < one, most, maximum(x, least)), axis)},
          {"row and its cast", cumsum(cast(x != most, int32) + cast(most, int32), axis)}};
      require_same(graph, values, {{"x", numbers(dtype, shape, 3)}}, every_instruction_set({1, 2}),
                   std::string(to_string(dtype)));
    }
}

TEST_CASE("iotas and constants of every dtype") {
  for (const DType dtype : all_dtypes) {
    if (dtype == boolean) continue;
    Graph graph;
    const Expr down = arange(graph, 100, is_unsigned_integer(dtype) ? 0 : -100, -1, dtype);
    const Expr x = graph.input("x", dtype, {7, 100});
    const std::vector<NamedValue> values = {{"arange", down},
                                            {"full", full(graph, {3, 5}, 3, dtype)},
                                            {"x + arange", x + arange(graph, 0, 100, 1, dtype)},
                                            {"x * 2 + 1", x * 2 + 1},
                                            {"2-D", x + reshape(arange(graph, 0, 7, 1, dtype), {7, 1})},
                                            {"cumsum(ones)", cumsum(ones(graph, {300}, dtype), 0)},
                                            {"sum(arange)", sum(arange(graph, 0, 100, 1, dtype))}};
    require_same(graph, values, {{"x", numbers(dtype, {7, 100})}}, threads({1, 2}),
                 std::string(to_string(dtype)));
  }
}

TEST_CASE("inputs and views of any strides") {
  const Tensor memory = numbers(float32, {4096});
  float* first = const_cast<Tensor&>(memory).data<float>();
  const struct {
    Shape shape;
    Strides strides;
    std::int64_t offset;
  } layouts[] = {{{20, 30}, {30, 1}, 0},      {{20, 30}, {1, 20}, 0}, {{20, 30}, {-30, 1}, 600},
                 {{20, 30}, {60, 2}, 0},      {{20, 30}, {0, 1}, 0},  {{20, 30}, {1, 0}, 5},
                 {{20, 30}, {-1, -20}, 3000}, {{20, 30}, {1, 1}, 0}};
  for (const auto& layout : layouts) {
    Graph graph;
    const Expr x = graph.input("x", float32, layout.shape);
    const std::vector<NamedValue> values = {{"x * 2", x * 2},
                                            {"transposed", transpose(x, 0, 1) + 1},
                                            {"x + its columns' sums", x + sum(x, 0)},
                                            {"cumsum 0", cumsum(x, 0)},
                                            {"cumsum 1", cumsum(x, 1)},
                                            {"flip, cumsum", cumsum(flip(x, 1), 1, {.reverse = true})},
                                            {"every third", slice(x, 1, {.start = 1, .step = 3}) - 1}};
    const Tensor input = Tensor::borrow(first + layout.offset, float32, layout.shape, layout.strides);
    require_same(graph, values, {{"x", input}}, threads({1, 2}), "strides " + to_string(layout.strides));
  }
}

TEST_CASE("large maps, transposed and broadcast, on several threads") {
  Graph graph;
  const Expr x = graph.input("x", float32, {500, 301}), row = graph.input("row", float32, {301}),
             column = graph.input("column", int32, {500, 1});
  const std::vector<NamedValue> values = {{"broadcast", (x + row) * column},
                                          {"transposed", transpose(x, 0, 1) + reshape(column, {500})},
                                          {"permuted", permute(reshape(x, {5, 100, 301}), {2, 0, 1}) * 3},
                                          {"joined", concat({x, x + 1, flip(x, 0)}, 0)},
                                          {"joined beside", concat({x, x * 2}, 1)}};
  require_same(graph, values,
               {{"x", numbers(float32, {500, 301})},
                {"row", numbers(float32, {301})},
                {"column", numbers(int32, {500, 1})}},
               threads({1, 2, 8}));
}

TEST_CASE("empty and 0-d values") {
  Graph graph;
  const Expr empty = graph.input("empty", float32, {2, 0, 3}), scalar = graph.input("scalar", float32, {});
  const std::vector<NamedValue> values = {{"map", empty + 1},
                                          {"scan", cumsum(empty, 1)},
                                          {"sum of none", sum(empty, 1)},
                                          {"mean of none", mean(empty, 1)},
                                          {"softmax of none", softmax(empty, 1)},
                                          {"nothing", sum(empty, 0)},
                                          {"0-d", scalar * 2},
                                          {"0-d scan", cumsum(scalar, 0)},
                                          {"0-d sum", sum(scalar)}};
  require_same(graph, values, {{"empty", numbers(float32, {2, 0, 3})}, {"scalar", numbers(float32, {})}},
               threads({1, 2}));
}

}  // namespace accrue::test
