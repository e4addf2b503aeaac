// One program, many threads.
#include <atomic>
#include <cstring>
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

ac::Tensor input_of(int thread) {
  ac::Tensor t = ac::Tensor::empty(ac::float32, {7, 33});
  for (int i = 0; i < 7 * 33; ++i) t.data<float>()[i] = static_cast<float>((i * 37 + thread * 11) % 101) / 8;
  return t;
}

bool same_bits(const ac::Tensor& a, const ac::Tensor& b) {
  return std::memcmp(a.data(), b.data(), a.bytes()) == 0;
}

}  // namespace

TEST_CASE("64 threads run one program a thousand times each and get the same bits") {
  const ac::Program p = program_with_temporaries();
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 64; ++t)
    threads.emplace_back([&, t] {
      const ac::Tensor x = input_of(t);
      const ac::Tensor expected = p.run({{"x", x}})["y"];
      for (int i = 0; i < 1000; ++i) wrong += same_bits(p.run({{"x", x}})["y"], expected) ? 0 : 1;
    });
  for (std::thread& t : threads) t.join();
  CHECK(wrong == 0);
  const ac::Tensor alone = program_with_temporaries().run({{"x", input_of(5)}})["y"];
  CHECK(same_bits(p.run({{"x", input_of(5)}})["y"], alone));
}

TEST_CASE("a program is destroyed while its copy runs") {
  auto p = std::make_unique<ac::Program>(program_with_temporaries());
  std::thread other([copy = *p] {
    for (int i = 0; i < 50; ++i) copy.run({{"x", input_of(i)}});
  });
  p.reset();
  other.join();
  CHECK(p == nullptr);
}

TEST_CASE("programs are compiled and run at once") {
  std::atomic<int> wrong = 0;
  const ac::Tensor expected = program_with_temporaries().run({{"x", input_of(1)}})["y"];
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i)
        wrong += same_bits(program_with_temporaries().run({{"x", input_of(1)}})["y"], expected) ? 0 : 1;
    });
  for (std::thread& t : threads) t.join();
  CHECK(wrong == 0);
}
