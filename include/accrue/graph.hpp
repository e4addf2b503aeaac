// Building a graph: Graph, the lazy value Expr, and what an operation takes (Operand).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "accrue/dtype.hpp"
#include "accrue/error.hpp"
#include "accrue/export.hpp"
#include "accrue/shape.hpp"
#include "accrue/tensor.hpp"

namespace accrue {

class Arena;  // the nodes of a graph (graph/graph.h)

/// A lazy value: a node of a graph. Cheap to copy; keeps its graph's nodes alive; holds no data. It is no
/// condition: `if (expr)` does not compile.
class ACCRUE_API Expr {
 public:
  Expr() = default;
  Expr(std::shared_ptr<Arena> arena, std::uint32_t id) : arena_(std::move(arena)), id_(id) {}

  DType dtype() const;
  const Shape& shape() const;
  int rank() const { return static_cast<int>(shape().size()); }

  bool is_empty() const { return arena_ == nullptr; }  // made by Expr(): stands for no value
  const std::shared_ptr<Arena>& arena() const { return arena_; }
  std::uint32_t id() const { return id_; }

 private:
  std::shared_ptr<Arena> arena_;
  std::uint32_t id_ = 0;
};

/// A number of the user's program. It is weak: it takes the dtype of the tensor it meets unless its category
/// (bool < integer < float) is higher; an integer that does not fit there is an error.
struct Literal {
  enum class Category : std::uint8_t { boolean, integer, real };
  Category category = Category::integer;
  bool negative = false;      // an integer below zero: `integer` is its two's complement
  std::uint64_t integer = 0;  // of a bool: 0 or 1
  double real = 0;

  Literal() = default;
  template <class T>
  requires std::is_arithmetic_v<T> Literal(T v) {
    if constexpr (std::is_floating_point_v<T>) {
      category = Category::real;
      real = static_cast<double>(v);
    } else {
      category = std::is_same_v<T, bool> ? Category::boolean : Category::integer;
      if constexpr (std::is_signed_v<T>) negative = v < 0;
      integer = static_cast<std::uint64_t>(v);
    }
  }
  bool is_integer(std::int64_t v) const {
    return category == Category::integer && integer == static_cast<std::uint64_t>(v) && negative == (v < 0);
  }
  /// The value as a double (an integer is rounded).
  double as_double() const {
    if (category == Category::real) return real;
    return negative ? static_cast<double>(static_cast<std::int64_t>(integer)) : static_cast<double>(integer);
  }
};

/// What an operation takes: a value or a number, and the place in the user's program that passed it.
class Operand {
 public:
  Operand(const Expr& e, const char* file = __builtin_FILE(), int line = __builtin_LINE())
      : expr_(e), where_{file, line, 0} {}
  template <class T>
  requires std::is_arithmetic_v<T> Operand(T v, const char* file = __builtin_FILE(),
                                           int line = __builtin_LINE())
      : literal_(v), is_literal_(true), where_{file, line, 0} {}
  Operand(const Expr& e, SourceLoc where) : expr_(e), where_(where) {}
  Operand(const Literal& v, SourceLoc where) : literal_(v), is_literal_(true), where_(where) {}

  bool is_literal() const { return is_literal_; }
  const Expr& expr() const { return expr_; }           // where it is no literal
  const Literal& literal() const { return literal_; }  // where it is one
  SourceLoc where() const { return where_; }

 private:
  Expr expr_;
  Literal literal_;
  bool is_literal_ = false;
  SourceLoc where_;
};

/// A handle on the nodes that its Exprs keep alive. One graph is built from one thread.
class ACCRUE_API Graph {
 public:
  /// `name` is the function's name in dumps.
  explicit Graph(std::string_view name = "main");
  explicit Graph(std::shared_ptr<Arena> arena) : arena_(std::move(arena)) {}

  /// A value given at run time under `name` (an identifier, unique among the graph's inputs).
  ///   throws  Error: the name is taken or no identifier; rank > 32, a negative dim, more than 2^63-1
  ///   elements
  Expr input(std::string_view name, DType dtype, const Shape& shape, const char* file = __builtin_FILE(),
             int line = __builtin_LINE());

  /// A copy of the tensor's elements, made now.
  Expr constant(const Tensor& t, const char* file = __builtin_FILE(), int line = __builtin_LINE());

  /// A 0-d constant; without a dtype: bool, int64 or float32 by the literal's category.
  ///   throws  Error: an integer that does not fit the dtype
  Expr constant(const Literal& value, std::optional<DType> dtype = std::nullopt,
                const char* file = __builtin_FILE(), int line = __builtin_LINE());

  const std::shared_ptr<Arena>& arena() const { return arena_; }

 private:
  std::shared_ptr<Arena> arena_;
};

}  // namespace accrue
