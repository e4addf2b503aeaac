// Whether strided tensors share memory: between two of them, or between the elements of one.
#pragma once

#include <cstdint>

#include "accrue/tensor.hpp"

namespace accrue {

/// The addresses from a tensor's lowest byte to one beyond its highest; empty where it has no elements.
struct ByteRange {
  std::uintptr_t begin = 0;
  std::uintptr_t end = 0;
};
ByteRange byte_range(const Tensor& t);

/// `unknown`: strides so irregular that the search for a common address was given up.
enum class Overlap : std::uint8_t { none, some, unknown };

/// Whether the tensors have a byte in common.
Overlap overlap(const Tensor& a, const Tensor& b);

/// Whether two elements of the tensor lie at one address.
Overlap self_overlap(const Tensor& t);

/// Whether the tensors have the same elements' addresses in the same order.
bool same_geometry(const Tensor& a, const Tensor& b);

}  // namespace accrue
