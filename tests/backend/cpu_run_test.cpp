// What surrounds the kernels: matrix products, instruction sets, threads, working memory.
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "src/cpu/isa.h"
#include "src/cpu/scratch.h"
#include "src/cpu/threads.h"
#include "tests/backend/cpu_check.h"
#include "tests/support/catch.h"
#include "tests/support/runners.h"

namespace accrue::test {
namespace {

void check_matmul(DType dtype, const Shape& a_shape, const Shape& b_shape, Bound bound) {
  Graph graph;
  const Expr a = graph.input("a", dtype, a_shape), b = graph.input("b", dtype, b_shape);
  const Expr c = matmul(a, b), turned = matmul(transpose(b, -1, -2), transpose(a, -1, -2));
  const std::vector<NamedExpr> outputs = {{"c", c}, {"turned", turned}};
  const std::vector<NamedTensor> inputs = {{"a", numbers(dtype, a_shape, 4, 1)},
                                           {"b", numbers(dtype, b_shape, 4, 2)}};
  const std::vector<Tensor> expected = run_reference(graph, outputs, inputs);
  INFO(to_string(dtype) << to_string(a_shape) << " by " << to_string(b_shape));
  for (const host::IsaBuild& build : host::usable_isa_builds()) {
    const std::string set(build.name);
    const Tensors one = compile(graph, outputs, {.threads = 1, .instruction_set = set}).run(inputs);
    const Tensors three =
        compile(graph, outputs, {.threads = 3, .parallel_elements = 1, .instruction_set = set}).run(inputs);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      CHECK(difference(to_array(one[i]), to_array(expected[i]), bound) == "");
      CHECK(difference(to_array(three[i]), to_array(one[i])) == "");
    }
  }
}

}  // namespace

TEST_CASE("matrix products of every dtype") {
  for (const DType dtype : all_dtypes) {
    if (dtype == boolean) continue;
    const double relative = dtype == float64   ? 1e-13
                            : dtype == float32 ? 1e-5
                            : dtype == float16 ? 2e-3
                                               : 1e-2;
    const Bound bound = is_floating(dtype) ? Bound{relative, 100 * relative} : Bound{};
    check_matmul(dtype, {5, 7}, {7, 3}, bound);
    check_matmul(dtype, {150, 40}, {40, 600}, bound);
    check_matmul(dtype, {2, 1, 9, 8}, {3, 8, 4}, bound);
    check_matmul(dtype, {3, 0}, {0, 2}, bound);
  }
  check_matmul(float32, {3, 2500}, {2500, 2}, {1e-4, 1e-2});
}

TEST_CASE("an instruction set that is not there is refused") {
  Graph graph;
  const Expr y = graph.input("x", float32, {3}) + 1;
  std::string usable;
  for (const host::IsaBuild& build : host::usable_isa_builds())
    usable += (usable.empty() ? "" : ", ") + std::string(build.name);
  CHECK_THROWS_WITH(compile(graph, {{"y", y}}, {.instruction_set = "v9"}),
                    "compile: instruction set 'v9' is not one that this processor runs; it has " + usable);
}

TEST_CASE("workers run on as many threads as were asked for, more than there are processors too") {
  const host::Threads threads(4);
  CHECK(threads.available() == 4);
  std::atomic<int> begun{0};
  threads.run(4, [&] {  // each waits for the others: all four are there at once
    ++begun;
    while (begun < 4) std::this_thread::yield();
  });
  CHECK(begun == 4);
}

TEST_CASE("what a worker throws reaches the caller, who can run again") {
  const host::Threads threads(3);
  std::atomic<bool> fails{true};
  const auto work = [&] {
    if (fails) throw std::runtime_error("no more");
  };
  CHECK_THROWS_WITH(threads.run(3, work), "no more");
  fails = false;
  CHECK_NOTHROW(threads.run(3, work));
}

TEST_CASE("a second run takes no new working memory") {
  Graph graph;
  const Expr x = graph.input("x", float32, {300, 200});
  const Program program = compile(graph, {{"y", softmax(cumsum(x, 0), 1)}}, {.threads = 1});
  const Tensor input = numbers(float32, {300, 200});
  program.run({{"x", input}});
  const std::size_t after_first = host::scratch_allocations();
  program.run({{"x", input}});
  CHECK(host::scratch_allocations() == after_first);
}

TEST_CASE("a worker that comes late goes on from what has been done without it") {
  using std::chrono::microseconds, std::chrono::milliseconds, std::chrono::steady_clock;
  Graph graph;
  const Expr x = graph.input("x", float32, {1 << 20});
  const std::vector<NamedExpr> outputs = {{"sums", cumsum(x, 0)},
                                          {"whole_sums", cumsum(x, 0, {.dtype = int64})},
                                          {"largest", cummax(x, 0)},
                                          {"sums_of_sums", cumsum(cumsum(x, 0, {.dtype = int32}), 0)}};
  const std::vector<NamedTensor> input = {{"x", numbers(float32, {1 << 20})}};
  const Tensors expected = compile(graph, outputs, {.threads = 1}).run(input);
  const Program program = compile(graph, outputs);  // in the caller's arena
  oneapi::tbb::task_arena arena(2);
  const auto passed = [](steady_clock::time_point begin) { return steady_clock::now() - begin; };
  for (int delay = 0; delay < 2000; delay += 200) {
    std::atomic<bool> is_busy{false};
    const Tensors actual = arena.execute([&] {
      oneapi::tbb::task_group other;
      other.run([&] {
        is_busy = true;
        for (const auto begin = steady_clock::now(); passed(begin) < microseconds(delay);) continue;
      });
      // A machine of one processor may have no thread for it.
      for (const auto begin = steady_clock::now(); !is_busy && passed(begin) < milliseconds(100);)
        std::this_thread::yield();
      const Tensors results = program.run(input);
      other.wait();
      return results;
    });
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      INFO(outputs[i].name << ", a worker " << delay << " us late");
      CHECK(difference(to_array(actual[i]), to_array(expected[i])) == "");
    }
  }
}

TEST_CASE("one program run by many threads at once") {
  Graph graph;
  const Expr x = graph.input("x", float32, {100003});
  const Program program =
      compile(graph, {{"y", cumsum(x, 0) / sum(abs(x))}}, {.threads = 2, .parallel_elements = 1});
  const Tensor input = numbers(float32, {100003});
  const Array expected = to_array(program.run({{"x", input}})[0]);
  std::atomic<int> different{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 16; ++caller)
    callers.emplace_back([&] {
      for (int run = 0; run < 5; ++run)
        if (!difference(to_array(program.run({{"x", input}})[0]), expected).empty()) ++different;
    });
  for (std::thread& caller : callers) caller.join();
  CHECK(different == 0);
}

}  // namespace accrue::test
