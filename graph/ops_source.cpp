// Operations without operands: their graph and their place are given.
#include <cmath>

#include "accrue/ops.hpp"
#include "graph/checks.h"
#include "graph/graph.h"
#include "graph/promote.h"

namespace accrue {
namespace {

Expr filled(const char* op, const Graph& g, const Shape& shape, const Literal& value, DType dtype,
            SourceLoc where) {
  check_shape(op, shape, where);
  Node node;
  node.kind = Kind::constant;
  node.dtype = dtype;
  node.shape = shape;
  node.where = where;
  node.bits = storage_bits(op, value, dtype, where);
  return {g.arena(), g.arena()->add(std::move(node))};
}

// ------------------------------------------------------------------------------------------- arange

__extension__ using Wide = __int128;

/// A sequence as a user gives it. The dtype of its elements before they are converted decides how it counts.
struct Sequence {
  const Literal& start;
  const Literal& stop;
  const Literal& step;
  SourceLoc where;

  bool in_integers() const {
    using Category = Literal::Category;
    return start.category != Category::real && stop.category != Category::real &&
           step.category != Category::real;
  }
};

Wide wide_value(const Literal& v) {
  return v.negative ? Wide{static_cast<std::int64_t>(v.integer)} : Wide{v.integer};
}

[[noreturn]] void refuse_length(const Sequence& s) { refuse("arange", "more than 2^63-1 elements", s.where); }

std::int64_t integer_count(const Sequence& s) {
  const Wide distance = wide_value(s.stop) - wide_value(s.start), step = wide_value(s.step);
  const bool empty = step > 0 ? distance <= 0 : distance >= 0;
  if (empty) return 0;
  const Wide count = (distance + step + (step > 0 ? -1 : 1)) / step;  // rounded up
  if (count > std::numeric_limits<std::int64_t>::max()) refuse_length(s);
  return static_cast<std::int64_t>(count);
}

std::int64_t real_count(const Sequence& s) {
  const double count = std::ceil((s.stop.as_double() - s.start.as_double()) / s.step.as_double());
  if (!(count > 0)) return 0;
  if (!(count < 0x1p63)) refuse_length(s);
  return static_cast<std::int64_t>(count);
}

void check_sequence(const Sequence& s) {
  for (const Literal* bound : {&s.start, &s.stop, &s.step})
    if (!std::isfinite(bound->as_double()))
      refuse("arange", to_string(*bound) + " is no bound or step; they must be finite", s.where);
  if (s.step.as_double() == 0) refuse("arange", "step 0; it must be positive or negative", s.where);
}

// The first and the last element fit the dtype, and so all between do.
void check_elements(const Sequence& s, std::int64_t count, DType dtype) {
  if (!is_integer(dtype) || count == 0) return;
  const Wide last = wide_value(s.start) + (count - 1) * wide_value(s.step);
  Literal end;
  end.negative = last < 0;
  end.integer = static_cast<std::uint64_t>(last);
  storage_bits("arange", s.start, dtype, s.where);
  storage_bits("arange", end, dtype, s.where);
}

Expr sequence(const Graph& g, const Sequence& s, DType dtype) {
  Node node;
  node.kind = Kind::iota;
  node.dtype = dtype;
  node.where = s.where;
  node.shape = {s.in_integers() ? integer_count(s) : real_count(s)};
  const DType counted = is_floating(dtype) ? float64 : int64;
  if (counted == int64) check_elements(s, node.shape[0], dtype);
  const auto bits = [&](const Literal& v) {
    return counted == int64 ? v.integer : storage_bits("arange", v, float64, s.where);
  };
  node.bits = bits(s.start);
  node.step_bits = bits(s.step);
  return {g.arena(), g.arena()->add(std::move(node))};
}

}  // namespace

Expr full(const Graph& g, const Shape& shape, const Literal& value, std::optional<DType> dtype,
          const char* file, int line) {
  return filled("full", g, shape, value, dtype.value_or(default_dtype(value.category)), {file, line, 0});
}

Expr zeros(const Graph& g, const Shape& shape, DType dtype, const char* file, int line) {
  return filled("zeros", g, shape, 0, dtype, {file, line, 0});
}

Expr ones(const Graph& g, const Shape& shape, DType dtype, const char* file, int line) {
  return filled("ones", g, shape, 1, dtype, {file, line, 0});
}

Expr arange(const Graph& g, const Literal& start, const Literal& stop, const Literal& step,
            std::optional<DType> given, const char* file, int line) {
  const Sequence s{start, stop, step, {file, line, 0}};
  check_sequence(s);
  const DType dtype = given.value_or(s.in_integers() ? int64 : float32);
  if (s.in_integers() || !is_integer(dtype)) return sequence(g, s, dtype);
  return cast(Operand(sequence(g, s, float64), s.where), dtype);  // steps are real, each element is converted
}

}  // namespace accrue
