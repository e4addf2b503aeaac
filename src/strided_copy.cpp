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

// What moves: the strided side's elements to the row-major side, or back.
enum class Direction { gather, scatter };

template <Direction direction>
void copy_bytes(std::byte* strided, std::byte* dense, std::size_t bytes) {
  direction == Direction::gather ? std::memcpy(dense, strided, bytes) : std::memcpy(strided, dense, bytes);
}

template <std::size_t element_bytes, Direction direction>
void copy_row(std::byte* strided, std::int64_t stride, std::int64_t count, std::byte* dense) {
  constexpr auto width = static_cast<std::int64_t>(element_bytes);
  if (stride == 1) {
    copy_bytes<direction>(strided, dense, static_cast<std::size_t>(count) * element_bytes);
    return;
  }
  for (std::int64_t i = 0; i < count; ++i)
    copy_bytes<direction>(strided + i * stride * width, dense + i * width, element_bytes);
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

template <std::size_t element_bytes, Direction direction>
void copy_all(std::byte* strided, Loop loop, std::byte* dense) {
  constexpr auto width = static_cast<std::int64_t>(element_bytes);
  if (loop.shape.empty()) {
    copy_bytes<direction>(strided, dense, element_bytes);
    return;
  }
  const std::int64_t row = loop.shape.back(), stride = loop.strides.back();
  loop.shape.pop_back();
  loop.strides.pop_back();
  Dims index(loop.shape.size(), 0);
  for (std::int64_t rows = elements(loop.shape), offset = 0; rows > 0; --rows) {
    copy_row<element_bytes, direction>(strided + offset * width, stride, row, dense);
    dense += row * width;
    offset += step(loop, index);
  }
}

template <Direction direction>
void copy(void* strided, const Shape& shape, const Strides& strides, std::size_t element_bytes, void* dense) {
  if (elements(shape) == 0) return;
  const Loop loop = merge_dims(shape, strides);
  auto* a = static_cast<std::byte*>(strided);
  auto* b = static_cast<std::byte*>(dense);
  switch (element_bytes) {
    case 1: return copy_all<1, direction>(a, loop, b);
    case 2: return copy_all<2, direction>(a, loop, b);
    case 4: return copy_all<4, direction>(a, loop, b);
    default: return copy_all<8, direction>(a, loop, b);
  }
}

}  // namespace

void copy_to_row_major(const void* from, const Shape& shape, const Strides& strides,
                       std::size_t element_bytes, void* to) {
  copy<Direction::gather>(const_cast<void*>(from), shape, strides, element_bytes, to);  // only reads it
}

void copy_from_row_major(const void* from, const Shape& shape, const Strides& strides,
                         std::size_t element_bytes, void* to) {
  copy<Direction::scatter>(to, shape, strides, element_bytes, const_cast<void*>(from));  // only reads `from`
}

}  // namespace accrue
