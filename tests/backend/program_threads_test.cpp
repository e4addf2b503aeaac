// One program, many threads; many programs at once.
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <thread>
#include <vector>

#include "accrue/accrue.hpp"
#include "tests/support/catch.h"

namespace ac = accrue;

namespace {

// Two kernels with a temporary between them, so that each run needs memory of its own.
ac::Program program_with_temporaries() {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {7, 33});
  ac::CompileOptions options;
  options.disable = {"fusion"};
  return ac::compile(g, {{"y", ac::cumsum(ac::cumsum(x * 3 - 1, 1), 0)}}, options);
}

// Rows long enough that workers share them.
ac::Program program_with_long_rows(int threads) {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {70001, 2});
  return ac::compile(g, {{"y", ac::cumsum(x / 3, 0) - ac::sum(x, 0)}},
                     {.threads = threads, .parallel_elements = 1});
}

ac::Tensor input_of(int thread, const ac::Shape& shape = {7, 33}) {
  ac::Tensor t = ac::Tensor::empty(ac::float32, shape);
  for (std::int64_t i = 0; i < t.elements(); ++i)
    t.data<float>()[i] = static_cast<float>((i * 37 + thread * 11) % 101) / 8;
  return t;
}

bool same_bits(const ac::Tensor& a, const ac::Tensor& b) {
  return std::memcmp(a.data(), b.data(), a.bytes()) == 0;
}

/// Calls work(0), work(1), ... at once.
void at_once(int threads, const std::function<void(int thread)>& work) {
  std::vector<std::thread> started;
  for (int t = 0; t < threads; ++t) started.emplace_back(work, t);
  for (std::thread& t : started) t.join();
}

/// Runs the program a few times and counts the results that are not as they should be.
int wrong_results(const ac::Program& p, const ac::Tensor& x, const ac::Tensor& expected, int runs) {
  int wrong = 0;
  for (int i = 0; i < runs; ++i) wrong += same_bits(p.run({{"x", x}})["y"], expected) ? 0 : 1;
  return wrong;
}

}  // namespace

TEST_CASE("64 threads run one program a thousand times each and get the same bits") {
  const ac::Program p = program_with_temporaries();
  std::atomic<int> wrong = 0;
  at_once(64, [&](int t) {
    const ac::Tensor x = input_of(t);
    wrong += wrong_results(p, x, p.run({{"x", x}})["y"], 1000);
  });
  CHECK(wrong == 0);
  const ac::Tensor alone = program_with_temporaries().run({{"x", input_of(5)}})["y"];
  CHECK(same_bits(p.run({{"x", input_of(5)}})["y"], alone));
}

TEST_CASE("several threads run one program whose workers share rows") {
  const ac::Tensor x = input_of(1, {70001, 2}), expected = program_with_long_rows(1).run({{"x", x}})["y"];
  for (const int threads : {0, 2, 8}) {
    const ac::Program p = program_with_long_rows(threads);
    std::atomic<int> wrong = 0;
    at_once(6, [&](int) { wrong += wrong_results(p, x, expected, 20); });
    INFO(threads << " threads");
    CHECK(wrong == 0);
  }
}

TEST_CASE("a run inside the caller's arena, and inside its tasks, gives the same bits") {
  const ac::Tensor x = input_of(2, {70001, 2}), expected = program_with_long_rows(1).run({{"x", x}})["y"];
  for (const int threads : {0, 3}) {
    const ac::Program p = program_with_long_rows(threads);
    std::atomic<int> wrong = 0;
    for (const int width : {1, 2, 4}) {
      oneapi::tbb::task_arena arena(width);
      arena.execute([&] {
        wrong += wrong_results(p, x, expected, 3);
        oneapi::tbb::parallel_for(0, 12, [&](int) { wrong += wrong_results(p, x, expected, 2); });
      });
    }
    INFO(threads << " threads");
    CHECK(wrong == 0);
  }
}

TEST_CASE("a program is destroyed while its copy runs") {
  const ac::Tensor expected = program_with_temporaries().run({{"x", input_of(3)}})["y"];
  auto p = std::make_unique<ac::Program>(program_with_temporaries());
  std::atomic<int> wrong = 0;
  std::thread other(
      [&wrong, &expected, copy = *p] { wrong += wrong_results(copy, input_of(3), expected, 50); });
  p.reset();
  other.join();
  CHECK(wrong == 0);
}

TEST_CASE("programs are compiled, run and destroyed while another runs") {
  const ac::Program long_lived = program_with_temporaries();
  const ac::Tensor expected = long_lived.run({{"x", input_of(1)}})["y"];
  std::atomic<int> wrong = 0;
  at_once(8, [&](int t) {
    if (t % 2 == 0) wrong += wrong_results(long_lived, input_of(1), expected, 200);
    for (int i = 0; i < 20; ++i) wrong += wrong_results(program_with_temporaries(), input_of(1), expected, 1);
  });
  CHECK(wrong == 0);
}
