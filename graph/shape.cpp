#include "accrue/shape.hpp"

namespace accrue {

std::optional<std::int64_t> checked_elements(const Shape& shape) {
  std::int64_t product = 1;
  bool overflow = false;
  bool zero = false;
  for (std::int64_t dim : shape) {
    if (dim < 0) return std::nullopt;
    zero |= dim == 0;
    overflow |= __builtin_mul_overflow(product, std::max<std::int64_t>(dim, 1), &product);
  }
  if (zero) return 0;
  if (overflow) return std::nullopt;
  return product;
}

std::int64_t elements(const Shape& shape) {
  std::uint64_t product = 1;  // unsigned: 0 times a huge dim may pass through any value
  for (std::int64_t dim : shape) product *= static_cast<std::uint64_t>(dim);
  return static_cast<std::int64_t>(product);
}

Strides contiguous_strides(const Shape& shape) {
  Strides strides(shape.size(), 1);
  std::uint64_t stride = 1;  // unsigned: with a dim of 0 the others may multiply beyond 2^63
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = static_cast<std::int64_t>(stride);
    stride *= static_cast<std::uint64_t>(std::max<std::int64_t>(shape[i], 1));
  }
  return strides;
}

std::string to_string(const Dims& dims) {
  std::string text = "[";
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(dims[i]);
  }
  return text + "]";
}

}  // namespace accrue
