#include "graph/text/machine.h"

#include <algorithm>
#include <limits>

#include "graph/words.h"

namespace accrue {
namespace {

constexpr int deepest_call = 256;  // calls and loops
constexpr std::uint16_t deepest_tuple = 256;
constexpr std::uint64_t steps_of_operation =
    8;  // on average; a script whose loops do little else is too large

}  // namespace

Machine::Machine(const ScriptText& script, const Syntax& syntax, Operations& operations)
    : script_(script),
      syntax_(syntax),
      operations_of_(operations),
      most_steps_(std::max<std::uint64_t>(steps_of_operation * most_operations, 2 * syntax.steps.size())) {
  for (const Function& f : syntax.functions) functions_.emplace(syntax[f.name.word], &f);
}

const Function* Machine::find_function(std::string_view name) const {
  const auto found = functions_.find(name);
  return found == functions_.end() ? nullptr : found->second;
}

void Machine::too_large(Place at) const {
  throw TooLarge(script_.error(
      at, "more than " + std::to_string(most_operations) + " operations, loops unrolled and calls inlined"));
}

void Machine::count_operations(std::uint64_t operations, Place at) {
  operations_ += operations;
  if (operations_ > most_operations) too_large(at);
}

void Machine::count_steps(std::uint64_t steps, Place at) {
  steps_ += steps;
  if (steps_ > most_steps_) too_large(at);
}

void Machine::enter(Place at) {
  if (++depth_ > deepest_call) script_.fail(at, "calls and loops are nested more than 256 deep");
}

// ------------------------------------------------------------------------------------------------ statements

Value Machine::run(const Function& function, Variables variables) {
  Frame frame{&function, std::move(variables), {}};
  active_.push_back(&function);
  run_statements(frame, function.statements);
  active_.pop_back();
  check_results(frame);
  return std::move(frame.returned);
}

void Machine::run_statements(Frame& frame, Range range) {
  for (std::uint32_t i = range.begin; i < range.end; ++i) {
    const Statement& s = syntax_.statements[i];
    const std::uint64_t before = operations_;
    switch (s.kind) {
      case Statement::Kind::assign: assign(frame, s); break;
      case Statement::Kind::result: frame.returned = evaluate(frame, s.value); break;
      case Statement::Kind::loop:
        run_loop(frame, s, i);
        i = s.end - 1;
        break;
      case Statement::Kind::text: break;
    }
    if (operations_ == before) count_operations(1, s.at);
  }
}

void Machine::run_loop(Frame& frame, const Statement& loop, std::uint32_t index) {
  enter(loop.at);
  const Value bounds = evaluate(frame, loop.value);
  std::vector<std::int64_t> numbers;
  for (const Value& v : *bounds.items) {
    const bool whole = v.is(Value::Kind::number) && v.number.category == Literal::Category::integer;
    const bool fits =
        whole && (v.number.negative || v.number.integer <= std::numeric_limits<std::int64_t>::max());
    if (!fits) script_.fail(loop.at, "range takes whole numbers below 2^63 that are known here");
    numbers.push_back(static_cast<std::int64_t>(v.number.integer));
  }
  if (numbers.empty() || numbers.size() > 3) script_.fail(loop.at, "range takes one to three numbers");
  if (numbers.size() == 1) numbers.insert(numbers.begin(), 0);
  if (numbers.size() == 2) numbers.push_back(1);
  if (numbers[2] == 0) script_.fail(loop.at, "range: step 0; it must be positive or negative");
  const std::string_view variable = syntax_[syntax_.names[loop.targets.begin].word];
  std::int64_t i = numbers[0];
  while (numbers[2] > 0 ? i < numbers[1] : i > numbers[1]) {
    frame.variables[variable] = Value::of(Literal(i));
    run_statements(frame, {index + 1, loop.end});
    if (__builtin_add_overflow(i, numbers[2], &i)) break;
  }
  --depth_;
}

void Machine::assign(Frame& frame, const Statement& s) {
  Value value = evaluate(frame, s.value);
  const Name& first = syntax_.names[s.targets.begin];
  if (s.targets.size() == 1) {
    const std::string_view name = syntax_[first.word];
    if (first.type != no_type) check_type(frame, first.type, value, first.at, quoted(name));
    frame.variables[name] = std::move(value);
    return;
  }
  const std::size_t count = value.is(Value::Kind::tuple) ? value.items->size() : 1;
  if (count != s.targets.size() || !value.is(Value::Kind::tuple))
    script_.fail(s.at, std::to_string(s.targets.size()) + " variables for " + std::to_string(count) +
                           (count == 1 ? " value" : " values"));
  for (std::uint32_t i = 0; i < s.targets.size(); ++i)
    frame.variables[syntax_[syntax_.names[s.targets.begin + i].word]] = (*value.items)[i];
}

// ------------------------------------------------------------------------------------------------ types

std::int64_t Machine::dim_length(const Frame& frame, const DimSyntax& dim) const {
  if (dim.name.length == 0) return dim.length;
  const std::string_view name = syntax_[dim.name];
  const auto found = frame.variables.find(name);
  if (found == frame.variables.end()) script_.fail(dim.at, "no parameter's type names a dim " + quoted(name));
  const Value& v = found->second;
  const bool is_length = v.is(Value::Kind::number) && v.number.category == Literal::Category::integer &&
                         v.number.integer <= std::numeric_limits<std::int64_t>::max();
  if (!is_length) script_.fail(dim.at, quoted(name) + " is no length");
  return static_cast<std::int64_t>(v.number.integer);
}

void Machine::check_type(const Frame& frame, std::uint32_t type, const Value& value, Place at,
                         const std::string& what) {
  const TypeSyntax& t = syntax_.types[type];
  Shape shape;
  for (std::uint32_t d = t.dims.begin; d < t.dims.end; ++d)
    shape.push_back(dim_length(frame, syntax_.dims[d]));
  const std::string found = operations_of_.check_type(value, t.dtype, shape);
  if (!found.empty()) script_.fail(at, what + " is " + found + ", not " + type_text(t.dtype, shape));
}

void Machine::check_results(const Frame& frame) {
  const Function& f = *frame.function;
  if (!f.states_results) return;
  const Place at = syntax_.statements[f.statements.end - 1].at;
  const bool several = frame.returned.is(Value::Kind::tuple);
  const std::size_t count = several ? frame.returned.items->size() : 1;
  if (count != f.results.size())
    script_.fail(at, "returns " + std::to_string(count) + (count == 1 ? " value" : " values") + "; " +
                         quoted(syntax_[f.name.word]) + " states " + std::to_string(f.results.size()));
  for (std::uint32_t i = 0; i < count; ++i)
    check_type(frame, f.results.begin + i, several ? (*frame.returned.items)[i] : frame.returned, at,
               count == 1 ? "the result" : "result " + std::to_string(i));
}

// A parameter's type binds the names of dims that no parameter before it has bound.
void Machine::bind_dims(Frame& frame, const Name& parameter, const Value& value) {
  const TypeSyntax& t = syntax_.types[parameter.type];
  const Shape shape = operations_of_.shape_of(value);
  for (std::uint32_t d = 0; d < t.dims.size() && d < shape.size(); ++d) {
    const DimSyntax& dim = syntax_.dims[t.dims.begin + d];
    if (dim.name.length > 0) frame.variables.try_emplace(syntax_[dim.name], Value::of(Literal(shape[d])));
  }
}

// ----------------------------------------------------------------------------------------------- expressions

Value Machine::evaluate(Frame& frame, Range steps) {
  for (std::uint32_t i = steps.begin; i < steps.end; ++i) {
    const Step& s = syntax_.steps[i];
    count_steps(1, s.at);
    if (s.code == Step::Code::keyword) {
      stack_.back().keyword = s.word;
      stack_.back().at = s.at;
      continue;
    }
    PlacedValue result{step(frame, s), s.at, {}};
    stack_.resize(stack_.size() - operands(s));
    stack_.push_back(std::move(result));
  }
  Value value = std::move(stack_.back().value);
  stack_.pop_back();
  return value;
}

// The value of a step; its operands are still on the stack.
Value Machine::step(Frame& frame, const Step& s) {
  Value value;
  switch (s.code) {
    case Step::Code::integer: return Value::of(Literal(s.integer));
    case Step::Code::real: return Value::of(Literal(s.real));
    case Step::Code::boolean: return Value::of(Literal(s.detail != 0));
    case Step::Code::none: return value;
    case Step::Code::ellipsis: value.kind = Value::Kind::ellipsis; return value;
    case Step::Code::string:
      value.kind = Value::Kind::string;
      value.word = s.word;
      return value;
    case Step::Code::dtype:
      value.kind = Value::Kind::dtype;
      value.dtype = static_cast<DType>(s.detail);
      return value;
    case Step::Code::name: return name(frame, s);
    case Step::Code::tuple:
    case Step::Code::list: return tuple(s);
    case Step::Code::slice: return slice(s);
    case Step::Code::subscript: return subscript(s);
    case Step::Code::call: return call(frame, s);
    case Step::Code::unary: return unary(s);
    default: return binary(s);
  }
}

Value Machine::name(const Frame& frame, const Step& s) const {
  const std::string_view name = syntax_[s.word];
  const auto found = frame.variables.find(name);
  if (found != frame.variables.end()) return found->second;
  if (find_function(name) != nullptr || is_operation(name))
    script_.fail(s.at,
                 quoted(name) + " is a function; call it: " + std::string(name.substr(0, 40)) + "(...)");
  std::vector<std::string_view> candidates;
  for (const auto& [variable, value] : frame.variables) candidates.push_back(variable);
  std::sort(candidates.begin(), candidates.end());
  const auto dtypes = dtype_names();
  candidates.insert(candidates.end(), dtypes.begin(), dtypes.end());
  script_.fail(s.at, quoted(name) + " is not defined" + did_you_mean(name, candidates));
}

Value Machine::tuple(const Step& s) {
  count_steps(s.count, s.at);
  auto items = std::make_shared<std::vector<Value>>();
  items->reserve(s.count);
  Value result;
  result.kind = Value::Kind::tuple;
  result.depth = 1;
  std::uint64_t leaves = 0;
  for (const PlacedValue& v : top(s.count)) {
    leaves += v.value.is(Value::Kind::tuple) ? v.value.leaves : 1;
    result.depth = std::max(result.depth, static_cast<std::uint16_t>(v.value.depth + 1));
    items->push_back(v.value);
  }
  if (result.depth > deepest_tuple) script_.fail(s.at, "tuples are nested more than 256 deep");
  if (leaves > std::max<std::uint64_t>(most_operations, syntax_.steps.size()))
    script_.fail(s.at, "a tuple of more than " + std::to_string(most_operations) + " values");
  result.leaves = static_cast<std::uint32_t>(leaves);
  result.items = std::move(items);
  return result;
}

Value Machine::slice(const Step& s) {
  auto parts = std::make_shared<std::vector<Value>>(3);
  const auto given = top(operands(s));
  std::size_t next = 0;
  for (int i = 0; i < 3; ++i)
    if (s.detail >> i & 1) (*parts)[static_cast<std::size_t>(i)] = given[next++].value;
  Value result;
  result.kind = Value::Kind::slice;
  result.items = std::move(parts);
  return result;
}

// What an action gives; an Error that knows no place in the script is one at this place.
template <class Action>
Value Machine::placed(Place at, const Action& action) const {
  try {
    return action();
  } catch (const ScriptError&) {
    throw;
  } catch (const Error& e) {
    script_.fail(at, e.message());
  }
}

Value Machine::unary(const Step& s) {
  const auto op = static_cast<Unary>(s.detail);
  const Value& x = stack_.back().value;
  count_operations(1, s.at);
  return placed(s.at, [&] {
    if (x.is(Value::Kind::number)) return Value::of(apply(op, x.number));
    return operations_of_.unary(op, x, s.at);
  });
}

Value Machine::binary(const Step& s) {
  const auto op = static_cast<Binary>(s.detail);
  const auto given = top(2);
  const Value &a = given[0].value, &b = given[1].value;
  count_operations(1, s.at);
  return placed(s.at, [&] {
    if (a.is(Value::Kind::number) && b.is(Value::Kind::number))
      return Value::of(combine(op, a.number, b.number));
    return operations_of_.binary(op, a, b, s.at);
  });
}

Value Machine::subscript(const Step& s) {
  const auto given = top(operands(s));
  count_operations(1, s.at);
  const Value& x = given[0].value;
  if (!x.is(Value::Kind::tuple))
    return placed(s.at, [&] { return operations_of_.subscript(x, given.subspan(1), s.at); });
  const Value& i = given[1].value;
  const bool whole =
      s.count == 1 && i.is(Value::Kind::number) && i.number.category == Literal::Category::integer;
  if (!whole) script_.fail(s.at, "a tuple is indexed by one whole number");
  const auto size = static_cast<std::uint64_t>(x.items->size());
  const std::uint64_t position = i.number.negative ? size + i.number.integer : i.number.integer;
  if (position >= size)
    script_.fail(s.at, "the tuple has " + std::to_string(size) + " values; the index is outside");
  return (*x.items)[position];
}

Value Machine::call(const Frame& frame, const Step& s) {
  const std::string_view name = syntax_[s.word];
  const auto arguments = top(s.count);
  std::uint64_t leaves = 0;
  for (const PlacedValue& v : arguments) leaves += v.value.leaves;
  count_steps(leaves, s.at);
  if (const Function* f = find_function(name)) return call_function(*f, arguments, s.at);
  const Builtin* builtin = find_builtin(name);
  if (builtin == nullptr) {
    if (frame.variables.contains(name)) script_.fail(s.at, quoted(name) + " is a value, and not called");
    std::vector<std::string_view> candidates = builtin_names();
    for (const auto& [function, f] : functions_) candidates.push_back(function);
    std::sort(candidates.begin(), candidates.end());
    script_.fail(s.at, "there is no operation or function " + quoted(name) + did_you_mean(name, candidates));
  }
  count_operations(static_cast<std::uint64_t>(builtin->cost) + (builtin->cost > 1 ? leaves : 0), s.at);
  return placed(s.at, [&] { return operations_of_.call(*builtin, arguments, s.at); });
}

void Machine::no_such_parameter(const Function& f, std::string_view keyword, Place at) const {
  std::vector<std::string_view> names;
  std::string all;
  for (std::uint32_t i = f.parameters.begin; i < f.parameters.end; ++i) {
    names.push_back(syntax_[syntax_.names[i].word]);
    all += (all.empty() ? "; it has " : ", ") + std::string(names.back().substr(0, 40));
  }
  script_.fail(at, quoted(syntax_[f.name.word]) + " has no parameter " + quoted(keyword) +
                       did_you_mean(keyword, names, all));
}

Value Machine::call_function(const Function& f, std::span<const PlacedValue> arguments, Place at) {
  const std::string name(quoted(syntax_[f.name.word]));
  if (std::find(active_.begin(), active_.end(), &f) != active_.end())
    script_.fail(at, name + " calls itself; functions are inlined, and recursion would never end");
  Frame frame{&f, {}, {}};
  count_steps(f.parameters.size(), at);
  std::vector<const Name*> parameters;
  for (std::uint32_t i = f.parameters.begin; i < f.parameters.end; ++i)
    parameters.push_back(&syntax_.names[i]);
  std::size_t next = 0;
  for (const PlacedValue& v : arguments) {
    const std::string_view keyword = syntax_[v.keyword];
    std::size_t i = next;
    if (keyword.empty()) {
      if (next++ >= parameters.size())
        script_.fail(v.at, name + " takes " + std::to_string(parameters.size()) +
                               (parameters.size() == 1 ? " argument" : " arguments") + ", not " +
                               std::to_string(arguments.size()));
    } else {
      count_steps(parameters.size(), v.at);
      for (i = 0; i < parameters.size() && syntax_[parameters[i]->word] != keyword;) ++i;
      if (i == parameters.size()) no_such_parameter(f, keyword, v.at);
    }
    if (!frame.variables.emplace(syntax_[parameters[i]->word], v.value).second)
      script_.fail(v.at, name + ": " + quoted(syntax_[parameters[i]->word]) + " is given twice");
  }
  for (const Name* p : parameters)
    if (!frame.variables.contains(syntax_[p->word]))
      script_.fail(at, name + ": " + quoted(syntax_[p->word]) + " is not given");
  for (const Name* p : parameters)
    if (p->type != no_type) bind_dims(frame, *p, frame.variables[syntax_[p->word]]);
  for (const Name* p : parameters)
    if (p->type != no_type)
      check_type(frame, p->type, frame.variables[syntax_[p->word]], at,
                 name + ": " + quoted(syntax_[p->word]));
  enter(at);
  Value result = run(f, std::move(frame.variables));
  --depth_;
  return result;
}

}  // namespace accrue
