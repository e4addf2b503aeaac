// Random graphs: everything that runs them gives the same bits.
#include <cstdlib>

#include "graph/graph.h"
#include "tests/support/catch.h"
#include "tests/support/random_graphs.h"
#include "tests/support/runners.h"
#include "tests/support/shrink.h"

namespace accrue::test {
namespace {

/// How many graphs a property is tried on; ACCRUE_TEST_GRAPHS asks for more (tests only).
std::uint64_t graph_count(std::uint64_t usual) {
  const char* wanted = std::getenv("ACCRUE_TEST_GRAPHS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) : usual;
}

}  // namespace

TEST_CASE("a seed always gives the same graph and data") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const Sample a = random_sample(seed, Functions::all), b = random_sample(seed, Functions::all);
    REQUIRE(a.graph.arena()->size() == b.graph.arena()->size());
    for (NodeId id = 0; id < a.graph.arena()->size(); ++id)
      CHECK(hash_of((*a.graph.arena())[id]) == hash_of((*b.graph.arena())[id]));
    for (const auto& [name, value] : a.inputs) CHECK(difference(value, b.inputs.at(name)) == "");
  }
}

TEST_CASE("the reference runs every random graph, twice to the same bits") {
  for (std::uint64_t seed = 1; seed <= graph_count(2000); ++seed) {
    const Sample s = random_sample(seed, Functions::all);
    const std::vector<Tensor> once = run_reference(s.graph, s.outputs, bind(s.inputs));
    const std::vector<Tensor> again = run_reference(s.graph, s.outputs, bind(s.inputs));
    for (std::size_t i = 0; i < once.size(); ++i) {
      INFO("seed " << seed);
      CHECK(difference(to_array(once[i]), to_array(again[i])) == "");
    }
  }
}

}  // namespace accrue::test
