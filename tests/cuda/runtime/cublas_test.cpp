// Matrix products by cuBLAS, where it is found: which ones, their results, replay, threads, failures.
#include "src/cuda/cublas.h"

#include <atomic>
#include <thread>

#include "accrue/accrue.hpp"
#include "graph/pipeline.h"
#include "src/cuda/emit.h"
#include "src/cuda/gpu.h"
#include "tests/cuda/runtime/fakes.h"
#include "tests/support/catch.h"
#include "tests/support/compare.h"
#include "tests/support/message_of.h"
#include "tests/support/random.h"

using namespace accrue;
using test::fake_cublas;
using test::fake_cuda;
using test::message_of;

namespace {

const Device device = cuda(6);  // where no other test counts memory

/// Small whole numbers: their sums are exact in any order.
Tensor whole_numbers(DType dtype, const Shape& shape) {
  test::Random random(3);
  std::vector<double> values;
  for (std::int64_t i = 0; i < elements(shape); ++i)
    values.push_back(static_cast<double>(random.between(-3, 3)));
  Graph g;
  return eval(cast(g.constant(Tensor::copy_of<double>(values, shape)), dtype));
}

/// A product of two inputs, or of what `left` and `right` make of them, compared with the CPU's.
///   returns  how many products cuBLAS has taken
using Change = Expr (*)(const Expr&);
Expr same(const Expr& x) { return x; }
std::size_t products_of(DType dtype, const Shape& a_shape, const Shape& b_shape, Change left = same,
                        Change right = same) {
  const std::size_t before = fake_cublas().products;
  Graph g;
  const Expr y = matmul(left(g.input("a", dtype, a_shape)), right(g.input("b", dtype, b_shape)));
  const Tensor a = whole_numbers(dtype, a_shape), b = whole_numbers(dtype, b_shape);
  const Tensor expected = compile(g, {{"y", y}}).run({{"a", a}, {"b", b}})["y"];
  const Tensor actual = compile(g, {{"y", y}}, {.device = device}).run({{"a", a}, {"b", b}})["y"].to(cpu());
  CHECK(test::difference(test::to_array(actual), test::to_array(expected)) == "");
  return fake_cublas().products - before;
}

Expr turned(const Expr& x) { return transpose(x, -1, -2); }
Expr flipped(const Expr& x) { return flip(x, {0}); }
Expr spread(const Expr& x) { return broadcast_to(x, {4, 3, 2}); }

/// y = (a @ b) * 2, in two kernels.
Program doubled_product(std::int64_t n, Device on = device) {
  Graph g;
  return compile(g, {{"y", matmul(g.input("a", float32, {n, n}), g.input("b", float32, {n, n})) * 2}},
                 {.device = on});
}

}  // namespace

TEST_CASE("cuBLAS takes products of floats") {
  for (const DType dtype : {float16, bfloat16, float32, float64})
    CHECK(products_of(dtype, {5, 3}, {3, 7}) == 1);
}

TEST_CASE("integers are accrue's own") {
  for (const DType dtype : {int8, int32, uint64}) CHECK(products_of(dtype, {5, 3}, {3, 7}) == 0);
}

TEST_CASE("cuBLAS takes either operand transposed, and single rows and columns") {
  CHECK(products_of(float32, {3, 5}, {3, 7}, turned) == 1);
  CHECK(products_of(float32, {5, 3}, {7, 3}, same, turned) == 1);
  CHECK(products_of(float32, {3, 5}, {7, 3}, turned, turned) == 1);
  for (const std::int64_t n : {1, 4})
    for (const std::int64_t k : {1, 3})
      for (const std::int64_t m : {1, 5}) {
        CHECK(products_of(float32, {n, k}, {k, m}) == 1);
        CHECK(products_of(float32, {k, n}, {m, k}, turned, turned) == 1);
      }
  CHECK(products_of(float32, {3}, {3, 7}) == 1);
  CHECK(products_of(float32, {5, 3}, {3}) == 1);
}

TEST_CASE("cuBLAS takes a part of a matrix") {
  const auto part = [](const Expr& x) { return slice(x, {{1, std::nullopt}, {2, 5}}); };
  CHECK(products_of(float32, {5, 6}, {3, 7}, part) == 1);
  CHECK(products_of(float16, {5, 3}, {4, 6}, same, part) == 1);
}

TEST_CASE("cuBLAS takes evenly spaced batches") {
  CHECK(products_of(float32, {4, 5, 3}, {4, 3, 7}) == 1);
  CHECK(products_of(float64, {2, 3, 5, 4}, {2, 3, 4, 6}) == 1);  // two batch dims are one
  CHECK(products_of(float32, {4, 5, 3}, {3, 2}) == 1);           // the right operand is the same for all
  CHECK(products_of(float32, {4, 5, 3}, {3, 2}, same, spread) == 1);
  CHECK(products_of(float32, {4, 3, 5}, {4, 7, 3}, turned, turned) == 1);
}

TEST_CASE("batches that are not evenly spaced are accrue's own") {
  CHECK(products_of(float32, {2, 1, 5, 4}, {3, 4, 6}) == 0);  // one operand stands still along each dim
}

TEST_CASE("matrices that step over elements both ways, or backwards, are accrue's own") {
  const auto every_second = [](const Expr& x) { return slice(x, -1, {0, std::nullopt, 2}); };
  CHECK(products_of(float32, {5, 6}, {3, 7}, every_second) == 0);
  CHECK(products_of(float32, {5, 3}, {3, 7}, flipped) == 0);
  CHECK(products_of(float32, {5, 3}, {3, 7}, same, flipped) == 0);
}

TEST_CASE("nothing to sum, and no elements, are accrue's own") {
  CHECK(products_of(float32, {5, 0}, {0, 7}) == 0);
  CHECK(products_of(float32, {0, 3}, {3, 7}) == 0);
}

TEST_CASE("outs by columns are written by cuBLAS, others by accrue") {
  Graph g;
  const Program p = compile(g, {{"y", matmul(g.input("a", float32, {2, 3}), g.input("b", float32, {3, 4}))}},
                            {.device = device});
  const Tensor a = whole_numbers(float32, {2, 3}).to(device), b = whole_numbers(float32, {3, 4}).to(device);
  const std::vector<NamedTensor> inputs = {{"a", a}, {"b", b}};
  const Tensor expected = p.run(inputs)["y"].to(cpu());
  for (const auto& [strides, products] : {std::pair{Strides{1, 2}, 1},
                                          {Strides{1, 5}, 1},
                                          {Strides{9, 1}, 1},
                                          {Strides{8, 2}, 0},
                                          {Strides{2, 4}, 0}}) {
    const Tensor memory = Tensor::zeros(float32, {40}, device);
    const std::size_t before = fake_cublas().products;
    p.run(inputs,
          {{"y", Tensor::borrow(const_cast<void*>(memory.data()), float32, {2, 4}, strides, device)}});
    const Tensor y =
        Tensor::borrow(const_cast<void*>(memory.data()), float32, {2, 4}, strides, device).to(cpu());
    CHECK(test::difference(test::to_array(y), test::to_array(expected)) == "");
    CHECK(fake_cublas().products - before == static_cast<std::size_t>(products));
  }
}

TEST_CASE("cuBLAS's product needs no compiled kernel") {
  const int before = test::fake_nvrtc().compilations;
  const std::size_t launches = fake_cuda().counts.launches;
  CHECK(products_of(float32, {11, 13}, {13, 17}) == 1);
  CHECK(test::fake_nvrtc().compilations == before);
  CHECK(fake_cuda().counts.launches == launches);
}

TEST_CASE("the dump tells which products are cuBLAS's") {
  const auto text = [](DType dtype) {
    Graph g;
    const Expr y = matmul(g.input("a", dtype, {2, 5, 3}), g.input("b", dtype, {3, 7}));
    return gpu::print_sources(
        std::make_shared<const Plan>(run_pipeline(select(g, {{"y", y}}), {}, true).plan), false);
  };
  CHECK(
      text(float32).starts_with("// k0 is cuBLAS's product where that is found (float32, 2 x [5, 3] by [3, "
                                "7]); this kernel is for where it "
                                "is not.\n// k0: matmul\n"));
  CHECK(text(int32).starts_with("// k0: matmul\n"));
}

TEST_CASE("a bound product is replayed, recorded once, with the same workspace") {
  const Program p = doubled_product(8);
  const Tensor a = whole_numbers(float32, {8, 8}).to(device);
  const BoundProgram bound = p.bind({{"a", a}, {"b", a}});
  const fake::Counts before = fake_cuda().counts;
  const std::size_t recorded = fake_cublas().recorded, products = fake_cublas().products;
  const void* workspace = nullptr;
  Tensor first;
  for (int i = 0; i < 4; ++i) {
    bound.run();
    const Tensor y = bound.results()["y"].to(cpu());
    if (i == 0) {
      first = y;
      workspace = fake_cublas().workspace;
    }
    CHECK(test::difference(test::to_array(y), test::to_array(first)) == "");
  }
  CHECK(fake_cuda().counts.graph_launches - before.graph_launches == 3);
  CHECK(fake_cublas().products - products == 2);  // enqueued once, recorded once
  CHECK(fake_cublas().recorded - recorded == 1);
  CHECK(fake_cublas().workspace == workspace);
}

TEST_CASE("a product's runs with other addresses are not replayed") {
  const Program p = doubled_product(8);
  const fake::Counts before = fake_cuda().counts;
  const Tensor a = whole_numbers(float32, {8, 8});
  std::vector<Tensor> results;
  for (int i = 0; i < 4; ++i) results.push_back(p.run({{"a", a}, {"b", a}})["y"]);
  for (const Tensor& y : results)
    CHECK(test::difference(test::to_array(y.to(cpu())), test::to_array(results[0].to(cpu()))) == "");
  CHECK(fake_cuda().counts.graph_launches == before.graph_launches);
}

TEST_CASE("products on several threads and GPUs") {
  const Tensor a = whole_numbers(float32, {8, 8});
  const Tensor expected = doubled_product(8, cpu()).run({{"a", a}, {"b", a}})["y"];
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      const Program p = doubled_product(8, cuda(5 + t % 2));
      const BoundProgram bound = p.bind({{"a", a}, {"b", a}});
      for (int i = 0; i < 5; ++i) {
        bound.run();
        for (const Tensor& y : {bound.results()["y"], p.run({{"a", a}, {"b", a}})["y"]})
          if (!test::difference(test::to_array(y.to(cpu())), test::to_array(expected)).empty()) ++wrong;
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
}

TEST_CASE("a product that cuBLAS refuses is told with its shapes") {
  Graph g;
  const Program p =
      compile(g, {{"y", matmul(g.input("a", float32, {2, 5, 3}), g.input("b", float32, {3, 7}))}},
              {.device = device});
  fake_cublas().refuses_to_multiply = 13;
  const Tensor a = whole_numbers(float32, {2, 5, 3}), b = whole_numbers(float32, {3, 7});
  CHECK(message_of([&] {
          p.run({{"a", a}, {"b", b}});
        }) ==
        "cuda:6: kernel k0 (matmul by cuBLAS: float32, 2 x [5, 3] by [3, 7]): the GPU program failed to "
        "execute "
        "(CUBLAS_STATUS_EXECUTION_FAILED)");
  fake_cublas().refuses_to_multiply = 0;
  CHECK_NOTHROW(p.run({{"a", a}, {"b", b}}));
}

TEST_CASE("a product that cuBLAS refuses to record is told, and lost nothing") {
  const Program p = doubled_product(8);
  const Tensor a = whole_numbers(float32, {8, 8}).to(device);
  const BoundProgram bound = p.bind({{"a", a}, {"b", a}});
  bound.run();
  const fake::Live before = fake_cuda().live;
  fake_cublas().refuses_to_multiply = 13;
  CHECK_THAT(message_of([&] { bound.run(); }), ContainsSubstring("CUBLAS_STATUS_EXECUTION_FAILED"));
  fake_cublas().refuses_to_multiply = 0;
  CHECK(fake_cuda().live == before);
  CHECK_NOTHROW(bound.run());
}

TEST_CASE("cuBLAS that does not start is told, and tried again") {
  gpu::Gpu gpu(gpu::driver(), 3);
  const fake::Live before = fake_cuda().live;
  const int handles = fake_cublas().handles;
  fake_cublas().refuses_to_start = 1;
  CHECK(message_of([&] { gpu.multiplier(); }) ==
        "cuda:3: making cuBLAS ready (ACCRUE_LIBCUBLAS=off does without it): the library was not initialized "
        "(CUBLAS_STATUS_NOT_INITIALIZED)");
  gpu.synchronize("waiting");
  CHECK(fake_cuda().live == before);
  CHECK(gpu.multiplier() != nullptr);
  CHECK(fake_cublas().handles == handles + 1);
}

TEST_CASE("no memory for cuBLAS is told, leaves nothing behind, and all comes back") {
  const fake::Live before = fake_cuda().live;
  const int handles = fake_cublas().handles;
  {
    gpu::Gpu gpu(gpu::driver(), 3);
    const fake::Live with_gpu = fake_cuda().live;
    const int failed = test::fail_each_making([&] { gpu.multiplier(); },
                                              [&](const std::string& message) {
                                                CHECK_THAT(message, ContainsSubstring("cuda:3: "));
                                                CHECK_THAT(message, ContainsSubstring("out of memory"));
                                                gpu.synchronize("waiting");
                                                CHECK(fake_cuda().live == with_gpu);
                                              });
    CHECK(failed == 2);  // the workspace, the stream to record in
  }
  CHECK(fake_cuda().live == before);
  CHECK(fake_cublas().handles == handles);
}

TEST_CASE("whatever cannot be made for a recorded product, nothing is lost") {
  const Program p = doubled_product(8);
  const Tensor a = whole_numbers(float32, {8, 8}).to(device);
  p.run({{"a", a}, {"b", a}});
  synchronize(device);
  const fake::Live before = fake_cuda().live;
  Tensor y = Tensor::zeros(float32, {8, 8}, device);
  const auto use = [&] {
    const BoundProgram bound = p.bind({{"a", a}, {"b", a}}, {{"y", y}});
    bound.run();
    bound.run();
  };
  const int failed = test::fail_each_making(use, [&](const std::string& message) {
    CHECK_THAT(message, ContainsSubstring("out of memory"));
    synchronize(device);
    CHECK(fake_cuda().live.graphs == before.graphs);
    CHECK(fake_cuda().live.graph_execs == before.graph_execs);
  });
  CHECK(failed == 5);  // a graph, what is recorded, two nodes, an instance
}

TEST_CASE("where there is no cuBLAS, or a broken one, it is said why") {
  gpu::LibrarySearch search = {"cuBLAS", "ACCRUE_LIBCUBLAS", "", {"libno.so.13"}, {"/nowhere"}};
  const gpu::CublasFinding absent = gpu::look_for_cublas(search);
  CHECK(absent.library == nullptr);
  CHECK(absent.why_not ==
        "cuBLAS was not found: no libno.so.13 where the loader looks, nor in /nowhere; ACCRUE_LIBCUBLAS may "
        "name the "
        "file");
  search.names = {FAKE_LIBNVRTC};
  const gpu::CublasFinding broken = gpu::look_for_cublas(search);
  CHECK(broken.library == nullptr);
  CHECK(broken.why_not == FAKE_LIBNVRTC " has no cublasGetProperty; cuBLAS 12.0 or newer is needed");
}

TEST_CASE("NVIDIA's own cuBLAS has every function, where it is there") {
  gpu::LibrarySearch search = gpu::cublas_search();
  search.override_file.clear();
  try {
    const gpu::Cublas cublas(search);
    CHECK(cublas.major >= 12);
  } catch (const gpu::Unavailable& e) {
    WARN("SKIPPED: " << e.why());
  }
}
