#include <atomic>
#include <thread>
#include <tuple>
#include <vector>

#include "accrue/accrue.hpp"
#include "tests/support/catch.h"

namespace ac = accrue;

TEST_CASE("jit traces once for each dtype and shape") {
  auto traced = std::make_shared<int>(0);
  auto f = ac::jit([traced](ac::Expr x) {
    ++*traced;
    return ac::cumsum(x, 0);
  });
  CHECK(f(ac::Tensor::copy_of<float>({1, 2, 3}, {3})).item<float>(2) == 6);
  CHECK(f(ac::Tensor::copy_of<float>({4, 5, 6}, {3})).item<float>(2) == 15);
  CHECK(*traced == 1);
  CHECK(f(ac::Tensor::copy_of<float>({1, 2}, {2})).item<float>(1) == 3);
  CHECK(f(ac::Tensor::copy_of<std::int32_t>({1, 2}, {2})).item<std::int64_t>(1) == 3);
  CHECK(*traced == 3);
  auto copy = f;
  copy(ac::Tensor::copy_of<float>({0, 0}, {2}));
  CHECK(*traced == 3);
}

TEST_CASE("jit takes and returns several values") {
  auto both = ac::jit([](ac::Expr a, ac::Expr b) { return std::make_tuple(a + b, a - b); });
  const auto [sum, difference] =
      both(ac::Tensor::copy_of<float>({5}, {1}), ac::Tensor::copy_of<float>({3}, {1}));
  CHECK(sum.item<float>() == 8);
  CHECK(difference.item<float>() == 2);

  auto parts = ac::jit([](ac::Expr x) { return std::vector<ac::Expr>{x, x + 1, x + 2}; });
  const std::vector<ac::Tensor> results = parts(ac::Tensor::copy_of<std::int32_t>({7}, {1}));
  REQUIRE(results.size() == 3);
  CHECK(results[2].item<std::int32_t>() == 9);
}

TEST_CASE("jit ignores strides: the same program takes them all") {
  auto traced = std::make_shared<int>(0);
  auto f = ac::jit([traced](ac::Expr x) {
    ++*traced;
    return ac::cumsum(x, 1);
  });
  std::vector<float> memory = {1, 2, 3, 4};
  CHECK(f(ac::Tensor::borrow(memory.data(), ac::float32, {2, 2}, {2, 1})).item<float>(3) == 7);
  CHECK(f(ac::Tensor::borrow(memory.data(), ac::float32, {2, 2}, {1, 2})).item<float>(3) == 6);
  CHECK(*traced == 1);
}

TEST_CASE("jit keeps a bounded number of programs, the last used ones") {
  auto traced = std::make_shared<int>(0);
  auto f = ac::jit(
      [traced](ac::Expr x) {
        ++*traced;
        return x + 1;
      },
      {}, 2);
  const auto run = [&](std::int64_t n) { f(ac::Tensor::zeros(ac::float32, {n})); };
  run(1);
  run(2);
  run(1);  // 2 is now the longest unused
  run(3);  // and goes
  CHECK(*traced == 3);
  run(1);
  CHECK(*traced == 3);
  run(2);
  CHECK(*traced == 4);
}

TEST_CASE("jit from several threads") {
  auto f = ac::jit([](ac::Expr x) { return ac::cumsum(x * 2, 0); });
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (std::int64_t n = 1; n < 20; ++n) {
        ac::Tensor ones = ac::Tensor::empty(ac::int64, {n + t % 2});
        std::fill_n(ones.data<std::int64_t>(), ones.elements(), std::int64_t{1});
        wrong += f(ones).item<std::int64_t>(ones.elements() - 1) == 2 * ones.elements() ? 0 : 1;
      }
    });
  for (std::thread& t : threads) t.join();
  CHECK(wrong == 0);
}
