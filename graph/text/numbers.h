// Elements as text: every number reads back as the same bits (a NaN as a NaN).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "accrue/dtype.hpp"

namespace accrue {

/// The storage bits of an element, in the low bytes.
std::uint64_t element_bits(const std::byte* element, DType dtype);

/// Appends an element as a script writes it: True, -5, 1.5, 1e+20, -inf, nan. A floating one always has a
/// '.', an 'e', or is inf or nan.
void append_number(std::string& out, DType dtype, std::uint64_t bits);

/// The same for a float64 and for an integer.
void append_real(std::string& out, double value);
void append_integer(std::string& out, std::int64_t value);

}  // namespace accrue
