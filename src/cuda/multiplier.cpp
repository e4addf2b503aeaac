#include "src/cuda/multiplier.h"

#include <algorithm>

namespace accrue::gpu {
namespace {

/// What the library asks for on a Hopper GPU by itself; less where there is little memory.
std::size_t workspace_bytes(const Gpu& gpu) {
  return std::min(std::size_t{32} << 20, gpu.properties().bytes / 64);
}

int element_type(DType dtype) {
  switch (dtype) {
    case DType::float16: return blas_float16;
    case DType::bfloat16: return blas_bfloat16;
    case DType::float64: return blas_float64;
    default: return blas_float32;
  }
}

int compute_type(DType dtype) {
  if (dtype == DType::float64) return blas_in_float64_pedantic;
  return dtype == DType::float32 ? blas_in_float32_pedantic : blas_in_float32;
}

int operation(const Product::Matrix& matrix) { return matrix.is_transposed ? blas_transposed : blas_plain; }

}  // namespace

Multiplier::Multiplier(Gpu& gpu, const Cublas& cublas)
    : gpu_(gpu), cublas_(cublas), workspace_(gpu, workspace_bytes(gpu)) {
  constexpr const char* what = "making cuBLAS ready";
  const Entered here(gpu.context());
  Stream stream = nullptr;
  gpu.require(gpu.driver().create_stream(&stream, stream_non_blocking), what);
  recording_stream_ = OwnedStream(gpu.context(), stream);
  require(cublas_.create(&handle_), "making cuBLAS ready (ACCRUE_LIBCUBLAS=off does without it)");
  try {
    require(cublas_.set_math_mode(handle_, blas_no_reduced_precision), what);
  } catch (...) {
    cublas_.destroy(handle_);
    throw;
  }
}

Multiplier::~Multiplier() {
  const Entered here(gpu_.context());
  cublas_.destroy(handle_);
}

// A stream brings a workspace of the library's own, until it is given one.
void Multiplier::use(Stream stream, std::string_view what) {
  require(cublas_.set_stream(handle_, stream), what);
  require(cublas_.set_workspace(handle_, reinterpret_cast<void*>(workspace_.address()), workspace_.bytes()),
          what);
}

void Multiplier::require(BlasStatus status, std::string_view what) const {
  if (status == blas_success) return;
  gpu_.require_alive();
  throw Error(gpu_.device_name() + ": " + std::string(what) + ": " + cublas_.text(status));
}

BlasStatus Multiplier::multiply(const PlacedProduct& placed) const {
  const Product& p = placed.product;
  const int type = element_type(p.dtype);
  const float one = 1, zero = 0;
  const double wide_one = 1, wide_zero = 0;
  const bool is_wide = p.dtype == DType::float64;
  const auto factor = [&](const double& wide, const float& narrow) {
    return is_wide ? static_cast<const void*>(&wide) : static_cast<const void*>(&narrow);
  };
  const auto pointer = [](Address address) { return reinterpret_cast<void*>(address); };
  return cublas_.multiply(handle_, operation(p.a), operation(p.b), p.m, p.n, p.k, factor(wide_one, one),
                          pointer(placed.a), type, p.a.leading, p.a.batch_stride, pointer(placed.b), type,
                          p.b.leading, p.b.batch_stride, factor(wide_zero, zero), pointer(placed.c), type,
                          p.c.leading, p.c.batch_stride, p.batches, compute_type(p.dtype),
                          blas_default_algorithm);
}

void Multiplier::enqueue(const PlacedProduct& product, std::string_view what) {
  const std::lock_guard lock(mutex_);
  const Entered here(gpu_.context());
  use(gpu_.stream(), what);
  require(multiply(product), what);
}

OwnedGraph Multiplier::record(const PlacedProduct& product, std::string_view what) {
  const std::lock_guard lock(mutex_);
  const Entered here(gpu_.context());
  const Driver& driver = gpu_.driver();
  Stream stream = recording_stream_.get();
  use(stream, what);
  gpu_.require(driver.begin_capture(stream, capture_of_this_thread), what);
  const BlasStatus status = multiply(product);
  Graph graph = nullptr;
  const Result ended = driver.end_capture(stream, &graph);
  OwnedGraph recorded(gpu_.context(), graph);
  require(status, what);
  gpu_.require(ended, what);
  return recorded;
}

}  // namespace accrue::gpu
