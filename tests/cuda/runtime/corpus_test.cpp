// Programs of every kind of kernel, whole, on a fake GPU.
#include "tests/gpu/corpus.h"

#include "tests/support/catch.h"

using namespace accrue;

TEST_CASE("every kind of kernel has the CPU's bits, however it is run") {
  for (const test::CorpusCase& one : test::corpus(1)) {
    INFO(one.name);
    CHECK(test::first_difference(one, cuda(5), 2) == "");  // cuBLAS keeps memory there
  }
}
