// Every operation a user calls, each with its contract.
//
// Operands promote (graph/README.md, "Type promotion"): bool < integers < floats; numbers of the program are
// weak. Shapes broadcast as NumPy's. Every operation throws Error at the line that called it; beyond what
// each names: operands of different graphs, or none that is a value of a graph; dtypes that do not promote
// (uint64 with a signed integer); shapes that do not broadcast; a result with more than 2^63-1 elements or 32
// dims. Functions marked with an accuracy are not correctly rounded. The accuracy is the CPU's bound on the
// error, in units of the last place of the exact result in float32 or float64 (16-bit floats: of float32,
// then rounded; infinity counts as the number after the largest). Their bits depend on the operands alone:
// the same for any shape, number of threads and instruction set on the CPU. On CUDA they are NVIDIA's, whose
// bounds are in src/cuda/README.md. All others have the same bits everywhere.
#pragma once

#include <concepts>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "accrue/graph.hpp"

namespace accrue {

namespace detail {
/// The map node of the scalar function of that name, operands promoted and cast.
ACCRUE_API Expr map(std::string_view function, std::initializer_list<Operand> operands);

/// The same, of operands that are moved from: a copy counts references, which takes time.
template <std::same_as<Operand>... Operands>
Expr map(std::string_view function, Operands&... operands) {
  return map(function, {std::move(operands)...});
}
}  // namespace detail

/// A dim, several, or all of them: `1`, `{0, 2}`, `all_dims`.
class DimList {
 public:
  DimList() = default;  // all
  DimList(std::int64_t dim) : dims_(Dims{dim}) {}
  DimList(int dim) : dims_(Dims{dim}) {}
  DimList(std::initializer_list<std::int64_t> dims) : dims_(Dims(dims)) {}
  explicit DimList(Dims dims) : dims_(std::move(dims)) {}
  const std::optional<Dims>& dims() const { return dims_; }

 private:
  std::optional<Dims> dims_;
};
inline const DimList all_dims{};

// ------------------------------------------------------------------------------------------------ sources

/// A tensor whose elements are all `value`; `value`'s own dtype (bool, int64, float32) unless dtype is given.
///   throws    Error: an integer that does not fit the dtype
ACCRUE_API Expr full(const Graph& g, const Shape& shape, const Literal& value,
                     std::optional<DType> dtype = std::nullopt, const char* file = __builtin_FILE(),
                     int line = __builtin_LINE());
ACCRUE_API Expr zeros(const Graph& g, const Shape& shape, DType dtype = float32,
                      const char* file = __builtin_FILE(), int line = __builtin_LINE());
ACCRUE_API Expr ones(const Graph& g, const Shape& shape, DType dtype = float32,
                     const char* file = __builtin_FILE(), int line = __builtin_LINE());

/// start, start + step, ... below stop (above it where step is negative): ceil((stop - start) / step)
/// elements. int64 if all three are integers, else float32, unless dtype is given; floating elements are
/// start + i * step in float64, rounded once.
/// With an integer dtype and floating arguments they are then cast.
///   throws    Error: step 0, NaN or infinite bounds, bool as the dtype, integers that do not fit it
ACCRUE_API Expr arange(const Graph& g, const Literal& start, const Literal& stop, const Literal& step = 1,
                       std::optional<DType> dtype = std::nullopt, const char* file = __builtin_FILE(),
                       int line = __builtin_LINE());

/// Each element converted: float to integer truncates, saturates, and gives 0 for NaN; integer to integer
/// wraps; to bool is x != 0; to a float rounds once, to nearest even.
///   returns   x's shape; x itself where the dtype is the same
ACCRUE_API Expr cast(Operand x, DType dtype);

// ------------------------------------------------------------------------------------------------ unary maps

/// -x.
///   x         any dtype but bool
///   returns   x's dtype, x's shape
///   overflow  integers wrap; unsigned ones modulo 2^k
inline Expr neg(Operand x) { return detail::map("neg", x); }

/// |x|.
///   x         any dtype but bool
///   returns   x's dtype, x's shape
///   overflow  the lowest integer wraps to itself
inline Expr abs(Operand x) { return detail::map("abs", x); }

/// -1, 0 or 1; NaN and signed zeros stay.
///   x         any dtype but bool
///   returns   x's dtype, x's shape
inline Expr sign(Operand x) { return detail::map("sign", x); }

/// x * x.
///   x         any dtype but bool
///   returns   x's dtype, x's shape
///   overflow  integers wrap
inline Expr square(Operand x) { return detail::map("square", x); }

/// The square root, correctly rounded; NaN below zero.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
inline Expr sqrt(Operand x) { return detail::map("sqrt", x); }

/// 1 / sqrt(x), each step correctly rounded.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
inline Expr rsqrt(Operand x) { return detail::map("rsqrt", x); }

/// 1 / x, correctly rounded.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
inline Expr reciprocal(Operand x) { return detail::map("reciprocal", x); }

/// e to the x.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
///   accuracy  1 ulp
inline Expr exp(Operand x) { return detail::map("exp", x); }

/// exp(x) - 1, accurate near 0.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
///   accuracy  1.1 ulp
inline Expr expm1(Operand x) { return detail::map("expm1", x); }

/// The natural logarithm.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
///   accuracy  1 ulp
inline Expr log(Operand x) { return detail::map("log", x); }

/// log(1 + x), accurate near 0.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
///   accuracy  1.1 ulp
inline Expr log1p(Operand x) { return detail::map("log1p", x); }

/// The logarithm to base 2.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
///   accuracy  1 ulp
inline Expr log2(Operand x) { return detail::map("log2", x); }

/// Sine of x in radians.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
///   accuracy  1 ulp
inline Expr sin(Operand x) { return detail::map("sin", x); }

/// Cosine of x in radians.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
///   accuracy  1 ulp
inline Expr cos(Operand x) { return detail::map("cos", x); }

/// Hyperbolic tangent.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
///   accuracy  1.1 ulp
inline Expr tanh(Operand x) { return detail::map("tanh", x); }

/// 1 / (1 + exp(-x)).
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
///   accuracy  3 ulp
inline Expr sigmoid(Operand x) { return detail::map("sigmoid", x); }

/// The error function.
///   x         any dtype
///   returns   float32 for bool and integers, else its dtype, x's shape
///   accuracy  2.1 ulp
inline Expr erf(Operand x) { return detail::map("erf", x); }

/// max(x, 0); -0 gives +0, NaN stays.
///   x         any dtype but bool
///   returns   x's dtype, x's shape
inline Expr relu(Operand x) { return detail::map("relu", x); }

/// The largest whole number <= x; integers stay.
///   x         any dtype but bool
///   returns   x's dtype, x's shape
inline Expr floor(Operand x) { return detail::map("floor", x); }

/// The smallest whole number >= x; integers stay.
///   x         any dtype but bool
///   returns   x's dtype, x's shape
inline Expr ceil(Operand x) { return detail::map("ceil", x); }

/// The nearest whole number, half to even; integers stay.
///   x         any dtype but bool
///   returns   x's dtype, x's shape
inline Expr round(Operand x) { return detail::map("round", x); }

/// x without its fraction; integers stay.
///   x         any dtype but bool
///   returns   x's dtype, x's shape
inline Expr trunc(Operand x) { return detail::map("trunc", x); }

/// Whether x is NaN.
///   x         any dtype
///   returns   bool, x's shape
inline Expr isnan(Operand x) { return detail::map("isnan", x); }

/// Whether x is +inf or -inf.
///   x         any dtype
///   returns   bool, x's shape
inline Expr isinf(Operand x) { return detail::map("isinf", x); }

/// Whether x is neither infinite nor NaN.
///   x         any dtype
///   returns   bool, x's shape
inline Expr isfinite(Operand x) { return detail::map("isfinite", x); }

/// x == 0.
///   x         any dtype
///   returns   bool, x's shape
inline Expr logical_not(Operand x) { return detail::map("logical_not", x); }

/// All bits flipped; of a bool: not.
///   x         bool or integers
///   returns   x's dtype, x's shape
inline Expr bitwise_not(Operand x) { return detail::map("bitwise_not", x); }

/// tan, composed: sin(x) / cos(x).
///   accuracy  3 ulp
ACCRUE_API Expr tan(Operand x);

// ----------------------------------------------------------------------------------------------- binary maps

/// a + b; of bools: or.
///   a, b      any dtype; shapes broadcast
///   returns   the promoted dtype
///   overflow  integers wrap
inline Expr add(Operand a, Operand b) { return detail::map("add", a, b); }

/// a - b.
///   a, b      any dtype but bool; shapes broadcast
///   returns   the promoted dtype
///   overflow  integers wrap
inline Expr sub(Operand a, Operand b) { return detail::map("sub", a, b); }

/// a * b; of bools: and.
///   a, b      any dtype; shapes broadcast
///   returns   the promoted dtype
///   overflow  integers wrap
inline Expr mul(Operand a, Operand b) { return detail::map("mul", a, b); }

/// a / b, true division.
///   a, b      any dtype; shapes broadcast
///   returns   float32 for bool and integers, else its dtype
inline Expr div(Operand a, Operand b) { return detail::map("div", a, b); }

/// a // b as Python's; an integer by 0 gives 0, a float by 0 gives a / b.
///   a, b      any dtype but bool; shapes broadcast
///   returns   the promoted dtype
///   overflow  the lowest integer // -1 wraps
inline Expr floor_divide(Operand a, Operand b) { return detail::map("floor_divide", a, b); }

/// a % b as Python's (the sign of b); an integer by 0 gives 0, a float by 0 NaN.
///   a, b      any dtype but bool; shapes broadcast
///   returns   the promoted dtype
inline Expr remainder(Operand a, Operand b) { return detail::map("remainder", a, b); }

/// a to the b. Integers: exact modulo 2^k; a negative exponent gives 1 for 1, 1 or -1 for -1, else 0
/// (a negative integer literal is an error).
///   a, b      any dtype but bool; shapes broadcast
///   returns   the promoted dtype
///   accuracy  floating: 2 ulp
inline Expr pow(Operand a, Operand b) { return detail::map("pow", a, b); }

/// The larger; NaN if either is; -0 is less than +0; of bools: or.
///   a, b      any dtype; shapes broadcast
///   returns   the promoted dtype
inline Expr maximum(Operand a, Operand b) { return detail::map("maximum", a, b); }

/// The smaller; NaN if either is; -0 is less than +0; of bools: and.
///   a, b      any dtype; shapes broadcast
///   returns   the promoted dtype
inline Expr minimum(Operand a, Operand b) { return detail::map("minimum", a, b); }

/// The angle of the point (b, a) in radians.
///   a, b      any dtype; shapes broadcast
///   returns   float32 for bool and integers, else its dtype
///   accuracy  2 ulp
inline Expr atan2(Operand a, Operand b) { return detail::map("atan2", a, b); }

/// a == b.
///   a, b      any dtype; shapes broadcast
///   returns   bool
inline Expr eq(Operand a, Operand b) { return detail::map("eq", a, b); }

/// a != b.
///   a, b      any dtype; shapes broadcast
///   returns   bool
inline Expr ne(Operand a, Operand b) { return detail::map("ne", a, b); }

/// a < b.
///   a, b      any dtype; shapes broadcast
///   returns   bool
inline Expr lt(Operand a, Operand b) { return detail::map("lt", a, b); }

/// a <= b.
///   a, b      any dtype; shapes broadcast
///   returns   bool
inline Expr le(Operand a, Operand b) { return detail::map("le", a, b); }

/// a > b.
///   a, b      any dtype; shapes broadcast
///   returns   bool
inline Expr gt(Operand a, Operand b) { return detail::map("gt", a, b); }

/// a >= b.
///   a, b      any dtype; shapes broadcast
///   returns   bool
inline Expr ge(Operand a, Operand b) { return detail::map("ge", a, b); }

/// a != 0 and b != 0.
///   a, b      any dtype; shapes broadcast
///   returns   bool
inline Expr logical_and(Operand a, Operand b) { return detail::map("logical_and", a, b); }

/// a != 0 or b != 0.
///   a, b      any dtype; shapes broadcast
///   returns   bool
inline Expr logical_or(Operand a, Operand b) { return detail::map("logical_or", a, b); }

/// (a != 0) != (b != 0).
///   a, b      any dtype; shapes broadcast
///   returns   bool
inline Expr logical_xor(Operand a, Operand b) { return detail::map("logical_xor", a, b); }

/// a & b.
///   a, b      bool or integers; shapes broadcast
///   returns   the promoted dtype
inline Expr bitwise_and(Operand a, Operand b) { return detail::map("bitwise_and", a, b); }

/// a | b.
///   a, b      bool or integers; shapes broadcast
///   returns   the promoted dtype
inline Expr bitwise_or(Operand a, Operand b) { return detail::map("bitwise_or", a, b); }

/// a ^ b.
///   a, b      bool or integers; shapes broadcast
///   returns   the promoted dtype
inline Expr bitwise_xor(Operand a, Operand b) { return detail::map("bitwise_xor", a, b); }

/// a << b; by a negative amount, or the width or more: 0.
///   a, b      integers; shapes broadcast
///   returns   the promoted dtype
inline Expr bitwise_left_shift(Operand a, Operand b) { return detail::map("bitwise_left_shift", a, b); }

/// a >> b, keeping the sign; by a negative amount, or the width or more: 0 (of a negative a: -1).
///   a, b      integers; shapes broadcast
///   returns   the promoted dtype
inline Expr bitwise_right_shift(Operand a, Operand b) { return detail::map("bitwise_right_shift", a, b); }

inline Expr operator-(Operand x) { return detail::map("neg", x); }
inline Expr operator~(Operand x) { return detail::map("bitwise_not", x); }
inline Expr operator!(Operand x) { return detail::map("logical_not", x); }
inline Expr operator+(Operand a, Operand b) { return detail::map("add", a, b); }
inline Expr operator-(Operand a, Operand b) { return detail::map("sub", a, b); }
inline Expr operator*(Operand a, Operand b) { return detail::map("mul", a, b); }
inline Expr operator/(Operand a, Operand b) { return detail::map("div", a, b); }
inline Expr operator%(Operand a, Operand b) { return detail::map("remainder", a, b); }
inline Expr operator&(Operand a, Operand b) { return detail::map("bitwise_and", a, b); }
inline Expr operator|(Operand a, Operand b) { return detail::map("bitwise_or", a, b); }
inline Expr operator^(Operand a, Operand b) { return detail::map("bitwise_xor", a, b); }
inline Expr operator<<(Operand a, Operand b) { return detail::map("bitwise_left_shift", a, b); }
inline Expr operator>>(Operand a, Operand b) { return detail::map("bitwise_right_shift", a, b); }
inline Expr operator==(Operand a, Operand b) { return detail::map("eq", a, b); }
inline Expr operator!=(Operand a, Operand b) { return detail::map("ne", a, b); }
inline Expr operator<(Operand a, Operand b) { return detail::map("lt", a, b); }
inline Expr operator<=(Operand a, Operand b) { return detail::map("le", a, b); }
inline Expr operator>(Operand a, Operand b) { return detail::map("gt", a, b); }
inline Expr operator>=(Operand a, Operand b) { return detail::map("ge", a, b); }

// ---------------------------------------------------------------------------------------------- ternary maps

/// a where the condition holds, else b.
///   condition bool
///   a, b      any dtype; the three shapes broadcast
///   returns   the promoted dtype of a and b
///   throws    Error: a condition that is not bool
inline Expr where(Operand condition, Operand a, Operand b) { return detail::map("where", condition, a, b); }

/// x held between two bounds: minimum(maximum(x, min), max); min > max gives max, NaN stays.
///   x         any dtype but bool
///   min, max  values or numbers, at least one given
///   returns   the promoted dtype
ACCRUE_API Expr clamp(Operand x, std::optional<Operand> min, std::optional<Operand> max = std::nullopt);

// ------------------------------------------------------------------------------------------------ scans

struct ScanOptions {
  std::optional<DType> dtype = std::nullopt;
  Tensor out = {};  // the result is written there whenever a program of this graph runs; sets the dtype
  bool exclusive = false;
  bool reverse = false;
};

/// Running sum along one dim: out[i] = x[0] + ... + x[i].
///
/// Each element is converted to the result dtype, then added in the order of the prefix tree
/// (graph/README.md): integers in their own width, 16-bit floats in float32, float32 and float64 in float64,
/// rounded once.
///   x         any numeric or bool dtype, any rank
///   dim       -rank..rank-1 (a 0-d tensor: -1 or 0)
///   dtype     of the result; default: out's, else int64 for bool and integers (uint64 stays), else x's
///   out       x's shape; any strides that give each element an address of its own
///   exclusive out[i] leaves x[i] out and starts at 0; reverse: from the far end
///   returns   x's shape
///   overflow  integers wrap
///   order     fixed by the row's length: the same bits for any thread count and device
///   cost      one read and one write per element; casts and maps around it add no pass
///   throws    Error: dim out of range; bool as the result dtype; an out of another shape, or of another
///   dtype
///             than `dtype`
ACCRUE_API Expr cumsum(Operand x, std::int64_t dim, const ScanOptions& options = {});

/// Running product along one dim; as cumsum, with * and 1.
ACCRUE_API Expr cumprod(Operand x, std::int64_t dim, const ScanOptions& options = {});

/// Running maximum along one dim (values only). NaN, once met, stays; -0 is less than +0; of bools: or.
///   dtype     of the result; default: out's, else x's
///   exclusive starts at -inf, the lowest integer, or false
///   otherwise as cumsum; bool may be the result dtype
ACCRUE_API Expr cummax(Operand x, std::int64_t dim, const ScanOptions& options = {});

/// Running minimum along one dim (values only); as cummax, from +inf, the highest integer, or true; of bools:
/// and.
ACCRUE_API Expr cummin(Operand x, std::int64_t dim, const ScanOptions& options = {});

// ------------------------------------------------------------------------------------------------ reductions

struct ReduceOptions {
  bool keepdim = false;                       // the reduced dims stay, with length 1
  std::optional<DType> dtype = std::nullopt;  // sum, prod and mean: of the result
};

/// Sum over some dims. The row that is added is the reduced dims in ascending order, flattened row-major: its
/// value is the last of the cumsum of that row, bit for bit.
///   x         any numeric or bool dtype
///   dims      one, several, or all
///   dtype     default int64 for bool and integers (uint64 stays), else x's
///   returns   x's shape without the reduced dims
///   empty     0
///   throws    Error: a dim out of range or named twice; bool as the result dtype
ACCRUE_API Expr sum(Operand x, const DimList& dims = all_dims, const ReduceOptions& options = {});

/// Product over some dims; as sum, with * and 1.
ACCRUE_API Expr prod(Operand x, const DimList& dims = all_dims, const ReduceOptions& options = {});

/// sum / count, in the accumulator, rounded once; over no elements NaN.
///   dtype     floating; default float32 for bool and integers, else x's
ACCRUE_API Expr mean(Operand x, const DimList& dims = all_dims, const ReduceOptions& options = {});

/// The largest element; NaN if one is met; -0 is less than +0.
///   returns   x's dtype
///   throws    Error: over no elements, unless the result is empty too; options.dtype is given
ACCRUE_API Expr max(Operand x, const DimList& dims = all_dims, const ReduceOptions& options = {});

/// The smallest element; as max.
ACCRUE_API Expr min(Operand x, const DimList& dims = all_dims, const ReduceOptions& options = {});

/// Whether one element is not 0 (NaN is not 0); over no elements false.
///   returns   bool
ACCRUE_API Expr any(Operand x, const DimList& dims = all_dims, const ReduceOptions& options = {});

/// Whether no element is 0; over no elements true.
///   returns   bool
ACCRUE_API Expr all(Operand x, const DimList& dims = all_dims, const ReduceOptions& options = {});

/// The index, along the reduced dims flattened row-major, of the first largest element (of the first NaN, if
/// any).
///   returns   int64
///   throws    Error: over no elements, unless the result is empty too; options.dtype is given
ACCRUE_API Expr argmax(Operand x, const DimList& dims = all_dims, const ReduceOptions& options = {});

/// As argmax, of the first smallest element.
ACCRUE_API Expr argmin(Operand x, const DimList& dims = all_dims, const ReduceOptions& options = {});

// ------------------------------------------------------------------------------------------------ views

/// The same elements, row-major, in another shape; one dim may be -1.
///   throws    Error: another number of elements
ACCRUE_API Expr reshape(Operand x, const Shape& shape);

/// Dim i of the result is dim order[i] of x.
ACCRUE_API Expr permute(Operand x, const Dims& order);

/// Two dims exchanged.
ACCRUE_API Expr transpose(Operand x, std::int64_t dim0, std::int64_t dim1);

/// Python's a:b:c. Negative bounds count from the end, bounds clamp, the step is not 0.
struct Slice {
  std::optional<std::int64_t> start = std::nullopt;
  std::optional<std::int64_t> stop = std::nullopt;
  std::int64_t step = 1;
};
/// x[s0, s1, ...]; dims without a slice are whole.
///   throws    Error: more slices than dims, step 0
ACCRUE_API Expr slice(Operand x, const std::vector<Slice>& slices);
/// One dim cut by start:stop:step.
ACCRUE_API Expr slice(Operand x, std::int64_t dim, const Slice& s);
/// x[..., i, ...] along one dim, which goes.
///   throws    Error: i outside -n..n-1
ACCRUE_API Expr select(Operand x, std::int64_t dim, std::int64_t i);

/// The order of the elements reversed along some dims.
ACCRUE_API Expr flip(Operand x, const DimList& dims = all_dims);

/// Dims of length 1 repeated, leading dims added.
///   throws    Error: the shapes do not broadcast to `shape`
ACCRUE_API Expr broadcast_to(Operand x, const Shape& shape);

/// Without the dims (all, or those named) whose length is 1; a named dim of another length stays.
ACCRUE_API Expr squeeze(Operand x, const DimList& dims = all_dims);

/// A dim of length 1 put in at `dim`, -rank-1..rank.
ACCRUE_API Expr unsqueeze(Operand x, std::int64_t dim);

// --------------------------------------------------------------------------------------------- joins, matmul

/// Values one after another along a dim; dtypes promote, the other dims are equal.
///   throws    Error: no values; other dims differ; 0-d values
ACCRUE_API Expr concat(const std::vector<Operand>& values, std::int64_t dim = 0);

/// Values of one shape along a new dim.
ACCRUE_API Expr stack(const std::vector<Operand>& values, std::int64_t dim = 0);

/// The matrix product of the last two dims ([..., n, k] @ [..., k, m]); leading dims broadcast; a 1-d operand
/// is a row on the left, a column on the right, and that dim goes.
///   returns   the promoted dtype; integers modulo 2^k, 16-bit floats through float32
///   order     the same bits for any number of threads; across devices and instruction sets within
///             k * 2^-23 * sum(abs(a) * abs(b)) in float32 (2^-52 in float64)
///   throws    Error: 0-d or bool operands, inner dims that differ
ACCRUE_API Expr matmul(Operand a, Operand b);

// ------------------------------------------------------------------------------------------------ composed
//
// Made of the operations above, in float32 (float64 for float64), and rounded to the result dtype once, at
// the end: float32 for bool and integers, else x's.

/// exp(x - max) / sum of it, along a dim.
ACCRUE_API Expr softmax(Operand x, std::int64_t dim);
/// x - logsumexp(x), along a dim; computed from x - max, so that large elements lose nothing.
ACCRUE_API Expr log_softmax(Operand x, std::int64_t dim);
/// log(sum(exp(x))) over some dims, without overflow.
ACCRUE_API Expr logsumexp(Operand x, const DimList& dims = all_dims, bool keepdim = false);
/// The mean squared distance from the mean, the count reduced by `correction` (not below 0).
ACCRUE_API Expr var(Operand x, const DimList& dims = all_dims, std::int64_t correction = 1,
                    bool keepdim = false);
/// sqrt(var(x)).
ACCRUE_API Expr std(Operand x, const DimList& dims = all_dims, std::int64_t correction = 1,
                    bool keepdim = false);

}  // namespace accrue
