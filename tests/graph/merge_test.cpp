// Equal nodes merge on creation; what looks equal but is not stays apart.
#include <cmath>
#include <limits>

#include "accrue/ops.hpp"
#include "graph/graph.h"
#include "tests/graph/listing.h"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"

using namespace accrue;

TEST_CASE("equal operations are one node") {
  Graph g;
  const Expr x = g.input("x", float32, {4}), y = g.input("y", float32, {4});
  CHECK((x + y).id() == (x + y).id());
  CHECK((x + y).id() != (y + x).id());
  CHECK((x + y).id() != (x - y).id());
  CHECK(cumsum(x, 0).id() == cumsum(x, -1).id());
  CHECK(cumsum(x, 0).id() != cumsum(x, 0, {.exclusive = true}).id());
  CHECK(cumsum(x, 0).id() != cumsum(x, 0, {.reverse = true}).id());
  CHECK(cumsum(x, 0).id() != cumsum(x, 0, {.dtype = float64}).id());
  CHECK(sum(x).id() != sum(x, 0, {.keepdim = true}).id());
  CHECK(slice(x, 0, {1, 3}).id() == slice(x, 0, {-3, -1}).id());
  CHECK(slice(x, 0, {1, 3}).id() != slice(x, 0, {0, 2}).id());
  CHECK(cast(x, float64).id() == cast(x, float64).id());
  CHECK(cast(x, float64).id() != cast(x, float16).id());
  CHECK(reshape(x, {2, 2}).id() != reshape(x, {4, 1}).id());
}

TEST_CASE("bits decide whether constants are equal") {
  Graph g;
  const auto id = [&g](const Literal& value, std::optional<DType> dtype = std::nullopt) {
    return g.constant(value, dtype).id();
  };
  CHECK(id(1.0) == id(1.0));
  CHECK(id(0.0) != id(-0.0));
  CHECK(id(1) != id(1.0));
  CHECK(id(1) != id(true));
  CHECK(id(1, int32) != id(1, int64));
  CHECK(id(std::numeric_limits<double>::quiet_NaN()) == id(std::numeric_limits<double>::quiet_NaN()));
  CHECK(id(std::numeric_limits<double>::quiet_NaN()) != id(-std::numeric_limits<double>::quiet_NaN()));
  CHECK(zeros(g, {2, 3}).id() == full(g, {2, 3}, 0.0).id());
  CHECK(zeros(g, {2, 3}).id() != zeros(g, {3, 2}).id());
  CHECK(zeros(g, {0, 3}).id() == ones(g, {0, 3}).id());
}

namespace {

Node tensor_constant(DType dtype, const Shape& shape, std::uint8_t first_byte) {
  auto data = std::make_shared<Array>(dtype, shape);
  if (!data->bytes.empty()) data->bytes[0] = std::byte{first_byte};
  Node node;
  node.kind = Kind::constant;
  node.data = data;
  return node;
}

}  // namespace

TEST_CASE("tensor constants compare dtype, shape and bytes") {
  Arena arena;
  const NodeId first = arena.add(tensor_constant(int8, {2}, 1));
  CHECK(arena.add(tensor_constant(int8, {2}, 1)) == first);
  CHECK(arena.add(tensor_constant(int8, {2}, 2)) != first);
  CHECK(arena.add(tensor_constant(uint8, {2}, 1)) != first);
  CHECK(arena.add(tensor_constant(int8, {1, 2}, 1)) != first);
}

TEST_CASE("a 0-d tensor constant is its number, an empty one is a fill") {
  Graph g;
  CHECK(g.arena()->add(tensor_constant(int8, {}, 7)) == g.constant(7, int8).id());
  CHECK(g.arena()->add(tensor_constant(int8, {3, 0}, 0)) == zeros(g, {3, 0}, int8).id());
}

TEST_CASE("inputs never merge") {
  Graph g;
  CHECK(g.input("a", float32, {3}).id() != g.input("b", float32, {3}).id());
  CHECK(g.arena()->inputs() == std::vector<NodeId>{0, 1});
}

TEST_CASE("places are not compared, and the first is kept") {
  Graph g;
  const Expr x = g.input("x", float32, {3});
  const Expr first = exp(Operand(x, {"first.acr", 3, 5}));
  CHECK(exp(Operand(x, {"second.acr", 9, 1})).id() == first.id());
  const Node& node = (*g.arena())[first.id()];
  CHECK(std::string(node.where.file) == "first.acr");
  CHECK(node.where.line == 3);
}

TEST_CASE("an arena keeps copies of the names that nodes carry") {
  Arena copy;
  {
    Arena original;
    Node input;
    const std::string name = "x", file = "gone.acr";
    input.name = name.c_str();
    input.where.file = file.c_str();
    copy.add(original[original.add(input)]);
  }
  CHECK(std::string(copy[0].name) == "x");
  CHECK(std::string(copy[0].where.file) == "gone.acr");
}

TEST_CASE("references to nodes and shapes stay valid as the graph grows") {
  Graph g;
  Expr x = g.input("x", float32, {5});
  const Shape& shape = x.shape();
  for (int i = 0; i < 2000; ++i) x = x + i;
  CHECK(shape == Shape{5});
}

TEST_CASE("an arena that shares another's nodes keeps them, and both grow on") {
  Arena shared;
  {
    Graph g;
    Expr x = g.input("x", float32, {5});
    for (int i = 0; i < 1000; ++i) x = x + i;
    const Arena& original = *g.arena();
    shared = original.share();
    CHECK(shared.size() == original.size());
    CHECK(&shared[0] == &original[0]);
    CHECK((x + 1000).id() == shared.size() + 1);
    CHECK(shared.size() + 2 == original.size());
  }
  const std::size_t size = shared.size();
  for (NodeId id = 0; id < size; ++id)
    if (shared[id].kind != Kind::input) CHECK(shared.add(shared[id]) == id);
  Node input = shared[0];
  CHECK(accrue::test::message_of([&] { shared.add(input); }).find("taken by an earlier input") !=
        std::string::npos);
  input.name = "y";
  CHECK(shared.add(input) == size);
  CHECK(shared.inputs() == std::vector<NodeId>{0, static_cast<NodeId>(size)});
  CHECK(std::string(shared[1].where.file).ends_with("merge_test.cpp"));
}

TEST_CASE("operations that change nothing are their operand") {
  Graph g;
  const Expr x = g.input("x", float32, {2, 3}), scalar = g.input("s", float32, {});
  for (const Expr& same :
       {cast(x, float32), reshape(x, {2, 3}), reshape(x, {2, -1}), permute(x, {0, 1}), permute(x, {-2, -1}),
        transpose(x, 1, -1), slice(x, {{}}), slice(x, 1, {-100, 100}), broadcast_to(x, {2, 3}), squeeze(x),
        squeeze(x, 0), flip(x, DimList(Dims{})), concat({x})})
    CHECK(same.id() == x.id());
  for (const Expr& same : {reshape(scalar, {}), transpose(scalar, 0, -1), flip(scalar), flip(scalar, 0),
                           squeeze(scalar, 0), select(scalar, 0, 0), select(scalar, -1, -1)})
    CHECK(same.id() == scalar.id());
  CHECK(flip(x, 0).id() != x.id());
  CHECK(flip(x).id() == flip(x, {1, 0}).id());
  CHECK(flip(slice(x, 0, {0, 1}), 0).id() == slice(x, 0, {0, 1}).id());
}

TEST_CASE("many nodes, each found again") {
  Graph g;
  const Expr x = g.input("x", int64, {2});
  std::vector<NodeId> ids;
  for (int i = 0; i < 3000; ++i) ids.push_back((x + i).id());
  const std::size_t size = g.arena()->size();
  for (int i = 0; i < 3000; ++i) CHECK((x + i).id() == ids[static_cast<std::size_t>(i)]);
  CHECK(g.arena()->size() == size);
}
