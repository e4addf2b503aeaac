// Elements moved between any strides and row-major order.
#pragma once

#include <cstddef>

#include "accrue/shape.hpp"

namespace accrue {

/// Copies the elements of `shape` that lie at `from` with these strides (in elements) to `to`, row-major,
/// without gaps. `to` overlaps none of them.
///   element_bytes  1, 2, 4 or 8
void copy_to_row_major(const void* from, const Shape& shape, const Strides& strides,
                       std::size_t element_bytes, void* to);

/// The way back: copies row-major elements at `from` to the places of `shape` and these strides at `to`.
void copy_from_row_major(const void* from, const Shape& shape, const Strides& strides,
                         std::size_t element_bytes, void* to);

}  // namespace accrue
