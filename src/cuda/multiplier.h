// Matrix products by cuBLAS on one GPU.
#pragma once

#include <mutex>
#include <string_view>

#include "src/cuda/cublas.h"
#include "src/cuda/device_memory.h"
#include "src/cuda/product.h"

namespace accrue::gpu {

/// A product with its matrices' addresses.
struct PlacedProduct {
  Product product;
  Address a = 0, b = 0, c = 0;
};

/// One handle, one stream at a time, and one block of memory that is given to the library: so equal products
/// have equal bits, enqueued or replayed. Any thread may call at any time.
class Multiplier {
 public:
  /// throws  OutOfDeviceMemory; Error: the library does not start
  Multiplier(Gpu& gpu, const Cublas& cublas);
  ~Multiplier();
  Multiplier(const Multiplier&) = delete;
  Multiplier& operator=(const Multiplier&) = delete;

  // what: in the error's message. Both throw Error: the library refuses.

  /// In the GPU's stream.
  void enqueue(const PlacedProduct& product, std::string_view what);
  /// As a graph of the driver's, to be a node of another.
  OwnedGraph record(const PlacedProduct& product, std::string_view what);

 private:
  void use(Stream stream, std::string_view what);
  BlasStatus multiply(const PlacedProduct& product) const;
  void require(BlasStatus status, std::string_view what) const;

  Gpu& gpu_;
  const Cublas& cublas_;
  DeviceMemory workspace_;
  OwnedStream recording_stream_;  // the GPU's own takes other threads' work
  std::mutex mutex_;
  BlasHandle handle_ = nullptr;  // guarded
};

}  // namespace accrue::gpu
