// The driver's interface as driver.h has it, against NVIDIA's own header, where the machine has one.
#include "src/cuda/driver.h"
#include "tests/support/catch.h"

#if __has_include(<cuda.h>)
#include <cuda.h>

#include <type_traits>

namespace {

using accrue::gpu::Driver;
namespace gpu = accrue::gpu;

template <class Ours, class Theirs>
constexpr bool is_passed_alike =
    sizeof(Ours) == sizeof(Theirs) && std::is_pointer_v<Ours> == std::is_pointer_v<Theirs>;

template <class Ours, class Theirs>
constexpr bool is_called_alike = false;
template <class... Ours, class Result, class... Theirs>
constexpr bool is_called_alike<gpu::Result (*Driver::*)(Ours...), Result (*)(Theirs...)> = [] {
  if constexpr (sizeof...(Ours) == sizeof...(Theirs))
    return (is_passed_alike<Ours, Theirs> && ...);
  else
    return false;
}();

template <class Ours, class Theirs>
void check(Ours, Theirs) {
  static_assert(is_called_alike<Ours, Theirs>);
}

static_assert(sizeof(gpu::MemoryPoolProperties) == sizeof(CUmemPoolProps));
static_assert(offsetof(gpu::MemoryPoolProperties, location_number) == offsetof(CUmemPoolProps, location) + 4);
static_assert(offsetof(gpu::MemoryPoolProperties, usage) == offsetof(CUmemPoolProps, usage));
static_assert(sizeof(gpu::KernelNode) == sizeof(CUDA_KERNEL_NODE_PARAMS));
static_assert(offsetof(gpu::KernelNode, block) == offsetof(CUDA_KERNEL_NODE_PARAMS, blockDimX));
static_assert(offsetof(gpu::KernelNode, parameters) == offsetof(CUDA_KERNEL_NODE_PARAMS, kernelParams));
static_assert(offsetof(gpu::KernelNode, context) == offsetof(CUDA_KERNEL_NODE_PARAMS, ctx));
static_assert(sizeof(gpu::MemsetNode) == sizeof(CUDA_MEMSET_NODE_PARAMS));
static_assert(offsetof(gpu::MemsetNode, value) == offsetof(CUDA_MEMSET_NODE_PARAMS, value));
static_assert(offsetof(gpu::MemsetNode, width) == offsetof(CUDA_MEMSET_NODE_PARAMS, width));

static_assert(gpu::out_of_memory == CUDA_ERROR_OUT_OF_MEMORY);
static_assert(gpu::max_threads_per_block_attribute == CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK);
static_assert(gpu::multiprocessors_attribute == CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
static_assert(gpu::major_attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
static_assert(gpu::minor_attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
static_assert(gpu::shared_bytes_attribute == CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
static_assert(gpu::memory_pools_attribute == CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED);
static_assert(gpu::stream_non_blocking == CU_STREAM_NON_BLOCKING);
static_assert(gpu::event_without_timing == CU_EVENT_DISABLE_TIMING);
static_assert(gpu::host_memory_portable == CU_MEMHOSTALLOC_PORTABLE);
static_assert(gpu::pinned_allocation == CU_MEM_ALLOCATION_TYPE_PINNED);
static_assert(gpu::device_location == CU_MEM_LOCATION_TYPE_DEVICE);
static_assert(gpu::release_threshold_attribute == CU_MEMPOOL_ATTR_RELEASE_THRESHOLD);
static_assert(gpu::pointer_memory_type_attribute == CU_POINTER_ATTRIBUTE_MEMORY_TYPE);
static_assert(gpu::host_memory_type == CU_MEMORYTYPE_HOST);
static_assert(gpu::dynamic_shared_bytes_attribute == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);

}  // namespace

TEST_CASE("every function is called as the driver's header says") {
  check(&Driver::error_name, &cuGetErrorName);
  check(&Driver::error_string, &cuGetErrorString);
  check(&Driver::init, &cuInit);
  check(&Driver::driver_version, &cuDriverGetVersion);
  check(&Driver::device_count, &cuDeviceGetCount);
  check(&Driver::device, &cuDeviceGet);
  check(&Driver::device_name, &cuDeviceGetName);
  check(&Driver::device_bytes, &cuDeviceTotalMem);
  check(&Driver::device_attribute, &cuDeviceGetAttribute);
  check(&Driver::retain_primary_context, &cuDevicePrimaryCtxRetain);
  check(&Driver::release_primary_context, &cuDevicePrimaryCtxRelease);
  check(&Driver::push_context, &cuCtxPushCurrent);
  check(&Driver::pop_context, &cuCtxPopCurrent);
  check(&Driver::create_stream, &cuStreamCreate);
  check(&Driver::destroy_stream, &cuStreamDestroy);
  check(&Driver::synchronize_stream, &cuStreamSynchronize);
  check(&Driver::create_event, &cuEventCreate);
  check(&Driver::record_event, &cuEventRecord);
  check(&Driver::synchronize_event, &cuEventSynchronize);
  check(&Driver::destroy_event, &cuEventDestroy);
  check(&Driver::create_pool, &cuMemPoolCreate);
  check(&Driver::destroy_pool, &cuMemPoolDestroy);
  check(&Driver::set_pool_attribute, &cuMemPoolSetAttribute);
  check(&Driver::trim_pool, &cuMemPoolTrimTo);
  check(&Driver::allocate, &cuMemAllocFromPoolAsync);
  check(&Driver::free, &cuMemFreeAsync);
  check(&Driver::memory_info, &cuMemGetInfo);
  check(&Driver::allocate_host, &cuMemHostAlloc);
  check(&Driver::free_host, &cuMemFreeHost);
  check(&Driver::pointer_attribute, &cuPointerGetAttribute);
  check(&Driver::copy_to_device, &cuMemcpyHtoDAsync);
  check(&Driver::copy_to_host, &cuMemcpyDtoHAsync);
  check(&Driver::copy_on_device, &cuMemcpyDtoDAsync);
  check(&Driver::set_bytes, &cuMemsetD8Async);
  check(&Driver::load_module, &cuModuleLoadDataEx);
  check(&Driver::unload_module, &cuModuleUnload);
  check(&Driver::module_function, &cuModuleGetFunction);
  check(&Driver::set_function_attribute, &cuFuncSetAttribute);
  check(&Driver::launch, &cuLaunchKernel);
  check(&Driver::create_graph, &cuGraphCreate);
  check(&Driver::destroy_graph, &cuGraphDestroy);
  check(&Driver::add_memset_node, &cuGraphAddMemsetNode);
  check(&Driver::add_kernel_node, &cuGraphAddKernelNode);
  check(&Driver::instantiate_graph, &cuGraphInstantiateWithFlags);
  check(&Driver::set_kernel_node, &cuGraphExecKernelNodeSetParams);
  check(&Driver::launch_graph, &cuGraphLaunch);
  check(&Driver::destroy_graph_exec, &cuGraphExecDestroy);
}

#else

TEST_CASE("every function is called as the driver's header says") { WARN("skipped: there is no <cuda.h>"); }

#endif
