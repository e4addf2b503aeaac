// Decimal digits of binary floating point.
#pragma once

#include <string>

#include "accrue/dtype.hpp"

namespace accrue {

/// A finite value as d.ddd times ten to the `exponent`: the digits without point, none of them superfluous
/// ("0" for zero), the first not 0 otherwise.
struct Decimal {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

/// The fewest digits that read back as the same value of `dtype` (a floating one, which `value` is exactly);
/// of several such numbers the nearest.
Decimal shortest_decimal(double value, DType dtype);

/// The value rounded to `places` digits after the first, to nearest even, from its exact binary value.
Decimal rounded_decimal(double value, int places);

/// "-12.5", "0.001", "1200." : never an exponent, always a point; zeros at the end of the fraction are left
/// out.
std::string positional(const Decimal& decimal);

/// "-1.25e-07": a point only before digits; at least `exponent_digits` of the exponent; zeros fill up to
/// `places`.
std::string scientific(const Decimal& decimal, int places, int exponent_digits);

}  // namespace accrue
