#include "src/strided_copy.h"

#include <cstring>

namespace accrue {
namespace {

struct Loop {
  Shape shape;
  Strides strides;
};

// The same elements in the same order with as few dims as possible: dims of 1 are left out, and a dim is
// merged with the one inside it where the two run through memory as one.
Loop merge_dims(const Shape& shape, const Strides& strides) {
  Loop merged;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    if (!merged.shape.empty() && merged.strides.back() == strides[i] * shape[i]) {
      merged.shape.back() *= shape[i];
      merged.strides.back() = strides[i];
    } else {
      merged.shape.push_back(shape[i]);
      merged.strides.push_back(strides[i]);
    }
  }
  return merged;
}

template <std::size_t element_bytes>
void copy_row(const std::byte* from, std::int64_t stride, std::int64_t count, std::byte* to) {
  if (stride == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(count) * element_bytes);
    return;
  }
  for (std::int64_t i = 0; i < count; ++i)
    std::memcpy(to + i * static_cast<std::int64_t>(element_bytes),
                from + i * stride * static_cast<std::int64_t>(element_bytes), element_bytes);
}

// Counts `index` on by one, the last dim fastest; gives by how many elements the address moves.
std::int64_t step(const Loop& outer, Dims& index) {
  std::int64_t moved = 0;
  for (std::size_t d = outer.shape.size(); d-- > 0;) {
    moved += outer.strides[d];
    if (++index[d] < outer.shape[d]) break;
    moved -= outer.strides[d] * outer.shape[d];
    index[d] = 0;
  }
  return moved;
}

template <std::size_t element_bytes>
void copy_all(const std::byte* from, Loop loop, std::byte* to) {
  if (loop.shape.empty()) {
    std::memcpy(to, from, element_bytes);
    return;
  }
  const std::int64_t row = loop.shape.back(), stride = loop.strides.back();
  loop.shape.pop_back();
  loop.strides.pop_back();
  Dims index(loop.shape.size(), 0);
  for (std::int64_t rows = elements(loop.shape), offset = 0; rows > 0; --rows) {
    copy_row<element_bytes>(from + offset * static_cast<std::int64_t>(element_bytes), stride, row, to);
    to += row * static_cast<std::int64_t>(element_bytes);
    offset += step(loop, index);
  }
}

}  // namespace

void copy_to_row_major(const void* from, const Shape& shape, const Strides& strides,
                       std::size_t element_bytes, void* to) {
  if (elements(shape) == 0) return;
  const Loop loop = merge_dims(shape, strides);
  const auto* source = static_cast<const std::byte*>(from);
  auto* target = static_cast<std::byte*>(to);
  switch (element_bytes) {
    case 1: return copy_all<1>(source, loop, target);
    case 2: return copy_all<2>(source, loop, target);
    case 4: return copy_all<4>(source, loop, target);
    default: return copy_all<8>(source, loop, target);
  }
}

}  // namespace accrue
