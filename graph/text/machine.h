// Runs the functions of a script. What an operation on tensors does is left to Operations, so that one
// machine first counts them and then builds them.
#pragma once

#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/text/builtins.h"
#include "graph/text/value.h"

namespace accrue {

inline constexpr std::uint64_t most_operations = std::uint64_t{1} << 22;  // 4,194,304

/// The script asks for more than the machine does.
class TooLarge : public ScriptError {
 public:
  explicit TooLarge(const ScriptError& error) : ScriptError(error) {}
};

class Operations {
 public:
  virtual ~Operations() = default;
  virtual Value unary(Unary op, const Value& x, Place at) = 0;
  virtual Value binary(Binary op, const Value& a, const Value& b, Place at) = 0;
  virtual Value subscript(const Value& x, std::span<const PlacedValue> indices, Place at) = 0;
  virtual Value call(const Builtin& operation, std::span<const PlacedValue> arguments, Place at) = 0;
  /// Whether a value is of that type; the dims are numbers. A message where it is not.
  virtual std::string check_type(const Value& value, DType dtype, const Shape& shape) = 0;
  /// The lengths of a tensor's dims, to bind names to; none where they are not known.
  virtual Shape shape_of(const Value& value) = 0;
};

class Machine {
 public:
  Machine(const ScriptText& script, const Syntax& syntax, Operations& operations);

  using Variables = std::unordered_map<std::string_view, Value>;

  /// Runs a function whose parameters (and named dims) are among `variables`.
  ///   throws  Error at the place in the script; TooLarge beyond most_operations, or where it takes more
  ///           steps than so many operations should
  Value run(const Function& function, Variables variables);

  /// The function of that name, or null.
  const Function* find_function(std::string_view name) const;
  std::uint64_t operations() const { return operations_; }

 private:
  struct Frame {
    const Function* function;
    Variables variables;
    Value returned;
  };

  void run_statements(Frame& frame, Range range);
  void run_loop(Frame& frame, const Statement& loop, std::uint32_t index);
  void assign(Frame& frame, const Statement& statement);
  Value evaluate(Frame& frame, Range steps);
  Value step(Frame& frame, const Step& step);
  Value name(const Frame& frame, const Step& step) const;
  Value tuple(const Step& step);
  Value slice(const Step& step);
  Value subscript(const Step& step);
  Value unary(const Step& step);
  Value binary(const Step& step);
  Value call(const Frame& frame, const Step& step);
  Value call_function(const Function& function, std::span<const PlacedValue> arguments, Place at);
  [[noreturn]] void no_such_parameter(const Function& function, std::string_view keyword, Place at) const;
  void bind_dims(Frame& frame, const Name& parameter, const Value& value);
  void check_type(const Frame& frame, std::uint32_t type, const Value& value, Place at,
                  const std::string& what);
  void check_results(const Frame& frame);
  template <class Action>
  Value placed(Place at, const Action& action) const;
  std::int64_t dim_length(const Frame& frame, const DimSyntax& dim) const;
  std::span<const PlacedValue> top(std::size_t count) const { return std::span(stack_).last(count); }
  void enter(Place at);
  void count_operations(std::uint64_t operations, Place at);
  void count_steps(std::uint64_t steps, Place at);
  [[noreturn]] void too_large(Place at) const;

  const ScriptText& script_;
  const Syntax& syntax_;
  Operations& operations_of_;
  std::unordered_map<std::string_view, const Function*> functions_;
  std::vector<PlacedValue> stack_;
  std::vector<const Function*> active_;
  std::uint64_t operations_ = 0, steps_ = 0, most_steps_;
  int depth_ = 0;  // calls and loops under way
};

}  // namespace accrue
