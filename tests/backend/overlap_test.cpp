#include "src/overlap.h"

#include <algorithm>
#include <random>
#include <set>
#include <vector>

#include "src/backend.h"
#include "tests/support/catch.h"
#include "tests/support/guarded_tensor.h"

using namespace accrue;

namespace {

struct Strided {
  Shape shape;
  Strides strides;
  std::int64_t offset;  // bytes from the start of the memory to the first element
  DType dtype;
};

constexpr std::int64_t origin = 4096;
std::byte memory[2 * origin];

Tensor view(const Strided& s) {
  return Tensor::borrow(memory + origin + s.offset, s.dtype, s.shape, s.strides);
}

std::set<std::int64_t> bytes_of(const Strided& s) {
  std::set<std::int64_t> bytes;
  const auto width = static_cast<std::int64_t>(byte_width(s.dtype));
  for (std::int64_t offset : test::offsets_of(s.shape, s.strides))
    for (std::int64_t b = 0; b < width; ++b) bytes.insert(s.offset + offset * width + b);
  return bytes;
}

bool have_common_byte(const Strided& a, const Strided& b) {
  const std::set<std::int64_t> of_a = bytes_of(a);
  const std::set<std::int64_t> of_b = bytes_of(b);
  return std::any_of(of_a.begin(), of_a.end(), [&](std::int64_t byte) { return of_b.contains(byte); });
}

Strided random_strided(std::mt19937& random) {
  const auto draw = [&](int low, int high) { return std::uniform_int_distribution<int>(low, high)(random); };
  constexpr DType dtypes[] = {int8, int16, int32};
  Strided s{{}, {}, 0, dtypes[draw(0, 2)]};
  for (int rank = draw(0, 3); rank > 0; --rank) {
    s.shape.push_back(draw(0, 20) == 0 ? 0 : draw(1, 5));
    s.strides.push_back(draw(-12, 12));
  }
  s.offset = draw(-20, 20) * static_cast<int>(byte_width(s.dtype));
  return s;
}

}  // namespace

TEST_CASE("overlap of strided tensors is what their sets of bytes say") {
  std::mt19937 random(1);
  for (int i = 0; i < 5000; ++i) {
    const Strided a = random_strided(random);
    const Strided b = random_strided(random);
    INFO(to_string(a.shape) << to_string(a.strides) << a.offset << " and " << to_string(b.shape)
                            << to_string(b.strides) << b.offset);
    REQUIRE((overlap(view(a), view(b)) == Overlap::some) == have_common_byte(a, b));
  }
}

TEST_CASE("self_overlap is what the offsets of the elements say") {
  std::mt19937 random(2);
  for (int i = 0; i < 5000; ++i) {
    const Strided s = random_strided(random);
    INFO(to_string(s.shape) << to_string(s.strides));
    std::vector<std::int64_t> offsets = test::offsets_of(s.shape, s.strides);
    const std::size_t all = offsets.size();
    std::sort(offsets.begin(), offsets.end());
    offsets.erase(std::unique(offsets.begin(), offsets.end()), offsets.end());
    REQUIRE((self_overlap(view(s)) == Overlap::some) == (offsets.size() < all));
  }
}

TEST_CASE("large interleaved tensors are told apart without looking at each element") {
  constexpr std::int64_t rows = std::int64_t{1} << 20;
  std::vector<float> pairs(2 * rows);
  const Tensor even = Tensor::borrow(pairs.data(), float32, {rows}, {2});
  const Tensor odd = Tensor::borrow(pairs.data() + 1, float32, {rows}, {2});
  const Tensor odd_backwards = Tensor::borrow(pairs.data() + 2 * rows - 1, float32, {rows}, {-2});
  CHECK(overlap(even, odd) == Overlap::none);
  CHECK(overlap(even, odd_backwards) == Overlap::none);
  CHECK(overlap(odd, odd_backwards) == Overlap::some);
}

TEST_CASE("a search that would take too long says so") {
  // Fifteen strides without a pattern: which sums they can make is a knapsack problem.
  Shape shape;
  Strides strides;
  for (std::int64_t i = 0, stride = 100003; i < 15; ++i, stride += 2 * (i * 37 % 11 + i * i + 1)) {
    shape.push_back(2);
    strides.push_back(stride);
  }
  std::vector<std::int8_t> bytes(std::size_t{2} << 20);
  const Tensor irregular = Tensor::borrow(bytes.data(), int8, shape, strides);
  const Tensor amid = Tensor::borrow(bytes.data() + 800000, int8, {1});
  CHECK(overlap(irregular, amid) == Overlap::unknown);
  CHECK(self_overlap(irregular) == Overlap::unknown);
}

TEST_CASE("byte_range spans the elements, whatever the signs of the strides") {
  std::int32_t values[12] = {};
  const auto base = reinterpret_cast<std::uintptr_t>(values);
  const ByteRange flipped = byte_range(Tensor::borrow(values + 11, int32, {3, 4}, {-4, -1}));
  CHECK(flipped.begin == base);
  CHECK(flipped.end == base + sizeof values);
  const ByteRange empty = byte_range(Tensor::borrow(values, int32, {0, 4}, {4, 1}));
  CHECK(empty.begin == empty.end);
}

TEST_CASE("strides_as") {
  SECTION("a row-major buffer is read as any shape") {
    CHECK(strides_as({2, 6}, {6, 1}, {3, 4}) == Strides{4, 1});
    CHECK(strides_as({2, 6}, {6, 1}, {12}) == Strides{1});
    CHECK(strides_as({}, {}, {1, 1}).has_value());
  }
  SECTION("a dim of another stride can be split") {
    CHECK(strides_as({4, 3}, {1, 8}, {2, 2, 3}) == Strides{2, 1, 8});
    CHECK(strides_as({4}, {-2}, {2, 2}) == Strides{-4, -2});
    CHECK(strides_as({2, 3}, {0, 1}, {2, 1, 3})->size() == 3);
  }
  SECTION("dims that memory does not join cannot be merged") {
    CHECK_FALSE(strides_as({4, 3}, {1, 4}, {12}));
    CHECK_FALSE(strides_as({2, 3}, {4, 1}, {3, 2}));
    CHECK_FALSE(strides_as({2, 3}, {0, 1}, {6}));
  }
  SECTION("without elements any strides do") { CHECK(strides_as({0, 3}, {7, 5}, {3, 0})); }
}
