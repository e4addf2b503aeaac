// Chains of views over an input: fold_views makes one strided walk of them, or leaves what it cannot.
#include "accrue/ops.hpp"
#include "tests/support/catch.h"
#include "tests/support/random_values.h"
#include "tests/support/sample_properties.h"

namespace accrue::test {
namespace {

constexpr std::int64_t most_elements = 2000;

/// Views, and here and there what they can move above, or what stops them.
class ViewChain {
 public:
  explicit ViewChain(std::uint64_t seed) : random_(seed * 0x9e3779b97f4a7c15u + 7) {}

  Sample build(std::uint64_t seed) {
    Sample sample{seed, Graph(), {}, {}};
    const Array value = random_values(random_, random_.one_of({DType::float32, DType::int16}), shape());
    sample.inputs["x"] = value;
    Expr x = sample.graph.input("x", value.dtype, value.shape);
    for (std::int64_t left = random_.between(1, 7); left > 0; --left) {
      const Expr next = random_.chance(80) ? view(x) : between(x);
      if (elements(next.shape()) <= most_elements) x = next;
      if (random_.chance(10)) sample.outputs.push_back({"y" + std::to_string(sample.outputs.size()), x});
    }
    sample.outputs.push_back({"y", x});
    return sample;
  }

 private:
  Shape shape() {
    Shape s;
    for (std::int64_t rank = random_.between(0, 5); rank > 0; --rank)
      s.push_back(random_.one_of({1, 1, 2, 2, 3, 4, 6, 0, 12}));
    return elements(s) <= most_elements ? s : Shape{6, 4};
  }

  Expr view(const Expr& x) {
    switch (random_.below(6)) {
      case 0: return reshape(x, regrouped(x.shape()));
      case 1: return permute(x, order(x.rank()));
      case 2: return sliced(x);
      case 3: return flip(x, some_dims(x));
      case 4: return broadcast(x);
      default: return random_.chance(50) ? squeeze(x) : unsqueeze(x, random_.between(0, x.rank()));
    }
  }

  /// Neighbouring dims merged, dims split into factors.
  Shape regrouped(const Shape& from) {
    if (elements(from) == 0) return from;
    Shape merged;
    for (const std::int64_t n : from) {
      if (merged.empty() || random_.chance(50))
        merged.push_back(n);
      else
        merged.back() *= n;
    }
    Shape to;
    for (const std::int64_t n : merged) {
      const std::int64_t factor = random_.one_of({1, 2, 3});
      const bool splits = n % factor == 0 && random_.chance(50);
      if (splits) to.push_back(factor);
      to.push_back(splits ? n / factor : n);
    }
    return to;
  }

  Dims order(int rank) {
    Dims dims;
    for (int dim = 0; dim < rank; ++dim) dims.insert(static_cast<std::size_t>(random_.between(0, dim)), dim);
    return dims;
  }

  DimList some_dims(const Expr& x) {
    Dims dims;
    for (int dim = 0; dim < x.rank(); ++dim)
      if (random_.chance(50)) dims.push_back(dim);
    return dims.empty() ? all_dims : DimList(dims);
  }

  Expr sliced(const Expr& x) {
    std::vector<Slice> slices;
    for (const std::int64_t n : x.shape()) {
      Slice s;
      if (random_.chance(50)) s.step = random_.one_of({-1, -1, -2, 2, 3, -3});
      if (random_.chance(30)) (s.step > 0 ? s.start : s.stop) = random_.below(n / 2 + 1);
      slices.push_back(s);
    }
    return slice(x, slices);
  }

  Expr broadcast(const Expr& x) {
    Shape s = x.shape();
    for (std::int64_t& n : s)
      if (n == 1 && random_.chance(50)) n = random_.between(1, 4);
    if (s.size() < 5 && random_.chance(50)) s.insert(0, random_.between(1, 3));
    return broadcast_to(x, s);
  }

  Expr between(const Expr& x) {
    const std::int64_t dim = x.rank() == 0 ? 0 : random_.below(x.rank());
    const ScanOptions options{.exclusive = random_.chance(50), .reverse = random_.chance(50)};
    switch (random_.below(5)) {
      case 0: return cumsum(x, dim, options);
      case 1: return x + x;
      case 2: return cast(x, DType::float64);
      case 3: return sum(x, DimList(dim), {.keepdim = random_.chance(50)});
      default: return x * sliced_like(x);
    }
  }
  /// An operand that is broadcast: the first element along some dims.
  Expr sliced_like(const Expr& x) {
    std::vector<Slice> slices;
    for (const std::int64_t n : x.shape())
      slices.push_back(n > 0 && random_.chance(50) ? Slice{.start = 0, .stop = 1} : Slice{});
    return slice(x, slices);
  }

  Random random_;
};

/// The first chain of views of which the property does not hold; see counterexample().
std::string on_view_chains(const Property& property) {
  return counterexample(property, 1, 3000, [](std::uint64_t seed) { return ViewChain(seed).build(seed); });
}

}  // namespace

TEST_CASE("chains of views: the CPU has the reference's values") {
  CHECK(on_view_chains(equals_reference) == "");
}
TEST_CASE("chains of views: rewritten or not they have the same bits") {
  CHECK(on_view_chains(same_without_any_stage) == "");
}
TEST_CASE("chains of views: the input may lie in memory in any way") {
  CHECK(on_view_chains(same_for_any_layout) == "");
}

}  // namespace accrue::test
