// A tensor of any strides whose surroundings and gaps are watched.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "accrue/tensor.hpp"

namespace accrue::test {

/// Fresh storage, every byte the sentinel; the tensor's elements lie in it as its strides say, with a margin
/// on both sides.
class GuardedTensor {
 public:
  GuardedTensor(DType dtype, const Shape& shape, const Strides& strides);

  const Tensor& tensor() const { return tensor_; }
  /// Whether every byte that belongs to no element is still the sentinel.
  bool gaps_intact() const;

 private:
  std::shared_ptr<std::vector<std::byte>> bytes_;
  Tensor tensor_;
};

/// The offsets of all elements, in elements, in row-major order of the index.
std::vector<std::int64_t> offsets_of(const Shape& shape, const Strides& strides);

}  // namespace accrue::test
