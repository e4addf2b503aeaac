// The driver and the compiler: found or not, and what is said of it.
#include "src/cuda/driver.h"

#include <fstream>

#include "accrue/accrue.hpp"
#include "src/cuda/gpu.h"
#include "src/cuda/nvrtc.h"
#include "tests/cuda/runtime/fakes.h"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"
#include "tests/support/temporary_folder.h"

using namespace accrue;
using test::message_of;

namespace {

gpu::LibrarySearch nothing_to_find() {
  return {"the thing", "ACCRUE_THING", "", {"libthing.so.2", "libthing.so.1"}, {"/nowhere", "/nor/there"}};
}

std::string message_of_open(const gpu::LibrarySearch& search) {
  return message_of([&] { gpu::Library opened(search); });
}

}  // namespace

TEST_CASE("a library that is not there") {
  CHECK(message_of_open(nothing_to_find()) ==
        "CUDA unavailable: the thing was not found: no libthing.so.2, libthing.so.1 where the loader looks, "
        "nor "
        "in /nowhere, /nor/there; ACCRUE_THING may name the file");
}

TEST_CASE("a library that is not where the variable says") {
  gpu::LibrarySearch search = nothing_to_find();
  search.override_file = "/nowhere/my.so";
  CHECK(message_of_open(search) ==
        "CUDA unavailable: the thing was looked for where ACCRUE_THING says, in /nowhere/my.so, which is not "
        "there");
}

TEST_CASE("a library that cannot be opened") {
  const test::TemporaryFolder folder;
  gpu::LibrarySearch search = nothing_to_find();
  search.folders.push_back(folder.path().string());
  std::ofstream(folder.file("libthing.so.1")) << "no library";
  const std::string message = message_of_open(search);
  CHECK(message.starts_with(
      "CUDA unavailable: the thing could not be opened: " + folder.file("libthing.so.1") + ": "));
  CHECK(message.ends_with("; ACCRUE_THING may name another file"));
}

TEST_CASE("a library without the driver's functions") {
  gpu::LibrarySearch search = nothing_to_find();
  search.override_file = FAKE_LIBNVRTC;
  CHECK(message_of([&] { gpu::Driver driver(search); }) ==
        "CUDA unavailable: " FAKE_LIBNVRTC
        " has no cuGetErrorName; a driver for CUDA 12.0 or newer is needed");
}

TEST_CASE("a library in one of the folders") {
  gpu::LibrarySearch search = nothing_to_find();
  const std::string file = FAKE_LIBCUDA;
  search.names.push_back(file.substr(file.rfind('/') + 1));
  search.folders.push_back(file.substr(0, file.rfind('/')));
  CHECK(gpu::Library(search).file() == file);
}

TEST_CASE("what there is, as text") {
  CHECK(gpu::describe().starts_with("  driver for CUDA 13.0 (" FAKE_LIBCUDA ")\n"
                                    "  NVRTC 13.0 (" FAKE_LIBNVRTC ")\n"
                                    "  cuBLAS 13.1 (" FAKE_LIBCUBLAS ")\n"
                                    "  cuda:0 Fake GPU 0, sm_90, 4 multiprocessors, 67108864 bytes\n"
                                    "  cuda:1 Fake GPU 1, sm_90, 4 multiprocessors, 67108864 bytes\n"));
}

TEST_CASE("a GPU that is not there") {
  Graph g;
  CHECK(message_of([&] {
          compile(g, {{"y", g.input("x", float32, {2}) + 1}}, {.device = cuda(8)});
        }) == "CUDA unavailable: there is no cuda:8; there are cuda:0 .. cuda:7");
}

TEST_CASE("the architecture that is compiled for") {
  const gpu::Nvrtc& nvrtc = gpu::nvrtc();
  CHECK(nvrtc.architecture(90) == "sm_90");
  CHECK(nvrtc.architecture(103) == "compute_100");  // newer than the compiler: by way of the driver
  CHECK(message_of([&] { nvrtc.architecture(70); }) ==
        "CUDA: " FAKE_LIBNVRTC
        " (13.0) compiles for sm_75 and newer; this GPU is sm_70, which needs an older NVRTC");
}

TEST_CASE("the driver's errors in words") {
  CHECK(gpu::driver().text(700) == "an illegal memory access was encountered (CUDA_ERROR_ILLEGAL_ADDRESS)");
  CHECK(gpu::driver().text(12345) == "error 12345");
}
