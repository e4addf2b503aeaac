// Every message of Tensor, whole.
#include "accrue/tensor.hpp"

#include <cstdint>
#include <limits>

#include "tests/support/catch.h"
#include "tests/support/message_of.h"

using namespace accrue;
using test::message_of;

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

}  // namespace

TEST_CASE("shapes that no tensor can have") {
  CHECK(message_of([] {
          Tensor::empty(float32, {2, -3});
        }) == "Tensor::empty: float32[2, -3] has a negative dim; dims are 0 or more");
  CHECK(message_of([] { Tensor::empty(uint8, Shape(33, 1)); }) ==
        "Tensor::empty: 33 dims; at most 32 are possible");
  CHECK(message_of([] { Tensor::empty(float32, {std::int64_t{1} << 61}); }) ==
        "Tensor::empty: float32[2305843009213693952] takes more than 2^63-1 bytes");
  CHECK(message_of([] {
          Tensor::zeros(uint8, {0, most, 2});
        }) == "Tensor::empty: uint8[0, 9223372036854775807, 2] takes more than 2^63-1 bytes");
  CHECK(message_of([] { Tensor::empty(uint8, Shape(32, 1)); }) == "no error");
  CHECK(message_of([] { Tensor::empty(uint8, {0, most}); }) == "no error");
}

TEST_CASE("more memory than there is") { CHECK_THROWS_AS(Tensor::empty(uint8, {most}), std::bad_alloc); }

TEST_CASE("copy_of: as many values as elements") {
  CHECK(message_of([] {
          Tensor::copy_of<float>({1, 2, 3}, {2, 2});
        }) == "Tensor::copy_of: 3 values for float32[2, 2]; it takes 4");
  CHECK(message_of([] { Tensor::copy_of<float>({}, {0, 2}); }) == "no error");
}

TEST_CASE("borrow: memory that cannot hold the tensor") {
  alignas(8) std::byte memory[32] = {};
  void* null = nullptr;
  CHECK(message_of([&] { Tensor::borrow(null, float32, {3}); }) ==
        "Tensor::borrow: null data for float32[3]; the address of its first element is needed");
  CHECK(message_of([&] { Tensor::borrow(null, float32, {0}); }) == "no error");
  CHECK(message_of([&] { Tensor::borrow(memory + 2, float32, {3}); }) ==
        "Tensor::borrow: data lie 2 bytes beyond a multiple of 4; float32 needs an address that 4 divides");
  CHECK(message_of([&] { Tensor::borrow(memory + 2, float16, {3}); }) == "no error");
  CHECK(message_of([&] {
          Tensor::borrow(memory, int32, {2, 3}, {1});
        }) == "Tensor::borrow: strides [1] for int32[2, 3]; one for each dim is needed");
  CHECK(message_of([&] {
          Tensor::borrow(memory, int32, {2, 3}, {most, 1});
        }) == "Tensor::borrow: strides [9223372036854775807, 1] of int32[2, 3] reach beyond 2^61 bytes");
  CHECK(message_of([&] { Tensor::borrow(memory, int32, {2}, {-most - 1}); }) ==
        "Tensor::borrow: strides [-9223372036854775808] of int32[2] reach beyond 2^61 bytes");
  CHECK(message_of([&] { Tensor::borrow(memory, int32, {-1}); }) ==
        "Tensor::borrow: int32[-1] has a negative dim; dims are 0 or more");
}

TEST_CASE("adopt names itself") {
  CHECK(message_of([] { Tensor::adopt(std::make_shared<int>(), nullptr, int8, {2}, {1}, false); }) ==
        "Tensor::adopt: null data for int8[2]; the address of its first element is needed");
}

TEST_CASE("data and item: the dtype asked for, the index") {
  Tensor t = Tensor::copy_of<float>({1, 2, 3, 4, 5, 6}, {2, 3});
  CHECK(message_of([&] { t.data<std::int32_t>(); }) ==
        "Tensor: float32[2, 3] holds no int32; ask for float32");
  CHECK(message_of([&] { t.item<double>(); }) == "Tensor: float32[2, 3] holds no float64; ask for float32");
  CHECK(message_of([&] { t.item<float>(6); }) ==
        "Tensor::item: no element 6 in float32[2, 3]; valid indices are 0..5");
  CHECK(message_of([&] { t.item<float>(-1); }) ==
        "Tensor::item: no element -1 in float32[2, 3]; valid indices are 0..5");
  CHECK(message_of([&] { Tensor::empty(float32, {0}).item<float>(); }) ==
        "Tensor::item: no element 0 in float32[0]; it is empty");
  CHECK(message_of([&] { t.item<float>(5); }) == "no error");
}
