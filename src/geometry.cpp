#include "src/geometry.h"

namespace accrue {

std::string shape_fault(DType dtype, const Shape& shape) {
  if (shape.size() > max_rank)
    return std::to_string(shape.size()) + " dims; at most " + std::to_string(max_rank) + " are possible";
  Shape factors = shape;
  for (std::int64_t& dim : factors) {
    if (dim < 0) return type_text(dtype, shape) + " has a negative dim; dims are 0 or more";
    dim = std::max<std::int64_t>(dim, 1);
  }
  factors.push_back(static_cast<std::int64_t>(byte_width(dtype)));
  return checked_elements(factors) ? "" : type_text(dtype, shape) + " takes more than 2^63-1 bytes";
}

}  // namespace accrue
