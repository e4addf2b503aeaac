// NVIDIA's matrix products: libcublas, opened at run time where it is found. Where it is not, accrue's own
// kernels multiply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "src/cuda/driver.h"

namespace accrue::gpu {

// cuBLAS's handle and numbers.
using BlasHandle = struct BlasObject*;
using BlasStatus = int;  // 0: success

inline constexpr BlasStatus blas_success = 0;
inline constexpr int blas_major_property = 0;
inline constexpr int blas_minor_property = 1;
inline constexpr int blas_plain = 0;  // an operand as it is
inline constexpr int blas_transposed = 1;
// Elements.
inline constexpr int blas_float32 = 0;
inline constexpr int blas_float64 = 1;
inline constexpr int blas_float16 = 2;
inline constexpr int blas_bfloat16 = 14;
// What is computed in. Pedantic: never in TF32 or by emulation, whatever the environment says; it would keep
// 16-bit products, which are exact in float32, from the tensor cores.
inline constexpr int blas_in_float32 = 68;
inline constexpr int blas_in_float32_pedantic = 69;
inline constexpr int blas_in_float64_pedantic = 71;
// A mode: sums of 16-bit products are kept in float32 all the way.
inline constexpr int blas_no_reduced_precision = 16;
inline constexpr int blas_default_algorithm = -1;

/// The functions, each under the library's name without its prefix and version.
struct Cublas {
  /// throws  Unavailable
  explicit Cublas(const LibrarySearch& search);

  Library library;
  int major = 0, minor = 0;

  BlasStatus (*property)(int which, int*);
  const char* (*status_name)(BlasStatus);
  const char* (*status_string)(BlasStatus);
  BlasStatus (*create)(BlasHandle*);
  BlasStatus (*destroy)(BlasHandle);
  BlasStatus (*set_stream)(BlasHandle, Stream);
  BlasStatus (*set_workspace)(BlasHandle, void*, std::size_t bytes);
  BlasStatus (*set_math_mode)(BlasHandle, int mode);
  BlasStatus (*multiply)(BlasHandle, int operation_a, int operation_b, std::int64_t m, std::int64_t n,
                         std::int64_t k, const void* alpha, const void* a, int a_type, std::int64_t a_leading,
                         long long a_stride, const void* b, int b_type, std::int64_t b_leading,
                         long long b_stride, const void* beta, void* c, int c_type, std::int64_t c_leading,
                         long long c_stride, std::int64_t batches, int compute_type, int algorithm);

  /// "the GPU program failed to execute (CUBLAS_STATUS_EXECUTION_FAILED)"
  std::string text(BlasStatus) const;
};

/// Where cuBLAS is looked for.
LibrarySearch cublas_search();

/// cuBLAS, or why there is none.
struct CublasFinding {
  std::unique_ptr<const Cublas> library;
  std::string why_not;
};

/// throws  Unavailable: there is an override, and it is no cuBLAS
CublasFinding look_for_cublas(const LibrarySearch& search);

/// The process's, looked for at the first call.
///   throws  Unavailable: the file that ACCRUE_LIBCUBLAS names is no cuBLAS
const CublasFinding& find_cublas();

}  // namespace accrue::gpu
