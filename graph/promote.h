// Type promotion: the dtype that tensors and numbers meet in (graph/README.md, "Type promotion").
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "accrue/graph.hpp"

namespace accrue {

/// Gathers dtypes; the result does not depend on their order.
class Promotion {
 public:
  void meet(DType dtype);
  void meet(Literal::Category category);

  /// bool < integers < floats; among integers the smallest type that holds all; float16 with bfloat16 is
  /// float32. Numbers matter where their category is higher than that of every tensor. Nothing met is bool.
  /// Nothing where no type holds all: uint64 with a signed integer.
  std::optional<DType> dtype() const;

 private:
  std::optional<DType> of_tensors() const;
  std::size_t signed_bytes_ = 0, unsigned_bytes_ = 0;  // the widest met
  std::optional<DType> floating_;
  std::optional<Literal::Category> number_;  // the highest met
};

/// The dtype of a number that meets no tensor: bool, int64, float32.
DType default_dtype(Literal::Category category);

/// The result dtype of a function of real numbers: float32 for bool and integers, else the dtype itself.
constexpr DType real_dtype(DType dtype) { return is_floating(dtype) ? dtype : float32; }

/// The storage bits of a number in that dtype, rounded once; a real number becomes an integer as in a cast.
///   throws  Error: an integer that does not fit, naming the bounds
std::uint64_t storage_bits(std::string_view op, const Literal& value, DType dtype, SourceLoc where);

/// As a user writes it: "-1", "1.5", "true".
std::string to_string(const Literal& value);

}  // namespace accrue
