// The shrinker, on failures that are made up.
#include <algorithm>
#include <thread>

#include "accrue/text.hpp"
#include "graph/graph.h"
#include "tests/support/catch.h"
#include "tests/support/runners.h"
#include "tests/support/sample_properties.h"
#include "tests/support/shrink.h"

namespace accrue::test {
namespace {

constexpr std::uint64_t seeds = 200;

const Arena& nodes(const Sample& s) { return *s.graph.arena(); }

/// Whether an output depends on a node of which `wanted` holds.
bool depends_on(const Sample& s, const std::function<bool(const Node&)>& wanted) {
  std::vector<bool> needed(nodes(s).size(), false);
  for (const NamedExpr& output : s.outputs) needed[output.expr.id()] = true;
  for (std::size_t id = needed.size(); id-- > 0;) {
    if (!needed[id]) continue;
    const Node& node = nodes(s)[static_cast<NodeId>(id)];
    if (wanted(node)) return true;
    for (const NodeId input : node.inputs) needed[input] = true;
  }
  return false;
}

bool has_nonzero_byte(const Array& a) {
  return std::any_of(a.bytes.begin(), a.bytes.end(), [](std::byte b) { return b != std::byte{0}; });
}

/// Every sample of the first seeds that fails, made small.
std::vector<Sample> shrunk(const std::function<bool(const Sample&)>& fails) {
  std::vector<Sample> small;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed)
    if (const Sample sample = random_sample(seed, Functions::all); fails(sample))
      small.push_back(shrink(sample, fails));
  return small;
}

}  // namespace

TEST_CASE("a failure of one operation is made that operation on one input of one element") {
  const auto fails = [](const Sample& s) {
    return depends_on(s, [](const Node& n) { return n.kind == Kind::scan && n.reverse; });
  };
  const std::vector<Sample> small = shrunk(fails);
  REQUIRE(small.size() > 5);
  for (const Sample& s : small) {
    INFO(script_of(s));
    CHECK(fails(s));
    CHECK(s.outputs.size() == 1);
    CHECK(nodes(s).size() == 2);
    CHECK(elements(nodes(s)[0].shape) <= 1);
    CHECK_FALSE(has_nonzero_byte(s.inputs.begin()->second));
  }
}

TEST_CASE("a failure of two operations together keeps both, and the length that it needs") {
  const auto fails = [](const Sample& s) {
    return depends_on(s, [&](const Node& n) {
      if (n.kind != Kind::scan || n.shape.empty()) return false;
      const Node& operand = nodes(s)[n.inputs[0]];
      return operand.kind == Kind::map && *std::max_element(n.shape.begin(), n.shape.end()) >= 3;
    });
  };
  const std::vector<Sample> small = shrunk(fails);
  REQUIRE(small.size() > 3);
  for (const Sample& s : small) {
    INFO(script_of(s));
    CHECK(fails(s));
    CHECK(nodes(s).size() <= 5);  // scan, map, at most three operands
    for (const auto& [name, value] : s.inputs) CHECK(elements(value.shape) <= 3);
  }
}

TEST_CASE("a failure of the data keeps one element") {
  const auto fails = [](const Sample& s) {
    const std::vector<Tensor> values = run_reference(s.graph, s.outputs, bind(s.inputs));
    return std::any_of(values.begin(), values.end(),
                       [](const Tensor& t) { return has_nonzero_byte(to_array(t)); });
  };
  for (const Sample& s : shrunk(fails)) {
    INFO(script_of(s));
    std::ptrdiff_t kept = 0;
    for (const auto& [name, value] : s.inputs)
      kept += std::count_if(value.bytes.begin(), value.bytes.end(),
                            [](std::byte b) { return b != std::byte{0}; });
    CHECK(kept <= 8);  // of one element; none where a constant is not 0
    CHECK(nodes(s).size() == 1);
  }
}

TEST_CASE("a failure that takes long to see is shrunk until the time is over, and not at all without time") {
  using namespace std::chrono_literals;
  int calls = 0;
  const auto fails = [&](const Sample& s) {
    std::this_thread::sleep_for(50ms);
    ++calls;
    return !s.outputs.empty();
  };
  const Sample sample = random_sample(1, Functions::all, Size::large);
  const Sample small = shrink(sample, fails, 300ms);
  CHECK(calls >= 1);
  CHECK(calls <= 6);
  CHECK(nodes(small).size() < nodes(sample).size());
  CHECK(fails(small));

  calls = 0;
  CHECK(nodes(shrink(sample, fails, 0ms)).size() == nodes(sample).size());
  CHECK(calls == 0);
}

TEST_CASE("a counterexample is a script that loads, with its seed and what is wrong") {
  const Property property = [](const Sample& s) {
    return depends_on(s, [](const Node& n) { return n.kind == Kind::scan; }) ? "it scans" : "";
  };
  const auto sample_of = [](std::uint64_t seed) { return random_sample(seed, Functions::all); };
  const std::string text = counterexample(property, 1, 100, sample_of);
  CHECK_THAT(text, ContainsSubstring("it scans\n# seed "));
  CHECK(parse(text.substr(text.find('\n') + 1)).outputs.size() == 1);
  CHECK(counterexample([](const Sample&) { return ""; }, 1, 3, sample_of) == "");
  CHECK_THAT(counterexample([](const Sample&) -> std::string { throw Error("it throws"); }, 1, 3, sample_of),
             ContainsSubstring("an exception: it throws\n"));
}

}  // namespace accrue::test
