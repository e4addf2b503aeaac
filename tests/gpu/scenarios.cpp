#include "tests/gpu/scenarios.h"

#include <chrono>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include "accrue/accrue.hpp"
#include "src/cuda/device_memory.h"
#include "tests/support/compare.h"
#include "tests/support/random_values.h"

namespace accrue::test {
namespace {

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

std::string microseconds(double seconds) { return std::to_string(static_cast<long>(seconds * 1e6)) + " us"; }

std::size_t free_bytes(Device gpu) {
  gpu::Gpu& opened = gpu::open_gpu(gpu.index);
  const gpu::Entered here(opened.context());
  std::size_t free = 0, all = 0;
  opened.require(opened.driver().memory_info(&free, &all), "asking for free memory");
  return free;
}

/// What a scenario found: a line's text, and whether it is as it should be.
struct Finding {
  bool is_right;
  std::string text;
};

/// y = 20 kernels, one for each operation.
Program chain_of_20(Graph& g, Device device) {
  Expr y = g.input("x", float32, {1000});
  for (int i = 0; i < 10; ++i) y = maximum(y * 1.5f, -1.0f);
  return compile(g, {{"y", y}}, {.device = device, .disable = {"fusion"}});
}

Finding replay(Device gpu) {
  constexpr int runs = 200;
  Graph g;
  const Program on_cpu = chain_of_20(g, cpu());
  Graph same;
  const Program on_gpu = chain_of_20(same, gpu);
  Random random(7);
  const Tensor x = to_tensor(random_values(random, float32, {1000})), there = x.to(gpu);
  const BoundProgram bound = on_gpu.bind({{"x", there}});
  const auto run_and_wait = [&] {
    bound.run();
    synchronize(gpu);
  };
  const double launched = seconds_of(run_and_wait);
  run_and_wait();  // makes the graph
  const double replayed = seconds_of([&] {
    for (int i = 0; i < runs; ++i) bound.run();
    synchronize(gpu);
  });
  const std::string found =
      difference(to_array(bound.results()["y"].to(cpu())), to_array(on_cpu.run({{"x", x}})["y"]));
  return {found.empty(), found.empty() ? "20 kernels: the first run " + microseconds(launched) +
                                             ", replayed " + microseconds(replayed / runs) + " a run"
                                       : found};
}

Finding out_of_memory(Device gpu) {
  const auto all = static_cast<std::int64_t>(gpu::open_gpu(gpu.index).properties().bytes);
  std::string message;
  try {
    Tensor::empty(uint8, {all + 1}, gpu);
  } catch (const Error& e) {
    message = e.what();
  }
  // Nearly all memory (the failure has given back what was kept), again and again: what was let go of is not
  // back yet when it is asked for.
  const auto most = static_cast<std::int64_t>(free_bytes(gpu) / 10 * 8);
  for (int i = 0; i < 3; ++i) Tensor::zeros(uint8, {most}, gpu);
  Graph g;
  const Tensor y = compile(g, {{"y", g.input("x", float32, {3}) + 1}}, {.device = gpu})
                       .run({{"x", Tensor::copy_of<float>({1, 2, 3}, {3})}})["y"];
  const bool is_right = message.find("out of memory") != std::string::npos && y.to(cpu()).item<float>(2) == 4;
  return {is_right, "out of memory is told, and the next program runs: " + message};
}

/// y[i] = i / 3 + 1, of x[i] = 1 for every third i. All of it is compared on the GPU.
Finding large_scan(Device gpu, std::int64_t elements) {
  const std::string what = "cumsum of " + std::to_string(elements) + " uint8 as int64";
  if (static_cast<std::uint64_t>(elements) * 10 > free_bytes(gpu))
    return {true, "SKIPPED: " + what + " needs " + std::to_string(elements * 10) + " bytes, free are " +
                      std::to_string(free_bytes(gpu))};
  Graph making, scanning, checking;
  const Tensor x = eval(cast(arange(making, 0, elements) % 3 == 0, uint8), {.device = gpu});
  const Expr y = cumsum(scanning.input("x", uint8, {elements}), 0);
  const Tensor sums = compile(scanning, {{"y", y}}, {.device = gpu}).run({{"x", x}})["y"];
  const Expr right = floor_divide(arange(checking, 0, elements), 3) + 1;
  const Expr wrong = sum(cast(checking.input("y", int64, {elements}) != right, int64));
  const Tensor count =
      compile(checking, {{"wrong", wrong}}, {.device = gpu}).run({{"y", sums}})["wrong"].to(cpu());
  return {count.item<std::int64_t>(0) == 0,
          what + ": " + std::to_string(count.item<std::int64_t>(0)) + " elements are wrong"};
}

}  // namespace

int check_scenarios(Device gpu, std::int64_t elements) {
  int wrong = 0;
  // What runs out of memory comes last: memory that is kept is not told as free.
  const std::function<Finding()> scenarios[] = {[&] { return replay(gpu); },
                                                [&] { return large_scan(gpu, elements); },
                                                [&] { return out_of_memory(gpu); }};
  for (const auto& scenario : scenarios) {
    const Finding found = scenario();
    std::cout << (found.is_right ? "right  " : "WRONG  ") << found.text << std::endl;
    if (!found.is_right) ++wrong;
  }
  return wrong;
}

void print_first_run(Device gpu) {
  const Tensor x = Tensor::zeros(float32, {1 << 16}, gpu);  // the driver has started
  synchronize(gpu);
  Graph g;
  const Expr y = relu(cumsum(g.input("x", float32, {1 << 16}), 0) + 1);
  Program program;
  const double compiling = seconds_of([&] { program = compile(g, {{"y", y}}, {.device = gpu}); });
  const double running = seconds_of([&] {
    program.run({{"x", x}});
    synchronize(gpu);
  });
  std::cout << "compiled in " << microseconds(compiling) << ", first run " << microseconds(running)
            << std::endl;
}

}  // namespace accrue::test
