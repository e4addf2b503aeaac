// The operations that a script can call, by name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "accrue/ops.hpp"
#include "accrue/text.hpp"
#include "graph/graph.h"
#include "graph/text/value.h"

namespace accrue {

class Arguments;

struct Parameter {
  std::string_view name;
  bool required = true;
  bool by_position = true;
};

struct Builtin {
  std::string_view name;
  std::vector<Parameter> parameters;
  Expr (*build)(Arguments& arguments);
  int cost = 1;  // operations it counts as
};

/// The operation of that name, or null.
const Builtin* find_builtin(std::string_view name);
inline bool is_operation(std::string_view name) { return find_builtin(name) != nullptr; }

/// The names of all of them.
std::vector<std::string_view> builtin_names();

/// Where a call is built: the graph, the script, and what finds constants kept outside it.
struct BuildContext {
  const ScriptText& script;
  const Syntax& syntax;
  Graph& graph;
  const char* file;  // interned in the graph
  const ParseOptions& options;

  SourceLoc where(Place at) const { return {file, static_cast<int>(at.line), static_cast<int>(at.column)}; }
  Expr expr(const Value& tensor) const { return {graph.arena(), tensor.node}; }
};

/// The arguments of one call in the order of the parameters, each converted to what the operation takes.
class Arguments {
 public:
  /// throws Error: one too many, unknown, doubled or missing
  Arguments(const BuildContext& context, const Builtin& builtin, std::span<const PlacedValue> given,
            Place at);

  std::size_t size() const { return bound_.size(); }
  bool has(std::size_t i) const { return bound_[i] != nullptr; }
  const PlacedValue& operator[](std::size_t i) const { return *bound_[i]; }

  /// What parameter i was given, or Error: that it takes something else.
  Operand operand(std::size_t i) const;
  std::vector<Operand> operands(std::size_t i) const;
  Literal number(std::size_t i) const;
  std::int64_t integer(std::size_t i) const;
  std::int64_t integer(std::size_t i, std::int64_t otherwise) const {
    return has(i) ? integer(i) : otherwise;
  }
  bool flag(std::size_t i) const;  // false where not given
  std::optional<DType> dtype(std::size_t i) const;
  Dims integers(std::size_t i) const;  // of one, a tuple or a list
  DimList dims(std::size_t i) const;   // None, or not given: all

  std::string_view function() const { return builtin_.name; }
  const BuildContext& context() const { return context_; }
  SourceLoc where() const { return context_.where(at_); }
  const char* file() const { return context_.file; }
  int line() const { return static_cast<int>(at_.line); }
  [[noreturn]] void refuse(const PlacedValue& value, const std::string& what) const;
  [[noreturn]] void takes(std::size_t i, const std::string& what) const;

 private:
  void bind_keyword(const PlacedValue& value);
  Operand operand(const PlacedValue& value, std::size_t i) const;

  const BuildContext& context_;
  const Builtin& builtin_;
  Place at_;
  std::vector<const PlacedValue*> bound_;  // null: not given
};

/// A value in a message: "float32[3]", "1.5", "None", "a tuple".
std::string described(const BuildContext& context, const Value& value);

}  // namespace accrue
