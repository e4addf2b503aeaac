// Programs of every kind of kernel, whole, on the fake GPU: the CPU's bits.
#include <random>

#include "accrue/accrue.hpp"
#include "tests/cuda/runtime/fakes.h"
#include "tests/support/catch.h"
#include "tests/support/compare.h"

using namespace accrue;

namespace {

// Large terms that cancel: another order of additions gives other bits.
Tensor cancelling(const Shape& shape) {
  std::mt19937_64 random(1);
  Tensor t = Tensor::empty(float32, shape);
  for (std::int64_t i = 0; i < t.elements(); ++i) {
    const auto bits = random();
    t.data<float>()[i] =
        static_cast<float>(static_cast<std::int64_t>(bits) >> 40) * (bits % 7 == 0 ? 1e12f : 1);
  }
  return t;
}

std::string difference(const Tensor& on_gpu, const Tensor& expected) {
  return test::difference(test::to_array(on_gpu.to(cpu())), test::to_array(expected));
}

// Each output of `build` on the CPU, and on the GPU by a run and by runs of a binding.
template <class Build>
void check(const Shape& shape, const Build& build) {
  Graph g;
  const std::vector<NamedExpr> outputs = build(g.input("x", float32, shape));
  const Tensor x = cancelling(shape);
  const Tensors expected = compile(g, outputs).run({{"x", x}});
  const Program program = compile(g, outputs, {.device = cuda()});
  const BoundProgram bound = program.bind({{"x", x}});
  for (int i = 0; i < 2; ++i) bound.run();
  const Tensors once = program.run({{"x", x.to(cuda())}});
  for (std::size_t o = 0; o < outputs.size(); ++o) {
    INFO(outputs[o].name);
    CHECK(difference(once[o], expected[o]) == "");
    CHECK(difference(bound.results()[o], expected[o]) == "");
  }
}

}  // namespace

TEST_CASE("scans of one long row, whose blocks wait for one another") {
  check({40000}, [](const Expr& x) {
    return std::vector<NamedExpr>{{"y", cumsum(x, 0) * 2}, {"z", cummax(x, 0)}};
  });
}

TEST_CASE("scans along rows and columns, reversed and exclusive") {
  check({37, 300}, [](const Expr& x) {
    return std::vector<NamedExpr>{{"rows", cumsum(x, 1, {.exclusive = true})},
                                  {"columns", cumsum(x, 0, {.reverse = true})}};
  });
}

TEST_CASE("reductions, and values of a row that come back") {
  check({20, 500}, [](const Expr& x) {
    const Expr largest = max(x, {1}, {.keepdim = true});
    return std::vector<NamedExpr>{{"y", cumsum(x - largest, 1)}, {"largest", largest}};
  });
}

TEST_CASE("kernels one after another, with temporaries between them") {
  check({64, 64}, [](const Expr& x) {
    const Expr rows = cumsum(x, 1);
    return std::vector<NamedExpr>{{"y", cumsum(rows, 0) + transpose(rows, 0, 1)}};
  });
}

TEST_CASE("a matrix product of integers") {
  check({33, 40}, [](const Expr& x) {
    const Expr n = cast(x, int32);
    return std::vector<NamedExpr>{{"y", matmul(n, transpose(n, 0, 1))}};
  });
}
