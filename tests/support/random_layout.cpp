#include "tests/support/random_layout.h"

#include <algorithm>

#include "src/strided_copy.h"

namespace accrue::test {

Strides random_strides(Random& random, const Shape& shape) {
  Dims order;  // the innermost dim first
  for (std::size_t dim = 0; dim < shape.size(); ++dim)
    order.insert(random.chance(70) ? 0 : static_cast<std::size_t>(random.below(static_cast<int>(dim) + 1)),
                 static_cast<std::int64_t>(dim));
  Strides strides(shape.size(), 1);
  std::int64_t span = 1;
  for (const std::int64_t dim : order) {
    const auto d = static_cast<std::size_t>(dim);
    const std::int64_t stride = span * (random.chance(70) ? 1 : 2) + (random.chance(80) ? 0 : 3);
    strides[d] = random.chance(70) ? stride : -stride;
    span = stride * std::max<std::int64_t>(shape[d], 1);
  }
  return strides;
}

GuardedTensor random_layout(Random& random, const Array& value) {
  GuardedTensor laid_out(value.dtype, value.shape, random_strides(random, value.shape));
  Tensor t = laid_out.tensor();
  copy_from_row_major(value.bytes.data(), value.shape, t.strides(), byte_width(value.dtype), t.data());
  return laid_out;
}

Array repeated(const Array& value, std::size_t dim) {
  Array to(value.dtype, value.shape);
  Strides strides = contiguous_strides(value.shape);
  strides[dim] = 0;
  copy_to_row_major(value.bytes.data(), value.shape, strides, byte_width(value.dtype), to.bytes.data());
  return to;
}

}  // namespace accrue::test
