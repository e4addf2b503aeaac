// What follows from the definition of scans and reductions, bit for bit, at every border of the tree.
#include <functional>

#include "accrue/ops.hpp"
#include "tests/support/catch.h"
#include "tests/support/compare.h"
#include "tests/support/random_values.h"
#include "tests/support/runners.h"

namespace accrue::test {
namespace {

using Scan = Expr (*)(Operand, std::int64_t, const ScanOptions&);
using Reduce = Expr (*)(Operand, const DimList&, const ReduceOptions&);

const std::vector<std::int64_t> lengths = {1,   2,   3,   7,    8,    9,    15,   16,  17,
                                           31,  32,  33,  63,   64,   65,   127,  128, 129,
                                           255, 256, 257, 1023, 1025, 2049, 8191, 8193};
const std::vector<DType> dtypes = {float32, float64, float16, bfloat16, int32, uint8};

/// The values of several expressions of one input.
using Exprs = std::function<std::vector<Expr>(const Expr& x)>;
std::vector<Array> run(const Runner& runner, const Array& x, const Exprs& build) {
  Graph g;
  std::vector<NamedExpr> outputs;
  for (const Expr& e : build(g.input("x", x.dtype, x.shape)))
    outputs.push_back({"y" + std::to_string(outputs.size()), e});
  std::vector<Array> results;
  for (const Tensor& t : runner.run(g, outputs, {{"x", to_tensor(x)}}, {})) results.push_back(to_array(t));
  return results;
}

/// CHECKs that the expressions have one value, on random rows of every length.
void check_same(const std::vector<std::int64_t>& row_lengths, const Exprs& build) {
  Random random(7);
  for (const Runner& runner : runners())
    for (const std::int64_t n : row_lengths)
      for (const DType dtype : dtypes) {
        const std::vector<Array> results = run(runner, random_values(random, dtype, {3, n}), build);
        for (std::size_t i = 1; i < results.size(); ++i) {
          INFO(runner.name << ", " << to_string(dtype) << ", n = " << n << ", expression " << i);
          CHECK(difference(results[i], results[0]) == "");
        }
      }
}

Expr last(const Expr& y) { return slice(y, 1, {.start = -1}); }

}  // namespace

TEST_CASE("the last value of a scan is the reduction") {
  for (const auto& [scan, reduce] : {std::pair{&cumsum, &sum}, std::pair{&cumprod, &prod},
                                     std::pair{&cummax, &max}, std::pair{&cummin, &min}})
    check_same(lengths, [scan = scan, reduce = reduce](const Expr& x) {
      return std::vector<Expr>{reduce(x, 1, {.keepdim = true}), last(scan(x, 1, {}))};
    });
}

TEST_CASE("an exclusive scan is the inclusive one shifted") {
  for (const Scan scan : {&cumsum, &cumprod, &cummax, &cummin})
    check_same({2, 9, 33, 257, 2049}, [=](const Expr& x) {
      return std::vector<Expr>{slice(scan(x, 1, {.exclusive = true}), 1, {.start = 1}),
                               slice(scan(x, 1, {}), 1, {.stop = -1})};
    });
}

TEST_CASE("a reverse scan is flip, scan, flip") {
  for (const bool exclusive : {false, true})
    check_same({1, 8, 65, 300}, [=](const Expr& x) {
      return std::vector<Expr>{cumsum(x, 1, {.exclusive = exclusive, .reverse = true}),
                               flip(cumsum(flip(x, 1), 1, {.exclusive = exclusive}), 1)};
    });
  for (const DType dtype : {int16, float64})
    check_same({65}, [=](const Expr& x) {
      return std::vector<Expr>{cumsum(x, 1, {.dtype = dtype, .reverse = true}),
                               flip(cumsum(flip(x, 1), 1, {.dtype = dtype}), 1)};
    });
}

TEST_CASE("a scan of a prefix is the prefix of the scan") {
  check_same({300, 2049}, [](const Expr& x) {
    return std::vector<Expr>{slice(cumsum(x, 1), 1, {.stop = 270}), cumsum(slice(x, 1, {.stop = 270}), 1)};
  });
}

TEST_CASE("a scan along another axis, or of other strides, has the bits of each row's own") {
  check_same({9, 257}, [](const Expr& x) {
    return std::vector<Expr>{cumsum(x, 1), transpose(cumsum(transpose(x, 0, 1), 0), 0, 1),
                             select(cumsum(stack({x, x}, 1), 2), 1, 0),
                             select(cumsum(broadcast_to(x, {2, x.shape()[0], x.shape()[1]}), 2), 0, 1)};
  });
}

TEST_CASE("a scan with a dtype is a cast, then the scan") {
  for (const DType dtype : {int8, int64, uint16, float16, bfloat16, float32, float64})
    check_same({65}, [=](const Expr& x) {
      return std::vector<Expr>{cumsum(x, 1, {.dtype = dtype}), cumsum(cast(x, dtype), 1, {.dtype = dtype})};
    });
}

TEST_CASE("a reduction of several dims is that of the flattened row") {
  check_same({1, 9, 100, 2049}, [](const Expr& x) {
    return std::vector<Expr>{sum(x), sum(reshape(x, {-1})), select(cumsum(reshape(x, {-1}), 0), 0, -1)};
  });
  check_same({9, 100}, [](const Expr& x) {
    const Expr flat = reshape(transpose(x, 0, 1), {-1});
    return std::vector<Expr>{sum(transpose(x, 0, 1)), sum(flat)};
  });
}

TEST_CASE("a reduction along one dim has the bits of each row's own") {
  check_same({9, 257, 8193}, [](const Expr& x) {
    const Expr rows = concat({reshape(sum(select(x, 0, 0)), {1}), reshape(sum(select(x, 0, 1)), {1}),
                              reshape(sum(select(x, 0, 2)), {1})});
    return std::vector<Expr>{rows, sum(x, 1), sum(transpose(x, 0, 1), 0)};
  });
}

}  // namespace accrue::test
