// The accrue command with --device cuda.
#include "tests/cli/command.h"
#include "accrue/npy.hpp"
#include "tests/cuda/runtime/fakes.h"
#include "tests/support/catch.h"

using namespace accrue;
using test::Outcome;

namespace {

constexpr const char* on_fakes = "ACCRUE_LIBCUDA=" FAKE_LIBCUDA " ACCRUE_LIBNVRTC=" FAKE_LIBNVRTC
                                 " ACCRUE_LIBCUBLAS=" FAKE_LIBCUBLAS " ACCRUE_CUDA_CACHE=" FAKE_CUDA_CACHE;

struct Prepared : test::Workplace {
  Prepared() {
    write("model.acr", "def f(x: float32[n]):\n    y = x * 2 + 1\n    return y\n");
    write("x.npy", Tensor::copy_of<float>({1, 2, 3}, {3}));
  }
  Outcome run_on_fakes(const std::string& arguments, const std::string& variables = "") const {
    return run(arguments, on_fakes + std::string(" ") + variables);
  }
};

}  // namespace

TEST_CASE("run --device cuda") {
  const Prepared work;
  const Outcome printed = work.run_on_fakes("run model.acr --device cuda:1 --in x=x.npy");
  CHECK(printed.err == "");
  CHECK(printed.out == "y: float32[3]\n[3. 5. 7.]\n");
  CHECK(work.run_on_fakes("run model.acr --device cuda --in x=x.npy --out y=y.npy").exit_code == 0);
  CHECK(load_npy(work.path("y.npy")).item<float>(2) == 7);
}

TEST_CASE("run --device cuda, where there is no such GPU") {
  const Prepared work;
  const Outcome outcome = work.run_on_fakes("run model.acr --device cuda:8 --in x=x.npy");
  CHECK(outcome.exit_code == 1);
  CHECK(outcome.err == "accrue: error: CUDA unavailable: there is no cuda:8; there are cuda:0 .. cuda:7\n");
}

TEST_CASE("check compares the GPU, too") {
  const Prepared work;
  const Outcome outcome = work.run_on_fakes("check model.acr --dim n=1000");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out ==
        "cpu, fused: equal to the reference\n"
        "cpu, unfused: equal to the reference\n"
        "cuda:0, fused: equal to the reference\n"
        "cuda:0, unfused: equal to the reference\n");
}

TEST_CASE("check names the first node that differs on the GPU") {
  const Prepared work;
  // A driver whose kernels are wrong: in every compiled kernel, additions have become subtractions.
  const Outcome outcome =
      work.run_on_fakes("check model.acr --dim n=10",
                        "FAKE_NVRTC_PLANT='map<float, add>=map<float, sub>' ACCRUE_CUDA_CACHE=off");
  CHECK(outcome.exit_code == 1);
  CHECK_THAT(outcome.out, ContainsSubstring("cpu, unfused: equal to the reference\ncuda:0, fused: y (add, "
                                            "model.acr:2) "));
}

TEST_CASE("bench --device cuda") {
  const Prepared work;
  const Outcome outcome = work.run_on_fakes("bench model.acr --device cuda --dim n=1000 --repeat 3");
  CHECK(outcome.err == "");
  CHECK(outcome.out.starts_with("median "));
}

TEST_CASE("info tells of the GPUs") {
  const Prepared work;
  CHECK_THAT(
      work.run_on_fakes("info").out,
      ContainsSubstring("\nCUDA:\n  driver for CUDA 13.0 (" FAKE_LIBCUDA ")\n  NVRTC 13.0 (" FAKE_LIBNVRTC
                        ")\n  cuBLAS 13.1 (" FAKE_LIBCUBLAS ")\n  cuda:0 Fake GPU 0, sm_90, "));
}

TEST_CASE("info tells why there is no cuBLAS") {
  const Prepared work;
  CHECK_THAT(work.run_on_fakes("info", "ACCRUE_LIBCUBLAS=off").out,
             ContainsSubstring("\n  no cuBLAS, accrue multiplies matrices itself: ACCRUE_LIBCUBLAS turns it "
                               "off\n  cuda:0 Fake GPU 0, sm_90, "));
  CHECK_THAT(work.run_on_fakes("info", "ACCRUE_LIBCUBLAS=/nowhere/libcublas.so").out,
             ContainsSubstring(
                 "\n  no matrix products of floats: cuBLAS was looked for where ACCRUE_LIBCUBLAS says, in "
                 "/nowhere/libcublas.so, which is not there\n"));
  CHECK_THAT(work.run_on_fakes("info", "ACCRUE_LIBCUBLAS=" FAKE_LIBNVRTC).out,
             ContainsSubstring("\n  no matrix products of floats: " FAKE_LIBNVRTC
                               " has no cublasGetProperty; cuBLAS 12.0 or newer is needed\n"));
}

TEST_CASE("with cuBLAS or without it, products are right, and a file that is none is told") {
  const Prepared work;
  work.write("product.acr", "def f(a: float32[n, n]):\n    y = matmul(a, a)\n    return y\n");
  work.write("a.npy", Tensor::copy_of<float>({1, 2, 3, 4}, {2, 2}));
  const std::string arguments = "run product.acr --device cuda --in a=a.npy";
  for (const std::string variable : {"", "ACCRUE_LIBCUBLAS=off"}) {
    const Outcome outcome = work.run_on_fakes(arguments, variable);
    CHECK(outcome.err == "");
    CHECK(outcome.out == "y: float32[2, 2]\n[[ 7. 10.]\n [15. 22.]]\n");
  }
  CHECK(work.run_on_fakes(arguments, "ACCRUE_LIBCUBLAS=/nowhere/libcublas.so").err ==
        "accrue: error: CUDA unavailable: cuBLAS was looked for where ACCRUE_LIBCUBLAS says, in "
        "/nowhere/libcublas.so, which is not there\n");
}

TEST_CASE("with ACCRUE_CUDA_SYNC an error names the kernel that made it") {
  const Prepared work;
  const std::string arguments = "run model.acr --device cuda --in x=x.npy";
  CHECK(
      work.run_on_fakes(arguments, "FAKE_CUDA_CRASH=1").err ==
      "accrue: error: cuda:0: copying from the GPU: unspecified launch failure (CUDA_ERROR_LAUNCH_FAILED)\n");
  CHECK(work.run_on_fakes(arguments, "FAKE_CUDA_CRASH=1 ACCRUE_CUDA_SYNC=1").err ==
        "accrue: error: cuda:0: kernel k0 (mul, add: one pass over the elements): unspecified launch failure "
        "(CUDA_ERROR_LAUNCH_FAILED)\n");
}
