// Programs on a GPU: results, memory, outs, replay, threads, failures.
#include <atomic>
#include <numeric>
#include <sstream>
#include <thread>

#include "accrue/accrue.hpp"
#include "src/cuda/gpu.h"
#include "tests/cuda/runtime/fakes.h"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"

using namespace accrue;
using test::fake_cuda;
using test::message_of;

namespace {

Tensor counted(const Shape& shape) {
  Tensor t = Tensor::empty(float32, shape);
  std::iota(t.data<float>(), t.data<float>() + t.elements(), 1.0f);
  return t;
}

std::string text(const Tensor& t) {
  std::ostringstream out;
  out << t;
  return out.str();
}

// y = 2x + 1, in one kernel.
Program doubler(const Shape& shape, Device device = cuda()) {
  Graph g;
  return compile(g, {{"y", g.input("x", float32, shape) * 2 + 1}}, {.device = device});
}

// The same with a kernel for each operation, and a temporary between them.
Program unfused_doubler(const Shape& shape, Device device = cuda()) {
  Graph g;
  return compile(g, {{"y", g.input("x", float32, shape) * 2 + 1}}, {.device = device, .disable = {"fusion"}});
}

}  // namespace

TEST_CASE("a program's results lie on its GPU") {
  const Tensors r = doubler({4}).run({{"x", counted({4})}});
  CHECK(r["y"].device() == cuda());
  CHECK(text(r["y"]) == "[3. 5. 7. 9.]");
  CHECK(text(r["y"].to(cpu())) == "[3. 5. 7. 9.]");
}

TEST_CASE("inputs and outs on the GPU and on the host, in every combination") {
  const Program p = doubler({2, 3});
  for (const Device in : {cpu(), cuda()})
    for (const Device out : {cpu(), cuda()}) {
      Tensor y = Tensor::zeros(float32, {2, 3}, out);
      const Tensors r = p.run({{"x", counted({2, 3}).to(in)}}, {{"y", y}});
      CHECK(r["y"].data() == y.data());
      CHECK(text(y) == "[[ 3.  5.  7.]\n [ 9. 11. 13.]]");
    }
}

TEST_CASE("strided inputs and outs on the host") {
  const Program p = doubler({2, 3});
  std::vector<float> x = {1, 4, 2, 5, 3, 6}, y(12, -1);
  p.run({{"x", Tensor::borrow(x.data(), float32, {2, 3}, {1, 2})}},
        {{"y", Tensor::borrow(y.data(), float32, {2, 3}, {6, 2})}});
  CHECK(y == std::vector<float>{3, -1, 5, -1, 7, -1, 9, -1, 11, -1, 13, -1});
}

TEST_CASE("strided inputs and outs on the GPU") {
  const Program p = doubler({2, 3});
  Tensor x = Tensor::copy_of<float>({1, 4, 2, 5, 3, 6}, {6}).to(cuda());
  Tensor y = Tensor::copy_of(std::vector<float>(12, -1), {12}).to(cuda());
  p.run({{"x", Tensor::borrow(x.data(), float32, {2, 3}, {1, 2}, cuda())}},
        {{"y", Tensor::borrow(y.data(), float32, {2, 3}, {6, 2}, cuda())}});
  CHECK(text(y) == "[ 3. -1.  5. -1.  7. -1.  9. -1. 11. -1. 13. -1.]");
  const Tensor strided = Tensor::borrow(x.data(), float32, {2, 3}, {1, 2}, cuda());
  CHECK(text(strided) == "[[1. 2. 3.]\n [4. 5. 6.]]");
  CHECK(strided.contiguous().device() == cuda());
}

TEST_CASE("tensors go from device to device") {
  const Tensor x = counted({3});
  CHECK(x.to(cpu()).data() == x.data());
  const Tensor there = x.to(cuda(1));
  CHECK(there.device() == cuda(1));
  CHECK(there.to(cuda(1)).data() == there.data());
  CHECK(text(there.to(cuda(2))) == "[1. 2. 3.]");
  CHECK(text(Tensor::zeros(int64, {2}, cuda(1))) == "[0 0]");
  CHECK(Tensor::empty(float32, {0}, cuda(1)).to(cpu()).elements() == 0);
}

TEST_CASE("a GPU's tensor has no items on the host") {
  const Tensor there = counted({3}).to(cuda(1));
  CHECK(message_of([&] { there.item<float>(0); }) ==
        "Tensor::item: the tensor lies on cuda:1; t.to(accrue::cpu()) is a copy on the host");
}

TEST_CASE("tensors on a device that the program does not run on") {
  const Tensor x = counted({4});
  CHECK(message_of([&] {
          doubler({4}).run({{"x", x.to(cuda(1))}});
        }) ==
        "run: input \"x\" lies on cuda:1; the program runs on cuda:0 and takes tensors that lie there or on "
        "the "
        "host");
  CHECK(message_of([&] {
          doubler({4}, cpu()).run({{"x", x.to(cuda(1))}});
        }) == "run: input \"x\" lies on cuda:1; the program runs on cpu and takes tensors that lie there");
  CHECK(
      message_of([&] {
        doubler({4}).run({{"x", x}}, {{"y", x.to(cuda(1))}});
      }) ==
      "run: out \"y\" lies on cuda:1; the program runs on cuda:0 and takes tensors that lie there or on the "
      "host");
}

TEST_CASE("constants and views") {
  Graph g;
  const Expr x = g.input("x", float32, {2, 2});
  const Expr y = transpose(x, 0, 1) + g.constant(Tensor::copy_of<float>({10, 20}, {2}).to(cuda()));
  const Tensors r = compile(g, {{"y", y}}, {.device = cuda()}).run({{"x", counted({2, 2})}});
  CHECK(text(r["y"]) == "[[11. 23.]\n [12. 24.]]");
}

TEST_CASE("empty tensors launch nothing") {
  const std::size_t before = fake_cuda().counts.launches;
  CHECK(doubler({0, 3}).run({{"x", Tensor::zeros(float32, {0, 3})}})["y"].elements() == 0);
  CHECK(fake_cuda().counts.launches == before);
}

TEST_CASE("a fused chain is one launch; what is allocated is what was planned") {
  const Program fused = doubler({1000}), unfused = unfused_doubler({1000});
  const Tensor x = counted({1000}).to(cuda());
  CHECK(unfused.memory().arena_bytes == 4032);
  for (const Program* p : {&fused, &unfused}) {
    const fake::Counts before = fake_cuda().counts;
    const std::size_t live = fake_cuda().live_bytes;
    RunStats stats;
    const Tensors r = p->run({{"x", x}}, {}, &stats);
    CHECK(fake_cuda().counts.launches - before.launches == (p == &fused ? 1 : 2));
    CHECK(stats.arena_bytes == p->memory().arena_bytes);
    CHECK(stats.output_bytes == p->memory().output_bytes);
    CHECK(fake_cuda().live_bytes - live == p->memory().arena_bytes + p->memory().output_bytes);
  }
}

TEST_CASE("a second run allocates its outputs only, and none where outs are given") {
  const Program p = unfused_doubler({1000});
  const Tensor x = counted({1000}).to(cuda());
  Tensor y = Tensor::zeros(float32, {1000}, cuda());
  p.run({{"x", x}}, {{"y", y}});
  const std::size_t before = fake_cuda().counts.allocations;
  RunStats stats;
  p.run({{"x", x}}, {{"y", y}}, &stats);
  CHECK(fake_cuda().counts.allocations == before);
  CHECK(stats.arena_bytes == 0);
  p.run({{"x", x}});
  CHECK(fake_cuda().counts.allocations == before + 1);
}

TEST_CASE("runs on the GPU alone wait for nothing") {
  const Program p = doubler({1000});
  const Tensor x = counted({1000}).to(cuda());
  synchronize(cuda());
  fake_cuda().launches_before_crash = 0;
  Tensors r;
  CHECK_NOTHROW(r = p.run({{"x", x}}));  // it has only been enqueued
  fake_cuda().launches_before_crash = -1;
  CHECK(r["y"].to(cpu()).item<float>(999) == 2001);
}

TEST_CASE("an input in its place") {
  const Program p = doubler({4});
  for (const Device device : {cpu(), cuda()}) {
    Tensor x = counted({4}).to(device);
    p.run({{"x", x}}, {{"y", x}});
    CHECK(text(x) == "[3. 5. 7. 9.]");
  }
}

TEST_CASE("overlaps on the GPU are refused as on the host") {
  const Program p = doubler({4});
  Tensor memory = counted({8}).to(cuda());
  auto* const data = static_cast<float*>(memory.data());
  CHECK(
      message_of([&] {
        p.run({{"x", Tensor::borrow(data, float32, {4}, {1}, cuda())}},
              {{"y", Tensor::borrow(data + 2, float32, {4}, {1}, cuda())}});
      }) ==
      "run: out \"y\" (bytes 8..23) overlaps input \"x\" (bytes 0..15); an out is exactly an input, or lies "
      "apart");
}

TEST_CASE("an input that is read in two orders is copied before it is written over") {
  Graph g;
  const Expr x = g.input("x", float32, {4});
  const Program p = compile(g, {{"y", x + flip(x, {0})}}, {.device = cuda()});
  Tensor in = counted({4}).to(cuda());
  RunStats stats;
  p.run({{"x", in}}, {{"y", in}}, &stats);
  CHECK(text(in) == "[5. 5. 5. 5.]");
  CHECK(stats.copies.size() == 1);
}

TEST_CASE("a donated input is written over") {
  Graph g;
  const Program p =
      compile(g, {{"y", g.input("x", float32, {4}) * 2 + 1}}, {.device = cuda(), .donate = {"x"}});
  const Tensor on_gpu = counted({4}).to(cuda()), on_host = counted({4});
  CHECK(p.run({{"x", on_gpu}})["y"].data() == on_gpu.data());
  const Tensor y = p.run({{"x", on_host}})["y"];  // the result belongs on the GPU
  CHECK(y.device() == cuda());
  CHECK(text(on_host) == "[1. 2. 3. 4.]");
}

TEST_CASE("a bound program is replayed as a graph, from its second run on") {
  const Program p = unfused_doubler({4});
  Tensor x = counted({4});
  const BoundProgram bound = p.bind({{"x", x}});
  const fake::Counts before = fake_cuda().counts;
  for (int i = 0; i < 4; ++i) {
    x.data<float>()[0] = static_cast<float>(i);
    bound.run();
    CHECK(bound.results()["y"].to(cpu()).item<float>(0) == static_cast<float>(2 * i + 1));
  }
  CHECK(fake_cuda().counts.graph_launches - before.graph_launches == 3);
  CHECK(fake_cuda().counts.launches - before.launches == 8);
}

TEST_CASE("a program that runs again is replayed with other addresses") {
  const Program p = unfused_doubler({4});
  Tensor x = counted({4});
  const fake::Counts before = fake_cuda().counts;
  std::vector<Tensor> results;  // kept, so that each run has an output of its own
  for (int i = 0; i < 4; ++i) {
    x.data<float>()[0] = static_cast<float>(i);
    results.push_back(p.run({{"x", x.to(cuda())}})["y"]);
  }
  for (int i = 0; i < 4; ++i)
    CHECK(results[static_cast<std::size_t>(i)].to(cpu()).item<float>(0) == static_cast<float>(2 * i + 1));
  CHECK(fake_cuda().counts.graph_launches - before.graph_launches == 3);
  const std::size_t changes = fake_cuda().counts.graph_changes - before.graph_changes;
  CHECK(changes >= 2);  // of the last kernel, which writes the output; the first's input may lie where it lay
  CHECK(changes <= 4);
}

TEST_CASE("bindings of one program have graphs of their own") {
  const Program p = unfused_doubler({4});
  const BoundProgram a = p.bind({{"x", counted({4})}});
  const BoundProgram b = p.bind({{"x", Tensor::zeros(float32, {4})}});
  for (int i = 0; i < 3; ++i)
    for (const BoundProgram* bound : {&a, &b}) bound->run();
  CHECK(text(a.results()["y"]) == "[3. 5. 7. 9.]");
  CHECK(text(b.results()["y"]) == "[1. 1. 1. 1.]");
}

TEST_CASE("one program on several threads") {
  fake_cuda().launch_microseconds = 200;
  std::atomic<int> wrong = 0;
  for (int attempt = 0; attempt < 5; ++attempt) {
    const Program p = unfused_doubler({100});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int round = 0; round < 3; ++round) {
          Tensor x = Tensor::zeros(float32, {100});
          x.data<float>()[7] = static_cast<float>(t * 100 + round);
          const Tensor y = p.run({{"x", x}})["y"].to(cpu());
          if (y.item<float>(7) != static_cast<float>(2 * (t * 100 + round) + 1)) ++wrong;
        }
      });
    for (std::thread& thread : threads) thread.join();
  }
  fake_cuda().launch_microseconds = 0;
  CHECK(wrong == 0);
}

TEST_CASE("programs are compiled, run and let go of on several threads and GPUs at once") {
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      const Tensor x = counted({50}).to(cuda(t % 2));
      for (int round = 0; round < 10; ++round) {
        const Program p = (round % 2 == 0 ? doubler : unfused_doubler)({50}, cuda(t % 2));
        const BoundProgram bound = p.bind({{"x", x}});
        for (int i = 0; i < 3; ++i) bound.run();
        if (bound.results()["y"].to(cpu()).item<float>(49) != 101) ++wrong;
        if (p.run({{"x", x}})["y"].to(cpu()).item<float>(49) != 101) ++wrong;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("programs on two GPUs") {
  for (const int index : {1, 2}) {
    const Tensor y = doubler({4}, cuda(index)).run({{"x", counted({4})}})["y"];
    CHECK(y.device() == cuda(index));
    CHECK(text(y) == "[3. 5. 7. 9.]");
  }
}

TEST_CASE("a program may go while its work is under way") {
  Tensor y;
  {
    const Program p = unfused_doubler({4});
    y = p.run({{"x", counted({4})}})["y"];
  }
  CHECK(text(y) == "[3. 5. 7. 9.]");
}

TEST_CASE("everything comes back: no leaks") {
  doubler({4}).run({{"x", counted({4})}});  // what stays: context, staging, kernels
  unfused_doubler({4}).run({{"x", counted({4})}});
  synchronize(cuda());
  const fake::Live before = fake_cuda().live;
  {
    const Program p = unfused_doubler({4});
    const BoundProgram bound = p.bind({{"x", counted({4})}});
    for (int i = 0; i < 3; ++i) bound.run();
    doubler({4}).run({{"x", counted({4})}});
  }
  synchronize(cuda());
  CHECK(fake_cuda().live == before);
}

TEST_CASE("whatever cannot be made, nothing is lost, and the next run is right") {
  const Program warm = unfused_doubler({4});
  warm.run({{"x", counted({4})}});
  synchronize(cuda());
  const fake::Live before = fake_cuda().live;
  Tensor y = Tensor::zeros(float32, {4});
  const auto use = [&] {
    Graph g;
    const Expr x = g.input("x", float32, {4});
    const Program p = compile(g, {{"y", (x + g.constant(counted({4}))) * 2 + 1}},
                              {.device = cuda(), .disable = {"fusion"}});
    const BoundProgram bound = p.bind({{"x", counted({4})}}, {{"y", y}});
    bound.run();
    bound.run();
  };
  const int failed = test::fail_each_making(use, [&](const std::string& message) {
    CHECK_THAT(message, ContainsSubstring("cuda:0: "));
    CHECK_THAT(message, ContainsSubstring("out of memory"));
    synchronize(cuda());
    CHECK(fake_cuda().live.allocations == before.allocations);
    CHECK(fake_cuda().live.graphs == before.graphs);
    CHECK(fake_cuda().live.graph_execs == before.graph_execs);
  });
  CHECK(failed > 8);
  CHECK(text(y) == "[ 5.  9. 13. 17.]");
}

TEST_CASE("too little memory is told with what is planned") {
  const Program p = unfused_doubler({10 << 20});
  CHECK(
      message_of([&] {
        p.run({{"x", counted({10 << 20})}});
      }) ==
      "cuda:0: out of memory: 41943040 bytes are asked for, 25165824 of 67108864 are free; the program plans "
      "125829120 bytes: inputs 41943040, outputs 41943040, constants 0, temporaries 41943040");
  CHECK(text(doubler({4}).run({{"x", counted({4})}})["y"]) == "[3. 5. 7. 9.]");
}

TEST_CASE("a kernel that crashes is told, with the outs, and then by every later call on that GPU") {
  const Program p = doubler({4}, cuda(7));
  const Tensor x = counted({4});
  Tensor y = Tensor::zeros(float32, {4});
  fake_cuda().launches_before_crash = 0;
  const std::string cause =
      "cuda:7: copying from the GPU: unspecified launch failure (CUDA_ERROR_LAUNCH_FAILED)";
  CHECK(message_of([&] {
          p.run({{"x", x}}, {{"y", y}});
        }) == cause + "; outs that may be written in part: \"y\"");
  const std::string later =
      "cuda:7 can no longer be used by this process, since an earlier failure: " + cause;
  CHECK_THAT(message_of([&] { p.run({{"x", x}}, {{"y", y}}); }), ContainsSubstring(later));
  CHECK_THAT(message_of([&] { x.to(cuda(7)); }), ContainsSubstring(later));
  CHECK(text(doubler({4}).run({{"x", x}})["y"]) == "[3. 5. 7. 9.]");
}
