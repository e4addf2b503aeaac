// The driver's and cuBLAS's interfaces as driver.h and cublas.h have them, against NVIDIA's own headers,
// where the machine has them.
#include "src/cuda/cublas.h"
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
template <class Table, class... Ours, class Result, class... Theirs>
constexpr bool is_called_alike<int (*Table::*)(Ours...), Result (*)(Theirs...)> = [] {
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
static_assert(gpu::capture_of_this_thread == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);

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
  check(&Driver::begin_capture, &cuStreamBeginCapture);
  check(&Driver::end_capture, &cuStreamEndCapture);
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
  check(&Driver::add_graph_node, &cuGraphAddChildGraphNode);
  check(&Driver::instantiate_graph, &cuGraphInstantiateWithFlags);
  check(&Driver::set_kernel_node, &cuGraphExecKernelNodeSetParams);
  check(&Driver::launch_graph, &cuGraphLaunch);
  check(&Driver::destroy_graph_exec, &cuGraphExecDestroy);
}

#else

TEST_CASE("every function is called as the driver's header says") { WARN("skipped: there is no <cuda.h>"); }

#endif

#if __has_include(<cuda.h>) && __has_include(<cublas_v2.h>)
#include <cublas_v2.h>

namespace {

using accrue::gpu::Cublas;

static_assert(gpu::blas_success == CUBLAS_STATUS_SUCCESS);
static_assert(gpu::blas_major_property == MAJOR_VERSION);
static_assert(gpu::blas_minor_property == MINOR_VERSION);
static_assert(gpu::blas_plain == CUBLAS_OP_N);
static_assert(gpu::blas_transposed == CUBLAS_OP_T);
static_assert(gpu::blas_float32 == CUDA_R_32F);
static_assert(gpu::blas_float64 == CUDA_R_64F);
static_assert(gpu::blas_float16 == CUDA_R_16F);
static_assert(gpu::blas_bfloat16 == CUDA_R_16BF);
static_assert(gpu::blas_in_float32 == CUBLAS_COMPUTE_32F);
static_assert(gpu::blas_in_float32_pedantic == CUBLAS_COMPUTE_32F_PEDANTIC);
static_assert(gpu::blas_in_float64_pedantic == CUBLAS_COMPUTE_64F_PEDANTIC);
static_assert(gpu::blas_no_reduced_precision == CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION);
static_assert(gpu::blas_default_algorithm == CUBLAS_GEMM_DEFAULT);

}  // namespace

TEST_CASE("every function is called as cuBLAS's header says") {
  check(&Cublas::property, &cublasGetProperty);
  check(&Cublas::create, &cublasCreate);
  check(&Cublas::destroy, &cublasDestroy);
  check(&Cublas::set_stream, &cublasSetStream);
  check(&Cublas::set_workspace, &cublasSetWorkspace);
  check(&Cublas::set_math_mode, &cublasSetMathMode);
  using Multiply = cublasStatus_t (*)(
      cublasHandle_t, cublasOperation_t, cublasOperation_t, int64_t, int64_t, int64_t, const void*,
      const void*, cudaDataType, int64_t, long long, const void*, cudaDataType, int64_t, long long,
      const void*, void*, cudaDataType, int64_t, long long, int64_t, cublasComputeType_t, cublasGemmAlgo_t);
  check(&Cublas::multiply, static_cast<Multiply>(&cublasGemmStridedBatchedEx_64));
}

#else

TEST_CASE("every function is called as cuBLAS's header says") { WARN("skipped: there is no <cublas_v2.h>"); }

#endif
