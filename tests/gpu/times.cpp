#include "tests/gpu/times.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <vector>

#include "accrue/accrue.hpp"
#include "src/tensor_copy.h"

namespace accrue::test {
namespace {

struct TimedCase {
  const char* name;
  DType dtype;
  Shape shape;
  std::int64_t dim;
  DType result;
  double target;  // fraction of a copy's bytes per second; 0: none
};

constexpr int runs_a_round = 5;  // between two waits, so that a wait costs little

double seconds_of(Device gpu, int rounds, const std::function<void()>& run) {
  for (int i = 0; i < 2; ++i) run();  // the second run of a binding makes its graph
  std::vector<double> seconds;
  for (int round = 0; round < rounds; ++round) {
    synchronize(gpu);
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < runs_a_round; ++i) run();
    synchronize(gpu);
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() /
                      runs_a_round);
  }
  std::nth_element(seconds.begin(), seconds.begin() + rounds / 2, seconds.end());
  return seconds[static_cast<std::size_t>(rounds / 2)];
}

std::string line(const char* name, double seconds, double bytes, double copy_rate, double target) {
  char text[200];
  const double rate = bytes / seconds;
  const char* const verdict = target == 0 ? "-" : rate / copy_rate >= target ? "met" : "MISSED";
  std::snprintf(text, sizeof text, "| %-44s | %10.1f | %8.1f | %5.2f | %5.2f | %s |\n", name, seconds * 1e6,
                rate * 1e-9, rate / copy_rate, target, verdict);
  return text;
}

}  // namespace

std::string times(Device gpu, std::int64_t divisor, int rounds) {
  const std::int64_t k = 1024 / divisor, m = k * 1024;
  const TimedCase cases[] = {
      {"cumsum of one row of 2^28 float32", float32, {256 * m}, 0, float32, 0.80},
      {"cumsum of bfloat16 as float32, 2^28", bfloat16, {256 * m}, 0, float32, 0.75},
      {"cumsum along rows, 1024 x 65536 float32", float32, {1024, 64 * k}, 1, float32, 0.75},
      {"cumsum along rows, 4096 x 4096 float32", float32, {4096, 4 * k}, 1, float32, 0.75},
      {"cumsum along dim 0, 4096 x 4096 float32", float32, {4 * k, 4096}, 0, float32, 0.75},
      {"cumsum along dim 0, 2^20 x 32 float32", float32, {m, 32}, 0, float32, 0.5},
      {"cumsum along dim 0, 2^20 x 2 float32", float32, {m, 2}, 0, float32, 0.4},
      {"cumsum of one row of 2^16 float32", float32, {64 * k}, 0, float32, 0},
  };
  const Tensor from = Tensor::zeros(uint8, {1024 * m}, gpu), to = Tensor::zeros(uint8, {1024 * m}, gpu);
  const double copy_bytes = 2.0 * static_cast<double>(from.bytes());
  const double copy_rate = copy_bytes / seconds_of(gpu, rounds, [&] { copy_elements(from, to); });
  std::string text =
      "| program                                      |  us / run  |   GB/s   | copy  |  aim  |     |\n"
      "|---|---|---|---|---|---|\n";
  text += line("copy of 2^30 bytes", copy_bytes / copy_rate, copy_bytes, copy_rate, 0);
  for (const TimedCase& one : cases) {
    Graph g;
    const Expr y = cumsum(g.input("x", one.dtype, one.shape), one.dim, {.dtype = one.result});
    const Tensor x = Tensor::zeros(one.dtype, one.shape, gpu);
    const BoundProgram bound = compile(g, {{"y", y}}, {.device = gpu}).bind({{"x", x}});
    const double seconds = seconds_of(gpu, rounds, [&] { bound.run(); });
    const auto bytes = static_cast<double>(x.bytes() + bound.results()["y"].bytes());
    text += line(one.name, seconds, bytes, copy_rate, one.target);
  }
  return text;
}

}  // namespace accrue::test
