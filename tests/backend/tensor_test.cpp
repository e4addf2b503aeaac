#include "accrue/tensor.hpp"

#include <cstdint>
#include <vector>

#include "tests/support/catch.h"

using namespace accrue;

namespace {

template <class T>
std::vector<T> values_of(const Tensor& t) {
  std::vector<T> values;
  for (std::int64_t i = 0; i < t.elements(); ++i) values.push_back(t.item<T>(i));
  return values;
}

bool is_aligned_to_64(const void* address) { return reinterpret_cast<std::uintptr_t>(address) % 64 == 0; }

}  // namespace

TEST_CASE("empty: dtype, shape, row-major strides, aligned storage") {
  const Tensor t = Tensor::empty(int32, {2, 3, 4});
  CHECK(t);
  CHECK(t.dtype() == int32);
  CHECK(t.shape() == Shape{2, 3, 4});
  CHECK(t.strides() == Strides{12, 4, 1});
  CHECK(t.rank() == 3);
  CHECK(t.elements() == 24);
  CHECK(t.bytes() == 96);
  CHECK(is_aligned_to_64(t.data()));
  CHECK(t.is_contiguous());
  CHECK_FALSE(t.read_only());
  CHECK(t.device() == cpu());
}

TEST_CASE("a default-made tensor has no storage; one without elements has") {
  CHECK_FALSE(Tensor());
  CHECK(Tensor::empty(float32, {0, 3}));
  CHECK(Tensor::empty(float32, {0, 3}).bytes() == 0);
}

TEST_CASE("0-d: one element, no dims") {
  const Tensor t = Tensor::copy_of<double>({2.5}, {});
  CHECK(t.rank() == 0);
  CHECK(t.elements() == 1);
  CHECK(t.item<double>() == 2.5);
}

TEST_CASE("zeros clears reused memory") {
  { Tensor::copy_of<std::int64_t>({1, 2, 3}, {3}); }
  CHECK(values_of<std::int64_t>(Tensor::zeros(int64, {3})) == std::vector<std::int64_t>{0, 0, 0});
}

TEST_CASE("copy_of takes a braced list, a vector (bool too) and a span, row-major") {
  CHECK(Tensor::copy_of<std::int32_t>({1, 2, 3, 4, 5, 6}, {2, 3}).item<std::int32_t>(4) == 5);
  CHECK(values_of<bool>(Tensor::copy_of(std::vector<bool>{true, false}, {2})) ==
        std::vector<bool>{true, false});
  const float array[] = {1.5F, 2.5F};
  CHECK(Tensor::copy_of(std::span<const float>(array), {2}).item<float>(1) == 2.5F);
}

TEST_CASE("copies of a tensor share its storage") {
  Tensor t = Tensor::copy_of<float>({1, 2}, {2});
  const Tensor same = t;
  t.data<float>()[0] = 7;
  CHECK(same.item<float>(0) == 7);
}

TEST_CASE("borrow reads and writes the caller's memory through strides") {
  std::int32_t memory[] = {0, 1, 2, 3, 4, 5};
  struct Case {
    std::int64_t first;
    Shape shape;
    Strides strides;
    std::vector<std::int32_t> expected;
  };
  const Case cases[] = {
      {0, {2, 3}, {3, 1}, {0, 1, 2, 3, 4, 5}},  // row-major
      {0, {3, 2}, {1, 3}, {0, 3, 1, 4, 2, 5}},  // transposed
      {5, {6}, {-1}, {5, 4, 3, 2, 1, 0}},       // flipped
      {1, {3}, {2}, {1, 3, 5}},                 // every other
      {4, {2, 2}, {0, 1}, {4, 5, 4, 5}},        // a row broadcast
      {0, {3, 2}, {1, 1}, {0, 1, 1, 2, 2, 3}},  // overlapping windows
      {3, {1, 2}, {99, 1}, {3, 4}},             // a dim of 1 has no stride to speak of
  };
  for (const Case& c : cases) {
    const Tensor t = Tensor::borrow(memory + c.first, int32, c.shape, c.strides);
    CHECK(t.data() == memory + c.first);
    CHECK(values_of<std::int32_t>(t) == c.expected);
    CHECK(values_of<std::int32_t>(t.contiguous()) == c.expected);
    CHECK(t.contiguous().is_contiguous());
  }
}

TEST_CASE("contiguous gives the same tensor where it is row-major, else a copy") {
  std::int32_t memory[] = {0, 1, 2, 3};
  CHECK(Tensor::borrow(memory, int32, {2, 2}).contiguous().data() == memory);
  CHECK(Tensor::borrow(memory, int32, {2, 1, 2}, {2, 77, 1}).contiguous().data() == memory);
  CHECK(Tensor::borrow(memory, int32, {2, 2}, {1, 2}).contiguous().data() != memory);
}

TEST_CASE("contiguous copies elements of every width") {
  for (DType dtype : {uint8, float16, float32, float64}) {
    std::vector<std::byte> memory(6 * byte_width(dtype));
    for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<std::byte>(i);
    const Tensor transposed = Tensor::borrow(memory.data(), dtype, {3, 2}, {1, 3});
    const Tensor copy = transposed.contiguous();
    const auto* bytes = static_cast<const std::byte*>(copy.data());
    const int order[] = {0, 3, 1, 4, 2, 5};
    for (std::size_t i = 0; i < memory.size(); ++i)
      CHECK(bytes[i] == memory[static_cast<std::size_t>(order[i / byte_width(dtype)]) * byte_width(dtype) +
                               i % byte_width(dtype)]);
  }
}

TEST_CASE("contiguous without elements, and with 0-d") {
  CHECK(Tensor::borrow(static_cast<void*>(nullptr), int32, {0, 4}, {1, 9}).contiguous().elements() == 0);
  std::int8_t one = 5;
  CHECK(Tensor::borrow(&one, int8, {}).contiguous().item<std::int8_t>() == 5);
}

TEST_CASE("memory borrowed as const is read-only") {
  const float memory[] = {1, 2};
  CHECK(Tensor::borrow(static_cast<const void*>(memory), float32, {2}).read_only());
}

TEST_CASE("adopt keeps its owner alive as long as a copy of the tensor") {
  auto owner = std::make_shared<std::vector<double>>(3, 1.5);
  const std::weak_ptr<void> watched = owner;
  Tensor t = Tensor::adopt(owner, owner->data(), float64, {3}, {1}, false);
  Tensor copy = t;
  owner.reset();
  t = Tensor();
  CHECK_FALSE(watched.expired());
  CHECK(copy.item<double>(2) == 1.5);
  copy = Tensor();
  CHECK(watched.expired());
}

TEST_CASE("devices print as scripts and the command name them") {
  CHECK(to_string(cpu()) == "cpu");
  CHECK(to_string(cuda(1)) == "cuda:1");
  CHECK(to_string(reference()) == "reference");
}
