#include <algorithm>
#include <unordered_set>

#include "graph/text/builder.h"
#include "graph/words.h"

namespace accrue {
namespace {

constexpr std::int64_t first_stand_in = 1000;

class ScriptReader {
 public:
  ScriptReader(const ScriptText& script, const ParseOptions& options)
      : script_(script), options_(options), syntax_(read_syntax(script)), entry_(find_entry()) {
    for (const Function& f : syntax_.functions)
      if (is_operation(syntax_[f.name.word]))
        script.fail(f.name.at,
                    quoted(syntax_[f.name.word]) + " is an operation; call the function something else");
  }

  ParsedScript read() {
    bind_dims();
    count();
    ParsedScript result{Graph(syntax_[entry_.name.word]), {}, dims_, stand_ins_, input_types()};
    build(result);
    return result;
  }

 private:
  const Function& find_entry() const {
    if (options_.entry.empty()) return syntax_.functions.back();
    std::vector<std::string_view> names;
    for (const Function& f : syntax_.functions) {
      names.push_back(syntax_[f.name.word]);
      if (names.back() == options_.entry) return f;
    }
    script_.fail("there is no function " + quoted(options_.entry) +
                 did_you_mean(options_.entry, names, "; the last one is " + quoted(names.back())));
  }

  // ---------------------------------------------------------------------------------------------- named dims

  void bind_dims() {
    for (std::uint32_t i = entry_.parameters.begin; i < entry_.parameters.end; ++i) {
      const Name& parameter = syntax_.names[i];
      parameter_names_.insert(syntax_[parameter.word]);
      if (parameter.type == no_type)
        script_.fail(parameter.at, quoted(syntax_[parameter.word]) + " has no type; parameters of " +
                                       quoted(syntax_[entry_.name.word]) + ", the entry, need one: " +
                                       std::string(syntax_[parameter.word].substr(0, 40)) + ": float32[4]");
    }
    for (std::uint32_t i = entry_.parameters.begin; i < entry_.parameters.end; ++i)
      bind_dims_of(syntax_.names[i]);
    for (const auto& [name, length] : options_.dims)
      if (!lengths_.contains(name)) script_.fail("there is no dim " + quoted(name) + listed_dims());
    std::int64_t stand_in = first_stand_in;
    for (auto& [name, length] : dims_) {
      if (lengths_[name].known) continue;
      length = stand_in++;
      stand_ins_.push_back(name);
    }
  }

  struct Length {
    std::size_t position;  // in dims_
    bool known = false;
    std::string source = {};
  };

  void bind_dims_of(const Name& parameter) {
    const std::string name(syntax_[parameter.word]);
    const TypeSyntax& type = syntax_.types[parameter.type];
    const auto given = options_.input_shapes.find(name);
    const bool has_shape = given != options_.input_shapes.end();
    if (has_shape && given->second.size() != type.dims.size())
      script_.fail(parameter.at, quoted(name) + " has " + std::to_string(type.dims.size()) +
                                     (type.dims.size() == 1 ? " dim" : " dims") +
                                     "; the input given has shape " + to_string(given->second));
    for (std::uint32_t d = 0; d < type.dims.size(); ++d) {
      const DimSyntax& dim = syntax_.dims[type.dims.begin + d];
      if (dim.name.length == 0) continue;
      const std::string_view dim_name = syntax_[dim.name];
      if (parameter_names_.contains(dim_name))
        script_.fail(dim.at, quoted(dim_name) + " names a parameter, and cannot name a dim too");
      Length& length = length_of(std::string(dim_name), dim.at);
      if (has_shape) set(length, given->second[d], quoted(name), dim.at);
    }
  }

  Length& length_of(const std::string& name, Place at) {
    const auto [place, added] = lengths_.try_emplace(name, Length{dims_.size()});
    if (!added) return place->second;
    dims_.emplace_back(name, 0);
    const auto given = options_.dims.find(name);
    if (given != options_.dims.end()) set(place->second, given->second, "the length given for it", at);
    return place->second;
  }

  void set(Length& length, std::int64_t value, const std::string& source, Place at) {
    auto& [name, current] = dims_[length.position];
    if (value < 0)
      script_.fail(at, "dim " + quoted(name) + " is " + std::to_string(value) + "; lengths are 0 or more");
    if (length.known && current != value)
      script_.fail(at, "dim " + quoted(name) + " is " + std::to_string(value) + " by " + source + ", but " +
                           std::to_string(current) + " by " + length.source);
    current = value;
    length.known = true;
    length.source = source;
  }

  std::string listed_dims() const {
    if (dims_.empty()) return "; the script names none";
    std::string list = "; the script names ";
    for (const auto& [name, length] : dims_) list += (name == dims_.front().first ? "" : ", ") + name;
    return list;
  }

  std::vector<std::string> input_types() const {
    std::vector<std::string> texts;
    for (std::uint32_t i = entry_.parameters.begin; i < entry_.parameters.end; ++i)
      texts.push_back(type_text(syntax_.types[syntax_.names[i].type]));
    return texts;
  }

  std::string type_text(const TypeSyntax& type) const {
    std::string dims;
    for (std::uint32_t d = type.dims.begin; d < type.dims.end; ++d) {
      const DimSyntax& dim = syntax_.dims[d];
      const std::string name(syntax_[dim.name]);
      const bool is_stand_in = !name.empty() && !lengths_.at(name).known;
      dims += (dims.empty() ? "" : ", ") + (is_stand_in ? name : std::to_string(length(dim)));
    }
    const std::string dtype(to_string(type.dtype));
    return dims.empty() ? dtype : dtype + "[" + dims + "]";
  }

  std::int64_t length(const DimSyntax& dim) const {
    if (dim.name.length == 0) return dim.length;
    return dims_[lengths_.at(std::string(syntax_[dim.name])).position].second;
  }

  // ---------------------------------------------------------------------------------------------- building

  Machine::Variables dim_variables() const {
    Machine::Variables variables;
    for (const auto& [name, length] : dims_) variables.emplace(name, Value::of(Literal(length)));
    return variables;
  }

  // A script with a mistake is counted up to there, and the builder then finds the mistake.
  void count() const {
    Machine::Variables variables = dim_variables();
    for (std::string_view name : parameter_names_) variables.emplace(name, Value::of_node(0));
    Counter counter;
    Machine machine(script_, syntax_, counter);
    try {
      machine.run(entry_, std::move(variables));
    } catch (const TooLarge&) {
      throw;
    } catch (const ScriptError&) {
    }
  }

  void build(ParsedScript& result) {
    const BuildContext context{script_, syntax_, result.graph, result.graph.arena()->intern(options_.file),
                               options_};
    Machine::Variables variables = dim_variables();
    for (std::uint32_t i = entry_.parameters.begin; i < entry_.parameters.end; ++i) {
      const Name& parameter = syntax_.names[i];
      variables.emplace(syntax_[parameter.word], Value::of_node(input(context, parameter)));
    }
    Builder builder(context);
    Machine machine(script_, syntax_, builder);
    const Value returned = machine.run(entry_, std::move(variables));
    add_outputs(context, returned, result.outputs);
  }

  NodeId input(const BuildContext& context, const Name& parameter) {
    const TypeSyntax& type = syntax_.types[parameter.type];
    Shape shape;
    for (std::uint32_t d = type.dims.begin; d < type.dims.end; ++d) shape.push_back(length(syntax_.dims[d]));
    try {
      return context.graph
          .input(syntax_[parameter.word], type.dtype, shape, context.file,
                 static_cast<int>(parameter.at.line))
          .id();
    } catch (const Error& e) {
      script_.fail(parameter.at, e.message());
    }
  }

  // ---------------------------------------------------------------------------------------------- outputs

  // The steps of the returned values: of one, or of each in the tuple that the return ends with.
  std::vector<Range> returned_steps(Range steps) const {
    std::vector<std::uint32_t> begins;  // of the values on the stack
    for (std::uint32_t i = steps.begin; i + 1 < steps.end; ++i) {
      const std::uint32_t taken = operands(syntax_.steps[i]);
      const std::uint32_t begin = taken == 0 ? i : begins[begins.size() - taken];
      begins.resize(begins.size() - taken);
      begins.push_back(begin);
    }
    const Step& last = syntax_.steps[steps.end - 1];
    if (last.code != Step::Code::tuple) return {steps};
    std::vector<Range> ranges;
    begins.push_back(steps.end - 1);
    for (std::size_t i = 0; i + 1 < begins.size(); ++i) ranges.push_back({begins[i], begins[i + 1]});
    return ranges;
  }

  void add_outputs(const BuildContext& context, const Value& returned,
                   std::vector<NamedExpr>& outputs) const {
    const Statement& statement = syntax_.statements[entry_.statements.end - 1];
    const std::vector<Range> steps = returned_steps(statement.value);
    const std::vector<Value> values =
        returned.is(Value::Kind::tuple) ? *returned.items : std::vector<Value>{returned};
    if (values.empty()) script_.fail(statement.at, "nothing is returned; an entry returns one value or more");
    std::unordered_set<std::string> names;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const Range range = steps.size() == values.size() ? steps[i] : statement.value;
      const Step& last = syntax_.steps[range.end - 1];
      const bool named = steps.size() == values.size() && range.size() == 1 && last.code == Step::Code::name;
      const std::string name = named ? std::string(syntax_[last.word]) : "out" + std::to_string(i);
      if (!names.insert(name).second)
        script_.fail(last.at, named ? quoted(name) +
                                          " is returned twice; give the second a name of its own: b = " +
                                          name.substr(0, 40)
                                    : "this value would be the output " + quoted(name) +
                                          ", which there is; assign it to a variable and return that");
      outputs.push_back({name, output(context, values[i], last.at)});
    }
  }

  Expr output(const BuildContext& context, const Value& value, Place at) const {
    if (value.is(Value::Kind::tensor)) return context.expr(value);
    if (!value.is(Value::Kind::number))
      script_.fail(at, "tensors and numbers are returned, not " + described(context, value));
    return context.graph.constant(value.number, std::nullopt, context.file, static_cast<int>(at.line));
  }

  const ScriptText& script_;
  const ParseOptions& options_;
  Syntax syntax_;
  const Function& entry_;
  std::unordered_set<std::string_view> parameter_names_;
  std::vector<std::pair<std::string, std::int64_t>> dims_;  // in the order of their first place
  std::unordered_map<std::string, Length> lengths_;
  std::vector<std::string> stand_ins_;
};

}  // namespace

ParsedScript parse(std::string_view text, const ParseOptions& options) {
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const ScriptText script{text, options.file};
  script.check_encoding();
  return ScriptReader(script, options).read();
}

}  // namespace accrue
