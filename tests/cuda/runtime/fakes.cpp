#include "tests/cuda/runtime/fakes.h"

#include <dlfcn.h>

#include <cstdlib>

namespace accrue::test {
namespace {

// Before main, so before the library reads its variables.
const bool environment_is_set = [] {
  setenv("ACCRUE_LIBCUDA", FAKE_LIBCUDA, 1);
  setenv("ACCRUE_LIBNVRTC", FAKE_LIBNVRTC, 1);
  setenv("ACCRUE_LIBCUBLAS", FAKE_LIBCUBLAS, 0);
  setenv("ACCRUE_CUDA_CACHE", FAKE_CUDA_CACHE, 0);
  return true;
}();

template <class ControlsOf>
auto& controls_of(const char* file, const char* function) {
  void* const library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  return *reinterpret_cast<ControlsOf*>(dlsym(library, function))();
}

}  // namespace

fake::CudaControls& fake_cuda() {
  static auto& controls = controls_of<fake::CudaControlsOf>(FAKE_LIBCUDA, "fake_cuda_controls");
  return controls;
}

fake::CublasControls& fake_cublas() {
  static auto& controls = controls_of<fake::CublasControlsOf>(FAKE_LIBCUBLAS, "fake_cublas_controls");
  return controls;
}

fake::NvrtcControls& fake_nvrtc() {
  static auto& controls = controls_of<fake::NvrtcControlsOf>(FAKE_LIBNVRTC, "fake_nvrtc_controls");
  return controls;
}

}  // namespace accrue::test
