// Kernels are compiled once, by one thread, and loaded; what fails leaves nothing behind.
#include "src/cuda/kernel_cache.h"

#include <filesystem>
#include <thread>
#include <vector>

#include "src/cuda/device_memory.h"
#include "src/cuda/staging.h"
#include "src/options.h"
#include "tests/cuda/runtime/fakes.h"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"

using namespace accrue;
using gpu::Gpu;
using gpu::Source;
using test::fake_cuda;
using test::fake_nvrtc;

namespace {

// Adds `number` to each of four ints.
Source adder(int number) {
  Source source;
  source.text =
      "struct K0 {\n  int* x;\n};\nextern \"C\" __global__ void k0(const K0 __grid_constant__ k) {\n"
      "  k.x[threadIdx.x] += " +
      std::to_string(number) + ";\n}\n";
  source.entry = "k0";
  return source;
}

void forget_what_is_on_disk() { std::filesystem::remove_all(options().cuda_cache); }

std::vector<int> run(Gpu& gpu, const gpu::LoadedKernel& kernel, std::vector<int> values) {
  const std::size_t bytes = values.size() * sizeof(int);
  const gpu::DeviceMemory memory(gpu, bytes);
  auto* const host = reinterpret_cast<std::byte*>(values.data());
  gpu.staging().copy_in(memory.address(), host, bytes);
  gpu::Address address = memory.address();
  void* parameters[] = {&address};
  const gpu::Entered here(gpu.context());
  gpu.require(gpu.driver().launch(kernel.function(), 1, 1, 1, static_cast<unsigned>(values.size()), 1, 1, 0,
                                  gpu.stream(), parameters, nullptr),
              "launching");
  gpu.staging().copy_out(host, memory.address(), bytes);
  return values;
}

}  // namespace

TEST_CASE("a kernel is compiled, kept on disk, and loaded by the next process") {
  forget_what_is_on_disk();
  for (const std::size_t compiled : {1, 0}) {
    Gpu gpu(gpu::driver(), 0);  // with a cache of its own, as another process would have
    const auto kernel = gpu.kernels().find(adder(5));
    CHECK(run(gpu, *kernel, {1, 2, 3, 4}) == std::vector<int>{6, 7, 8, 9});
    CHECK(gpu.kernels().compiled() == compiled);
    CHECK_THAT(kernel->log(), ContainsSubstring("Used 32 registers"));
    CHECK(gpu.kernels().find(adder(5)) == kernel);
  }
}

TEST_CASE("an image's key has all that it depends on") {
  const gpu::Nvrtc& nvrtc = gpu::nvrtc();
  CHECK(gpu::KernelCache::key_of(nvrtc, "sm_90", "the program") ==
        "NVRTC 13.0 for sm_90 --std=c++17 --fmad=false --ptxas-options=-v\nthe program");
}

TEST_CASE("threads that ask for one kernel share one compilation") {
  forget_what_is_on_disk();
  Gpu gpu(gpu::driver(), 0);
  const int before = fake_nvrtc().compilations;
  std::vector<std::shared_ptr<const gpu::LoadedKernel>> found(8);
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < found.size(); ++t)
    threads.emplace_back([&, t] { found[t] = gpu.kernels().find(adder(static_cast<int>(t) % 2)); });
  for (std::thread& thread : threads) thread.join();
  CHECK(fake_nvrtc().compilations == before + 2);
  for (std::size_t t = 2; t < found.size(); ++t) CHECK(found[t] == found[t % 2]);
}

TEST_CASE("a kernel that does not compile is accrue's own fault, and is tried again") {
  forget_what_is_on_disk();
  Gpu gpu(gpu::driver(), 0);
  fake_nvrtc().refuses = true;
  CHECK_THROWS_AS(gpu.kernels().find(adder(7)), InternalError);
  try {
    gpu.kernels().find(adder(7));
  } catch (const InternalError& error) {
    CHECK_THAT(error.what(), ContainsSubstring("k0.cu(1): error: refused"));
    CHECK_THAT(error.what(), ContainsSubstring("k.x[threadIdx.x] += 7;"));
  }
  fake_nvrtc().refuses = false;
  CHECK(run(gpu, *gpu.kernels().find(adder(7)), {1}) == std::vector<int>{8});
}

TEST_CASE("a kernel that cannot be loaded leaves nothing behind, and is tried again") {
  Gpu gpu(gpu::driver(), 0);
  const fake::Live before = fake_cuda().live;
  const int failed = test::fail_each_making([&] { gpu.kernels().find(adder(8)); },
                                            [&](const std::string& message) {
                                              CHECK(message ==
                                                    "cuda:0: loading a kernel: out of memory "
                                                    "(CUDA_ERROR_OUT_OF_MEMORY)");
                                              CHECK(fake_cuda().live == before);
                                            });
  CHECK(failed == 1);
}

TEST_CASE("dynamic shared memory beyond the usual is asked for, and refused beyond the GPU's") {
  Gpu gpu(gpu::driver(), 0);
  const auto kernel = gpu.kernels().find(adder(9));
  kernel->allow_dynamic_shared(100 << 10);
  kernel->allow_dynamic_shared(50 << 10);
  CHECK(test::message_of([&] { kernel->allow_dynamic_shared(300 << 10); }) ==
        "cuda:0: giving a kernel 307200 bytes of shared memory: invalid argument (CUDA_ERROR_INVALID_VALUE)");
}
