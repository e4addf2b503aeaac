// Views as accesses: how the elements of a value are reached in the value that the views start from.
#pragma once

#include <optional>

#include "graph/kernel.h"

namespace accrue {

/// A value read through views: element i of it is the element of `base` that `access` says, the value's own
/// dims standing for the kernel's.
struct Reach {
  NodeId base;
  Access access;
};

/// The access of a view of what `inner` reaches, or nothing where no access expresses it (a reshape that cuts
/// a sliced or permuted dim): the value must be stored first.
std::optional<Access> compose(const Access& inner, const Shape& inner_shape, const Node& view);

/// `access` with each dim d replaced by dims[d] (-1: no dim; its length is 1).
Access with_dims(const Access& access, const Dims& dims);

}  // namespace accrue
