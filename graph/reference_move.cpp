// Kinds that make or move elements and compute nothing: constant, iota, views, concat.
#include <cstring>

#include "graph/element_types.h"
#include "graph/reference_kinds.h"

namespace accrue::plain {
namespace {

std::size_t bytes_of(std::int64_t count, DType dtype) {
  return static_cast<std::size_t>(count) * byte_width(dtype);
}

/// The elements of x at first + index * strides, for every index of the shape in row-major order.
Array gather(const Array& x, const Shape& shape, const Strides& strides, std::int64_t first) {
  Array out(x.dtype, shape);
  const std::size_t width = byte_width(x.dtype);
  Dims index(shape.size(), 0);
  std::int64_t offset = first;
  for (std::size_t at = 0; at < out.bytes.size(); at += width) {
    std::memcpy(&out.bytes[at], &x.bytes[static_cast<std::size_t>(offset) * width], width);
    for (std::size_t dim = shape.size(); dim-- > 0;) {
      offset += strides[dim];
      if (++index[dim] < shape[dim]) break;
      offset -= strides[dim] * shape[dim];
      index[dim] = 0;
    }
  }
  return out;
}

Array slice(const Node& node, const Array& x) {
  Strides strides = contiguous_strides(x.shape);
  std::int64_t first = 0;
  for (std::size_t dim = 0; dim < strides.size(); ++dim) {
    first += node.dims[dim] * strides[dim];
    strides[dim] *= node.steps[dim];
  }
  return gather(x, node.shape, strides, first);
}

Array reshape(const Array& x, const Shape& shape) {
  Array out = x;
  out.shape = shape;
  return out;
}

}  // namespace

Array broadcast(const Array& x, const Shape& shape) {
  Strides strides = contiguous_strides(x.shape);
  for (std::size_t dim = 0; dim < strides.size(); ++dim)
    if (x.shape[dim] == 1) strides[dim] = 0;
  while (strides.size() < shape.size()) strides.insert(0, 0);
  return gather(x, shape, strides, 0);
}

Array permute(const Array& x, const Dims& order) {
  const Strides from = contiguous_strides(x.shape);
  Shape shape;
  Strides strides;
  for (const std::int64_t dim : order) {
    shape.push_back(x.shape[static_cast<std::size_t>(dim)]);
    strides.push_back(from[static_cast<std::size_t>(dim)]);
  }
  return gather(x, shape, strides, 0);
}

Array view(const Node& node, const Array& x) {
  switch (node.view) {
    case View::reshape: return reshape(x, node.shape);
    case View::permute: return permute(x, node.dims);
    case View::slice: return slice(node, x);
    case View::broadcast: return broadcast(x, node.shape);
  }
  throw InternalError("reference: unknown view");
}

Array constant(const Node& node) {
  if (node.data) return *node.data;
  Array out(node.dtype, node.shape);
  const std::size_t width = byte_width(node.dtype);
  for (std::size_t at = 0; at < out.bytes.size(); at += width) std::memcpy(&out.bytes[at], &node.bits, width);
  return out;
}

Array iota(const Node& node) {
  Array values(is_floating(node.dtype) ? DType::float64 : DType::int64, node.shape);
  const std::int64_t count = elements(node.shape);
  if (is_floating(node.dtype)) {
    const auto start = scalar::bit_copy<double>(node.bits);
    const auto step = scalar::bit_copy<double>(node.step_bits);
    for (std::int64_t i = 0; i < count; ++i)
      elements_as<double>(values)[i] = start + static_cast<double>(i) * step;
  } else {
    for (std::int64_t i = 0; i < count; ++i)
      elements_as<std::uint64_t>(values)[i] = node.bits + static_cast<std::uint64_t>(i) * node.step_bits;
  }
  return cast(values, node.dtype);
}

Array concat(const Node& node, const Inputs& inputs) {
  Array out(node.dtype, node.shape);
  const auto axis = static_cast<std::size_t>(node.dims[0]);
  std::int64_t outer = 1;
  for (std::size_t dim = 0; dim < axis; ++dim) outer *= node.shape[dim];
  std::size_t at = 0;
  for (std::int64_t o = 0; o < outer; ++o)
    for (const Array* x : inputs) {
      const std::size_t block = bytes_of(elements(x->shape), node.dtype) / static_cast<std::size_t>(outer);
      if (block == 0) continue;
      std::memcpy(&out.bytes[at], &x->bytes[static_cast<std::size_t>(o) * block], block);
      at += block;
    }
  return out;
}

}  // namespace accrue::plain
