#include "graph/text/syntax.h"

#include <limits>
#include <unordered_set>

#include "graph/text/expression_parser.h"
#include "graph/text/number_literal.h"
#include "graph/text/token_stream.h"
#include "graph/words.h"

namespace accrue {
namespace {

std::uint32_t size_of(const auto& vector) { return static_cast<std::uint32_t>(vector.size()); }

class SyntaxReader {
 public:
  explicit SyntaxReader(const ScriptText& script)
      : script_(script), tokens_(script), expressions_(tokens_, syntax_) {
    syntax_.text = script.text;
  }

  Syntax read() {
    while (!tokens_.at(Token::Kind::end)) {
      if (tokens_.at(Token::Kind::string))
        docstring();
      else
        function();
    }
    if (syntax_.functions.empty())
      script_.fail("no function; a script holds at least one: def f(x: float32[4]): ...");
    return std::move(syntax_);
  }

 private:
  // ---------------------------------------------------------------------------------------------- functions

  void function() {
    if (!tokens_.peek().is("def")) tokens_.expected("'def'");
    tokens_.take();
    Function f;
    const Token name = tokens_.expect_name("a function's name");
    f.name = {tokens_.word(name), name.at};
    if (!function_names_.insert(name.text).second)
      tokens_.fail(name.at, quoted(name.text) + " is defined twice");
    f.parameters = parameters(name);
    if (tokens_.accept("->")) {
      f.states_results = true;
      f.results = results();
    }
    tokens_.expect(":", "after a function's head");
    f.statements.begin = size_of(syntax_.statements);
    returned_ = false;
    block(name, 0);
    f.statements.end = size_of(syntax_.statements);
    if (!returned_) tokens_.fail(name.at, quoted(name.text) + " has no return; a function ends with one");
    syntax_.functions.push_back(f);
  }

  Range parameters(const Token& function_name) {
    if (!tokens_.peek().is("(")) tokens_.expected("'(' after a function's name");
    const Token open = tokens_.take();
    Range range{size_of(syntax_.names), 0};
    std::unordered_set<std::string_view> seen;
    while (!tokens_.peek().is(")")) {
      const Token token = tokens_.expect_name("a parameter's name");
      if (!seen.insert(token.text).second)
        tokens_.fail(token.at, quoted(function_name.text) + " has two parameters " + quoted(token.text));
      Name name{tokens_.word(token), token.at};
      if (tokens_.accept(":")) name.type = type();
      syntax_.names.push_back(name);
      if (tokens_.peek().is("=")) tokens_.fail(tokens_.peek().at, "parameters have no default values");
      if (!tokens_.accept(",")) break;
    }
    tokens_.expect_closing(")", open, "',' or ')' after a parameter");
    range.end = size_of(syntax_.names);
    return range;
  }

  Range results() {
    Range range{size_of(syntax_.types), 0};
    if (tokens_.peek().is("(")) {
      const Token open = tokens_.take();
      do type();
      while (tokens_.accept(",") && !tokens_.peek().is(")"));
      tokens_.expect_closing(")", open, "',' or ')' after a type");
    } else {
      type();
    }
    range.end = size_of(syntax_.types);
    return range;
  }

  // ---------------------------------------------------------------------------------------------- types

  std::uint32_t type() {
    if (!tokens_.at(Token::Kind::name)) tokens_.expected("a type, like float32[4, n]");
    const Token name = tokens_.take();
    const auto dtype = parse_dtype(name.text);
    if (!dtype) unknown_dtype(name);
    TypeSyntax result{*dtype, name.at, {size_of(syntax_.dims), size_of(syntax_.dims)}};
    if (tokens_.peek().is("[")) {
      const Token open = tokens_.take();
      while (!tokens_.peek().is("]")) {
        dim();
        if (!tokens_.accept(",")) break;
      }
      tokens_.expect_closing("]", open, "',' or ']' after a dim");
      result.dims.end = size_of(syntax_.dims);
      if (result.dims.size() > max_rank) tokens_.fail(name.at, "a type has at most 32 dims");
    }
    syntax_.types.push_back(result);
    return size_of(syntax_.types) - 1;
  }

  void dim() {
    const Token token = tokens_.peek();
    if (token.kind == Token::Kind::name) {
      tokens_.expect_name("a dim");
      syntax_.dims.push_back({token.at, tokens_.word(token)});
      return;
    }
    if (token.kind != Token::Kind::number) tokens_.expected("a dim, a number or a name");
    tokens_.take();
    const ReadNumber read = read_number(token.text);
    if (!read.error.empty()) tokens_.fail(token.at, read.error);
    if (read.value.category != Literal::Category::integer)
      tokens_.fail(token.at, "a dim is a whole number or a name, not " + quoted(token.text));
    if (read.value.integer > std::numeric_limits<std::int64_t>::max())
      tokens_.fail(token.at, quoted(token.text) + " is no length; dims go up to 9223372036854775807");
    syntax_.dims.push_back({token.at, {}, static_cast<std::int64_t>(read.value.integer)});
  }

  [[noreturn]] void unknown_dtype(const Token& name) {
    const char* const all =
        "; there are bool, int8 .. int64, uint8 .. uint64, float16, bfloat16, float32, float64";
    tokens_.fail(name.at, quoted(name.text) + " is no dtype" + did_you_mean(name.text, dtype_names(), all));
  }

  // ---------------------------------------------------------------------------------------------- statements

  // What follows a head's ':', on the same line or indented below. `loops`: those around it.
  void block(const Token& owner, int loops) {
    if (!tokens_.at(Token::Kind::newline)) {
      if (tokens_.peek().is("for")) tokens_.fail(tokens_.peek().at, "a loop begins a line of its own");
      return statement(loops);
    }
    tokens_.take();
    if (!tokens_.at(Token::Kind::indent))
      tokens_.fail(tokens_.peek().at, "expected an indented block after the line of " + quoted(owner.text));
    tokens_.take();
    while (!tokens_.at(Token::Kind::dedent)) statement(loops);
    tokens_.take();
  }

  void statement(int loops) {
    if (returned_) tokens_.fail(tokens_.peek().at, "nothing may follow a return");
    const Token& token = tokens_.peek();
    if (token.kind == Token::Kind::string) return docstring_statement();
    if (token.is("for")) return loop(loops);
    if (token.is("return")) return result(loops);
    if (token.kind == Token::Kind::indent)
      tokens_.fail(token.at, "this line is indented more than its block");
    assignment();
  }

  void docstring() {
    tokens_.take();
    tokens_.expect_line_end("a docstring");
  }

  void docstring_statement() {
    const Place at = tokens_.peek().at;
    docstring();
    Statement s;
    s.kind = Statement::Kind::text;
    s.at = at;
    syntax_.statements.push_back(s);
  }

  void assignment() {
    if (tokens_.at(Token::Kind::name) && is_reserved(tokens_.peek().text))
      tokens_.fail(tokens_.peek().at, quoted(tokens_.peek().text) +
                                          " begins no statement; a line is name = expression, " +
                                          "for name in range(n): or return");
    Statement s;
    s.at = tokens_.peek().at;
    s.targets.begin = size_of(syntax_.names);
    do {
      const Token name = tokens_.expect_name("a statement: name = expression, for, or return");
      syntax_.names.push_back({tokens_.word(name), name.at});
    } while (tokens_.accept(","));
    s.targets.end = size_of(syntax_.names);
    if (s.targets.size() == 1 && tokens_.accept(":")) syntax_.names.back().type = type();
    check_equals(syntax_.names[s.targets.begin]);
    tokens_.take();
    s.value.begin = size_of(syntax_.steps);
    expressions_.parse_tuple();
    s.value.end = size_of(syntax_.steps);
    tokens_.expect_line_end("an assignment");
    syntax_.statements.push_back(s);
  }

  void check_equals(const Name& target) {
    const Token& token = tokens_.peek();
    if (token.is("=")) return;
    const std::string name(syntax_[target.word]);
    if (token.kind == Token::Kind::symbol && token.text.size() > 1 && token.text.ends_with('=') &&
        token.text != "==" && token.text != "!=" && token.text != "<=" && token.text != ">=" &&
        token.text != ":=")
      tokens_.fail(token.at, quoted(token.text) + " is not part of the language; write " +
                                 name.substr(0, 40) + " = " + name.substr(0, 40) + " " +
                                 std::string(token.text.substr(0, token.text.size() - 1)) + " ...");
    tokens_.expected("'=' after a variable", "a value that is neither assigned nor returned has no use");
  }

  void result(int loops) {
    Statement s;
    s.kind = Statement::Kind::result;
    s.at = tokens_.take().at;
    if (loops > 0) tokens_.fail(s.at, "a return inside a loop; a function returns once, at its end");
    s.value.begin = size_of(syntax_.steps);
    if (tokens_.at(Token::Kind::newline)) tokens_.expected("the values to return");
    expressions_.parse_tuple();
    s.value.end = size_of(syntax_.steps);
    tokens_.expect_line_end("a return");
    syntax_.statements.push_back(s);
    returned_ = true;
  }

  void loop(int loops) {
    Statement s;
    s.kind = Statement::Kind::loop;
    const Token head = tokens_.take();
    s.at = head.at;
    const Token variable = tokens_.expect_name("a loop's variable");
    s.targets = {size_of(syntax_.names), size_of(syntax_.names) + 1};
    syntax_.names.push_back({tokens_.word(variable), variable.at});
    tokens_.expect("in", "after a loop's variable");
    if (!tokens_.accept("range")) tokens_.expected("range(...)", "loops run over ranges of numbers");
    s.value.begin = size_of(syntax_.steps);
    expressions_.parse_bracketed();
    s.value.end = size_of(syntax_.steps);
    tokens_.expect(":", "after a loop's head");
    const std::size_t index = syntax_.statements.size();
    syntax_.statements.push_back(s);
    block(head, loops + 1);
    syntax_.statements[index].end = size_of(syntax_.statements);
  }

  const ScriptText& script_;
  Syntax syntax_;
  TokenStream tokens_;
  ExpressionParser expressions_;
  std::unordered_set<std::string_view> function_names_;
  bool returned_ = false;  // this function has
};

}  // namespace

Syntax read_syntax(const ScriptText& script) { return SyntaxReader(script).read(); }

}  // namespace accrue
