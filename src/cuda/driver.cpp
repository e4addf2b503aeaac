#include "src/cuda/driver.h"

#include "src/options.h"

namespace accrue::gpu {
namespace {

LibrarySearch driver_search() {
  return {"the CUDA driver",
          "ACCRUE_LIBCUDA",
          options().libcuda,
          {"libcuda.so.1"},
          {"/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib/wsl/lib", "/run/opengl-driver/lib"}};
}

}  // namespace

Driver::Driver(const LibrarySearch& search) : library(search) {
  find_functions();
  if (const Result result = init(0); result != success)
    unavailable("the driver " + library.file() + " does not start: " + text(result));
  if (const Result result = driver_version(&version); result != success)
    unavailable("the driver " + library.file() + " does not tell its version: " + text(result));
}

void Driver::find_functions() {
  const auto find = [this](auto& function, const char* name) {
    library.find(function, name, "a driver for CUDA 12.0 or newer");
  };
  find(error_name, "cuGetErrorName");
  find(error_string, "cuGetErrorString");
  find(init, "cuInit");
  find(driver_version, "cuDriverGetVersion");

  find(device_count, "cuDeviceGetCount");
  find(device, "cuDeviceGet");
  find(device_name, "cuDeviceGetName");
  find(device_bytes, "cuDeviceTotalMem_v2");
  find(device_attribute, "cuDeviceGetAttribute");
  find(retain_primary_context, "cuDevicePrimaryCtxRetain");
  find(release_primary_context, "cuDevicePrimaryCtxRelease_v2");
  find(push_context, "cuCtxPushCurrent_v2");
  find(pop_context, "cuCtxPopCurrent_v2");

  find(create_stream, "cuStreamCreate");
  find(destroy_stream, "cuStreamDestroy_v2");
  find(synchronize_stream, "cuStreamSynchronize");
  find(begin_capture, "cuStreamBeginCapture_v2");
  find(end_capture, "cuStreamEndCapture");
  find(create_event, "cuEventCreate");
  find(record_event, "cuEventRecord");
  find(synchronize_event, "cuEventSynchronize");
  find(destroy_event, "cuEventDestroy_v2");

  find(create_pool, "cuMemPoolCreate");
  find(destroy_pool, "cuMemPoolDestroy");
  find(set_pool_attribute, "cuMemPoolSetAttribute");
  find(trim_pool, "cuMemPoolTrimTo");
  find(allocate, "cuMemAllocFromPoolAsync");
  find(free, "cuMemFreeAsync");
  find(memory_info, "cuMemGetInfo_v2");
  find(allocate_host, "cuMemHostAlloc");
  find(free_host, "cuMemFreeHost");
  find(pointer_attribute, "cuPointerGetAttribute");

  find(copy_to_device, "cuMemcpyHtoDAsync_v2");
  find(copy_to_host, "cuMemcpyDtoHAsync_v2");
  find(copy_on_device, "cuMemcpyDtoDAsync_v2");
  find(set_bytes, "cuMemsetD8Async");

  find(load_module, "cuModuleLoadDataEx");
  find(unload_module, "cuModuleUnload");
  find(module_function, "cuModuleGetFunction");
  find(set_function_attribute, "cuFuncSetAttribute");
  find(launch, "cuLaunchKernel");

  find(create_graph, "cuGraphCreate");
  find(destroy_graph, "cuGraphDestroy");
  find(add_memset_node, "cuGraphAddMemsetNode");
  find(add_kernel_node, "cuGraphAddKernelNode_v2");
  find(add_graph_node, "cuGraphAddChildGraphNode");
  find(instantiate_graph, "cuGraphInstantiateWithFlags");
  find(set_kernel_node, "cuGraphExecKernelNodeSetParams_v2");
  find(launch_graph, "cuGraphLaunch");
  find(destroy_graph_exec, "cuGraphExecDestroy");
}

std::string Driver::text(Result result) const {
  const char* name = nullptr;
  const char* meaning = nullptr;
  if (error_name(result, &name) != success || error_string(result, &meaning) != success)
    return "error " + std::to_string(result);
  return std::string(meaning) + " (" + name + ")";
}

const Driver& driver() {
  static const Driver opened(driver_search());
  return opened;
}

}  // namespace accrue::gpu
