// The elements of a tensor copied to another, wherever the two lie.
#pragma once

#include "accrue/tensor.hpp"

namespace accrue {

/// Copies every element. Once it returns, `from` may change; a copy to the host is done, one to a GPU is in
/// the order of its stream.
///   to      of the same dtype and shape, row-major; shares no memory with `from`
///   throws  Error: a GPU has failed; std::bad_alloc
void copy_elements(const Tensor& from, Tensor to);

}  // namespace accrue
