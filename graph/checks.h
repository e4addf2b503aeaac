// What inference and the operations check alike, and how their errors read.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "graph/graph.h"

namespace accrue {

/// Throws Error "op: what" at the place.
[[noreturn]] void refuse(std::string_view op, const std::string& what, SourceLoc where);

/// "float32[2], bool and int32[3]".
std::string type_list(std::span<const Node* const> values);

/// A user's dim of x as an index, negative ones counted from the end; a 0-d value has dim 0.
///   throws  Error: dim outside -rank..rank-1
std::int64_t resolve_dim(std::string_view op, std::int64_t dim, const Node& x, SourceLoc where);

/// A shape of at most 32 dims, none negative, and at most 2^63-1 elements.
void check_shape(std::string_view op, const Shape& shape, SourceLoc where);

/// Makes `result` what both shapes broadcast to, and returns 0; or the dim, counted from the last as 1, where
/// they do not.
std::size_t broadcast_into(Shape& result, const Shape& shape);

/// The shape that all broadcast to, aligned at the last dim: lengths are equal or 1.
///   throws  Error: they are not
Shape broadcast_shape(std::string_view op, std::span<const Node* const> values, SourceLoc where);

/// What a map of this domain takes ("integers and floats") where it does not take the promoted dtype, else
/// null.
const char* domain_refused(scalar::Domain domain, DType dtype);

/// Values to concatenate along a dim: their other dims are equal.
void check_joined(const Node& first, const Node& other, std::size_t dim, SourceLoc where);

/// Operands of one or more dims whose inner lengths are equal (a 1-d operand is a row or a column).
///   throws  Error: 0-d operands, bool ones, inner lengths that differ
void check_matmul(const Node& a, const Node& b, SourceLoc where);

}  // namespace accrue
