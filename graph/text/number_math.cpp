// Numbers of a script among themselves, as Python has it.
#include <cmath>
#include <limits>

#include "accrue/error.hpp"
#include "graph/scalar_ops.h"
#include "graph/text/value.h"

namespace accrue {
namespace {

__extension__ using Wide = __int128;

Wide wide(const Literal& v) {
  return v.negative ? Wide{static_cast<std::int64_t>(v.integer)} : Wide{v.integer};
}

Literal integer(Wide value) {
  if (value < std::numeric_limits<std::int64_t>::min() || value > std::numeric_limits<std::uint64_t>::max())
    throw Error(
        "the result is beyond 64 bits; integers reach from -9223372036854775808 to 18446744073709551615");
  Literal result;
  result.integer = static_cast<std::uint64_t>(value);
  result.negative = value < 0;
  return result;
}

[[noreturn]] void divide_by_zero() { throw Error("division by zero"); }

Literal compare(Binary op, auto a, auto b) {
  switch (op) {
    case Binary::eq: return a == b;
    case Binary::ne: return a != b;
    case Binary::lt: return a < b;
    case Binary::le: return a <= b;
    case Binary::gt: return a > b;
    default: return a >= b;
  }
}

Literal integer_power(Wide base, Wide exponent) {
  if (exponent < 0) {
    if (base == 0) divide_by_zero();
    return std::pow(static_cast<double>(base), static_cast<double>(exponent));
  }
  if (base == 0 || base == 1) return integer(exponent == 0 ? 1 : base);
  if (base == -1) return integer(exponent % 2 == 0 ? 1 : -1);
  Wide result = 1;  // |base| > 1: no more than 64 factors fit
  for (; exponent > 0; --exponent) result = wide(integer(result * base));
  return integer(result);
}

Literal shifted(Binary op, Wide a, Wide by) {
  if (by < 0) throw Error("a shift by a negative number");
  if (op == Binary::shift_right) return integer(by > 64 ? (a < 0 ? -1 : 0) : a >> static_cast<int>(by));
  if (a == 0) return integer(0);
  return integer(by > 63 ? Wide{1} << 100 : a * (Wide{1} << static_cast<int>(by)));
}

Wide floor_quotient(Wide a, Wide b) {
  if (b == 0) divide_by_zero();
  const Wide quotient = a / b;
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient;
}

Literal combine_integers(Binary op, const Literal& x, const Literal& y) {
  const Wide a = wide(x), b = wide(y);
  const bool bools = x.category == Literal::Category::boolean && y.category == Literal::Category::boolean;
  switch (op) {
    case Binary::add: return integer(a + b);
    case Binary::sub: return integer(a - b);
    case Binary::mul: {
      Wide product = 0;  // two uint64 can pass 127 bits
      if (__builtin_mul_overflow(a, b, &product)) product = Wide{1} << 100;
      return integer(product);
    }
    case Binary::div:
      if (b == 0) divide_by_zero();
      return static_cast<double>(a) / static_cast<double>(b);
    case Binary::floor_div: return integer(floor_quotient(a, b));
    case Binary::mod: return integer(a - floor_quotient(a, b) * b);
    case Binary::pow: return integer_power(a, b);
    case Binary::shift_left:
    case Binary::shift_right: return shifted(op, a, b);
    case Binary::bit_and: return bools ? Literal((a & b) != 0) : integer(a & b);
    case Binary::bit_or: return bools ? Literal((a | b) != 0) : integer(a | b);
    case Binary::bit_xor: return bools ? Literal((a ^ b) != 0) : integer(a ^ b);
    case Binary::matmul: throw Error("@ takes tensors, not numbers");
    default: return compare(op, a, b);
  }
}

Literal combine_reals(Binary op, double a, double b) {
  const bool divides = op == Binary::div || op == Binary::floor_div || op == Binary::mod;
  if (divides && b == 0) divide_by_zero();
  switch (op) {
    case Binary::add: return a + b;
    case Binary::sub: return a - b;
    case Binary::mul: return a * b;
    case Binary::div: return a / b;
    case Binary::floor_div: return scalar::floor_divide::apply(a, b);
    case Binary::mod: return scalar::remainder::apply(a, b);
    case Binary::pow: {
      if (a == 0 && b < 0) divide_by_zero();
      if (a < 0 && std::isfinite(b) && b != std::floor(b))
        throw Error("a negative number to a fractional power is no real number");
      return std::pow(a, b);
    }
    case Binary::bit_and:
    case Binary::bit_or:
    case Binary::bit_xor:
    case Binary::shift_left:
    case Binary::shift_right: throw Error("bits are taken of integers and bools, not of floats");
    case Binary::matmul: throw Error("@ takes tensors, not numbers");
    default: return compare(op, a, b);
  }
}

}  // namespace

Literal combine(Binary op, const Literal& a, const Literal& b) {
  const bool real = a.category == Literal::Category::real || b.category == Literal::Category::real;
  return real ? combine_reals(op, a.as_double(), b.as_double()) : combine_integers(op, a, b);
}

Literal apply(Unary op, const Literal& a) {
  if (a.category == Literal::Category::real) {
    if (op == Unary::invert) throw Error("bits are taken of integers and bools, not of floats");
    return op == Unary::minus ? -a.real : a.real;
  }
  if (op == Unary::invert) return integer(-wide(a) - 1);
  return integer(op == Unary::minus ? -wide(a) : wide(a));
}

}  // namespace accrue
