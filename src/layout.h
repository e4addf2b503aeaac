// A kernel's loop nest as two flattened sides, rows (the axis) and columns, and how each operand steps along
// them.
#pragma once

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "src/backend.h"

namespace accrue {

/// How a load, store or iota moves with the flattened dims: in elements of its buffer, or in index values.
struct Movement {
  std::int64_t origin = 0;  // of the element at row 0, column 0
  Dims row_strides;         // along Layout::row_dims
  Dims column_strides;      // along Layout::column_dims
};

/// How an access moves along each of the kernel's dims, unmerged.
struct KernelStrides {
  std::int64_t origin = 0;
  Dims strides;
};

///   throws  InternalError: the buffer's strides cannot be read as the access's view
KernelStrides kernel_strides(const KernelGraph& graph, const Kernel& kernel, const Instr& instr,
                             std::span<const Strides* const> strides);

/// For a kernel with an axis, rows are the axis (from its far end where it is reversed) and columns are all
/// else. Without one, columns are the last dim and rows all else. Neighbouring dims are merged where every
/// operand steps evenly from one into the next, dims of one element are left out; each side keeps at least
/// one dim.
struct Layout {
  Dims row_dims, column_dims;
  std::int64_t rows = 1, columns = 1;
  std::vector<Movement> operands;  // in the order of the code's loads, stores and iotas
};

/// strides: by buffer, each of its own shape.
///   throws  as kernel_strides
Layout make_layout(const KernelGraph& graph, const Kernel& kernel, std::span<const Strides* const> strides);

/// Calls f(offset in the range, count, index) for each stretch of [begin, begin + count) along the last of
/// `dims`.
template <class F>
void for_each_run(const Dims& dims, std::int64_t begin, std::int64_t count, const F& f) {
  if (count == 0) return;
  const std::size_t last = dims.size() - 1;
  std::int64_t index[max_rank];
  std::int64_t rest = begin;
  for (std::size_t d = last; d > 0; --d) {
    index[d] = rest % dims[d];
    rest /= dims[d];
  }
  index[0] = rest;
  for (std::int64_t done = 0; done < count;) {
    const std::int64_t length = std::min(count - done, dims[last] - index[last]);
    f(done, length, index);
    done += length;
    index[last] += length;
    for (std::size_t d = last; d > 0 && index[d] == dims[d]; --d) {
      index[d] = 0;
      ++index[d - 1];
    }
  }
}

/// The offset of the first of [begin, begin + count), if they are one stretch along the last of `dims`.
inline std::optional<std::int64_t> offset_of_run(const Dims& dims, const Strides& strides, std::int64_t begin,
                                                 std::int64_t count) {
  const std::size_t last = dims.size() - 1;
  std::int64_t offset = 0, rest = begin;
  for (std::size_t d = last; d > 0; --d) {
    const std::int64_t index = rest % dims[d];
    if (d == last && index + count > dims[d]) return std::nullopt;
    offset += index * strides[d];
    rest /= dims[d];
  }
  return offset + rest * strides[0];
}

/// The sum of index[d] * strides[d].
inline std::int64_t offset_at(const std::int64_t* index, const Dims& strides) {
  std::int64_t offset = 0;
  for (std::size_t d = 0; d < strides.size(); ++d) offset += index[d] * strides[d];
  return offset;
}

}  // namespace accrue
