// A chain of a million nodes needs no stack to speak of.
#include <pthread.h>

#include "accrue/ops.hpp"
#include "graph/graph.h"
#include "tests/support/catch.h"

using namespace accrue;

namespace {

constexpr int chain_nodes = 1'000'000;

void* build_and_free(void* nodes) {
  Graph g;
  Expr x = g.input("x", float32, {4});
  for (int i = 0; i < chain_nodes; ++i) x = neg(x);
  *static_cast<std::size_t*>(nodes) = g.arena()->size();
  return nullptr;
}

}  // namespace

TEST_CASE("a chain of a million nodes builds and frees on a stack of 256 KiB") {
  pthread_attr_t attributes;
  REQUIRE(pthread_attr_init(&attributes) == 0);
  REQUIRE(pthread_attr_setstacksize(&attributes, std::size_t{256} << 10) == 0);
  pthread_t thread{};
  std::size_t nodes = 0;
  REQUIRE(pthread_create(&thread, &attributes, build_and_free, &nodes) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  CHECK(nodes == chain_nodes + 1);
}
