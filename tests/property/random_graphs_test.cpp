// Random graphs: everything that runs them gives the same bits. RANDOM_GRAPHS in the environment is how many
// small ones each property is tried on (2,000 otherwise), RANDOM_SEED the first seed: a longer search is
// RANDOM_GRAPHS=100000 RANDOM_SEED=5000 tests/run.sh -R property
#include <cstdlib>

#include "graph/graph.h"
#include "tests/support/catch.h"
#include "tests/support/sample_properties.h"

namespace accrue::test {
namespace {

std::uint64_t number_of_environment(const char* name, std::uint64_t usual) {
  const char* text = std::getenv(name);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : usual;
}

std::string on_graphs(const Property& property, Functions functions, Size size, std::uint64_t count) {
  return counterexample(property, number_of_environment("RANDOM_SEED", 1), count,
                        [&](std::uint64_t seed) { return random_sample(seed, functions, size); });
}

std::uint64_t small_graphs() { return number_of_environment("RANDOM_GRAPHS", 2000); }
std::string on_small_graphs(const Property& property, Functions functions) {
  return on_graphs(property, functions, Size::small, small_graphs());
}
std::string on_large_graphs(const Property& property, Functions functions) {
  return on_graphs(property, functions, Size::large, small_graphs() / 50);
}

}  // namespace

TEST_CASE("a seed always gives the same graph and data") {
  for (const Size size : {Size::small, Size::large})
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
      const Sample a = random_sample(seed, Functions::all, size),
                   b = random_sample(seed, Functions::all, size);
      REQUIRE(a.graph.arena()->size() == b.graph.arena()->size());
      for (NodeId id = 0; id < a.graph.arena()->size(); ++id)
        CHECK(hash_of((*a.graph.arena())[id]) == hash_of((*b.graph.arena())[id]));
      for (const auto& [name, value] : a.inputs) CHECK(difference(value, b.inputs.at(name)) == "");
    }
}

TEST_CASE("small random graphs: the CPU has the reference's values") {
  CHECK(on_small_graphs(equals_reference, Functions::all) == "");
}
TEST_CASE("small random graphs: any number of threads gives the same bits") {
  CHECK(on_small_graphs(same_for_any_threads, Functions::all) == "");
}
TEST_CASE("small random graphs: any instruction set gives the same bits") {
  CHECK(on_small_graphs(same_for_any_instruction_set, Functions::exact) == "");
}
TEST_CASE("small random graphs: fused or not, rewritten or not, they have the same bits") {
  CHECK(on_small_graphs(same_without_any_stage, Functions::all) == "");
}
TEST_CASE("small random graphs: a rewrite that is skipped would change nothing") {
  CHECK(on_small_graphs(same_where_rewrites_are_skipped, Functions::all) == "");
}
TEST_CASE("small random graphs: tensors may lie in memory in any way") {
  CHECK(on_small_graphs(same_for_any_layout, Functions::exact) == "");
}
TEST_CASE("small random graphs: a run allocates what is planned") {
  CHECK(on_small_graphs(allocates_as_planned, Functions::all) == "");
}
TEST_CASE("small random graphs: printed and read back they are the same") {
  CHECK(on_small_graphs(reads_back, Functions::all) == "");
}

TEST_CASE("large random graphs: the CPU has the reference's values") {
  CHECK(on_large_graphs(equals_reference, Functions::all) == "");
}
TEST_CASE("large random graphs: any number of threads gives the same bits") {
  CHECK(on_large_graphs(same_for_any_threads, Functions::all) == "");
}
TEST_CASE("large random graphs: any instruction set gives the same bits") {
  CHECK(on_large_graphs(same_for_any_instruction_set, Functions::exact) == "");
}
TEST_CASE("large random graphs: fused or not, rewritten or not, they have the same bits") {
  CHECK(on_large_graphs(same_without_any_stage, Functions::all) == "");
}
TEST_CASE("large random graphs: tensors may lie in memory in any way") {
  CHECK(on_large_graphs(same_for_any_layout, Functions::exact) == "");
}
TEST_CASE("large random graphs: a run allocates what is planned") {
  CHECK(on_large_graphs(allocates_as_planned, Functions::all) == "");
}

}  // namespace accrue::test
