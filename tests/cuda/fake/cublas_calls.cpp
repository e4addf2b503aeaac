// The fake libcublas: products in plain loops, on the fake libcuda's streams and memory.
#include <algorithm>
#include <iterator>
#include <mutex>
#include <utility>

#include "graph/scalar_ops.h"
#include "src/cuda/cublas.h"
#include "tests/cuda/fake/machine.h"

using namespace accrue::gpu;
using namespace accrue::fake;
namespace scalar = accrue::scalar;

namespace accrue::gpu {

struct BlasObject {
  const void* gpu;
  Stream stream = nullptr;
  void* workspace = nullptr;
  bool keeps_precision = false;
};

}  // namespace accrue::gpu

namespace {

enum : BlasStatus { invalid_value_status = 7, execution_failed = 13, not_supported = 15 };

std::mutex mutex;
CublasControls controls;  // guarded, as far as this file goes

struct Operand {
  Address data;
  bool is_transposed;
  std::int64_t leading, batch_stride;

  std::int64_t at(std::int64_t row, std::int64_t column) const {
    return is_transposed ? column + row * leading : row + column * leading;
  }
};

struct Gemm {
  std::int64_t m, n, k, batches;
  Operand a, b, c;
};

/// Whether all of the operand's batches lie in blocks of the GPU's.
bool is_there(Stream stream, const Operand& o, std::int64_t rows, std::int64_t columns, std::int64_t batches,
              std::size_t width) {
  for (const std::int64_t batch : {std::int64_t{0}, batches - 1}) {
    const auto first = static_cast<std::uint64_t>(batch * o.batch_stride) * width;
    const auto elements = static_cast<std::size_t>(o.at(rows - 1, columns - 1)) + 1;
    if (!fake_cuda_holds(stream, o.data + first, elements * width)) return false;
  }
  return true;
}

/// S: what is stored. Sum: what products are added in.
template <class S, class Sum>
Result multiply(Stream stream, const Gemm& g) {
  if (!is_there(stream, g.a, g.m, g.k, g.batches, sizeof(S)) ||
      !is_there(stream, g.b, g.k, g.n, g.batches, sizeof(S)) ||
      !is_there(stream, g.c, g.m, g.n, g.batches, sizeof(S)))
    return illegal_address;
  const auto elements = [](const Operand& o, std::int64_t batch) {
    return reinterpret_cast<S*>(o.data) + batch * o.batch_stride;
  };
  for (std::int64_t batch = 0; batch < g.batches; ++batch)
    for (std::int64_t row = 0; row < g.m; ++row)
      for (std::int64_t column = 0; column < g.n; ++column) {
        Sum sum = 0;
        for (std::int64_t i = 0; i < g.k; ++i)
          sum += static_cast<Sum>(scalar::load_as(elements(g.a, batch)[g.a.at(row, i)])) *
                 static_cast<Sum>(scalar::load_as(elements(g.b, batch)[g.b.at(i, column)]));
        elements(g.c, batch)[g.c.at(row, column)] = scalar::Store<S>::from(sum);
      }
  return success;
}

/// A computation of these types, or null where the library has none.
using Multiply = Result (*)(Stream, const Gemm&);
Multiply computation(int type, int compute_type) {
  if (type == blas_float32 && compute_type == blas_in_float32_pedantic) return multiply<float, float>;
  if (type == blas_float64 && compute_type == blas_in_float64_pedantic) return multiply<double, double>;
  if (type == blas_float16 && compute_type == blas_in_float32) return multiply<scalar::f16, float>;
  if (type == blas_bfloat16 && compute_type == blas_in_float32) return multiply<scalar::bf16, float>;
  return nullptr;
}

bool is_number(const void* factor, int type, double value) {
  return (type == blas_float64 ? *static_cast<const double*>(factor) : *static_cast<const float*>(factor)) ==
         value;
}

bool has_room(const Operand& o, std::int64_t rows, std::int64_t columns) {
  return o.leading >= std::max<std::int64_t>(o.is_transposed ? columns : rows, 1);
}

}  // namespace

FAKE_EXPORT CublasControls* fake_cublas_controls() { return &controls; }

FAKE_EXPORT BlasStatus cublasGetProperty(int which, int* value) {
  *value = which == blas_major_property ? 13 : 1;
  return blas_success;
}
FAKE_EXPORT const char* cublasGetStatusName(BlasStatus status) {
  return status == execution_failed ? "CUBLAS_STATUS_EXECUTION_FAILED" : "CUBLAS_STATUS_NOT_INITIALIZED";
}
FAKE_EXPORT const char* cublasGetStatusString(BlasStatus status) {
  return status == execution_failed ? "the GPU program failed to execute" : "the library was not initialized";
}
FAKE_EXPORT BlasStatus cublasCreate_v2(BlasHandle* handle) {
  const std::lock_guard lock(mutex);
  if (controls.refuses_to_start != 0) return std::exchange(controls.refuses_to_start, 0);
  *handle = new BlasObject{fake_cuda_current()};
  ++controls.handles;
  return blas_success;
}
FAKE_EXPORT BlasStatus cublasDestroy_v2(BlasHandle handle) {
  const std::lock_guard lock(mutex);
  delete handle;
  --controls.handles;
  return blas_success;
}
FAKE_EXPORT BlasStatus cublasSetStream_v2(BlasHandle handle, Stream stream) {
  handle->stream = stream;
  handle->workspace = nullptr;
  return blas_success;
}
FAKE_EXPORT BlasStatus cublasSetWorkspace_v2(BlasHandle handle, void* workspace, std::size_t bytes) {
  if (!fake_cuda_holds(handle->stream, reinterpret_cast<Address>(workspace), bytes))
    return invalid_value_status;
  handle->workspace = workspace;
  return blas_success;
}
FAKE_EXPORT BlasStatus cublasSetMathMode(BlasHandle handle, int mode) {
  handle->keeps_precision = mode == blas_no_reduced_precision;
  return blas_success;
}
FAKE_EXPORT BlasStatus cublasGemmStridedBatchedEx_64(
    BlasHandle handle, int operation_a, int operation_b, std::int64_t m, std::int64_t n, std::int64_t k,
    const void* alpha, const void* a, int a_type, std::int64_t a_leading, long long a_stride, const void* b,
    int b_type, std::int64_t b_leading, long long b_stride, const void* beta, void* c, int c_type,
    std::int64_t c_leading, long long c_stride, std::int64_t batches, int compute_type, int algorithm) {
  const auto address = [](const void* data) { return reinterpret_cast<Address>(data); };
  const Gemm gemm{m,
                  n,
                  k,
                  batches,
                  {address(a), operation_a == blas_transposed, a_leading, a_stride},
                  {address(b), operation_b == blas_transposed, b_leading, b_stride},
                  {address(c), false, c_leading, c_stride}};
  const Multiply work = computation(c_type, compute_type);
  const bool has_one_type = a_type == c_type && b_type == c_type;
  if (work == nullptr || !has_one_type || algorithm != blas_default_algorithm) return not_supported;
  const bool is_ready =
      handle->gpu == fake_cuda_current() && handle->workspace != nullptr && handle->keeps_precision;
  const bool has_operations = std::max(operation_a, operation_b) <= blas_transposed;
  if (!is_ready || !has_operations || std::min({m, n, k, batches}) < 1 || !has_room(gemm.a, m, k) ||
      !has_room(gemm.b, k, n) || !has_room(gemm.c, m, n) || !is_number(alpha, c_type, 1) ||
      !is_number(beta, c_type, 0))
    return invalid_value_status;
  const std::lock_guard lock(mutex);
  if (controls.refuses_to_multiply != 0) return controls.refuses_to_multiply;
  ++controls.products;
  controls.workspace = handle->workspace;
  if (handle->stream->recording != nullptr) ++controls.recorded;
  fake_cuda_enqueue(handle->stream, [=, stream = handle->stream] { return work(stream, gemm); });
  return blas_success;
}
