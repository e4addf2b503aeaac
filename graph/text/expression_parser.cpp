#include "graph/text/expression_parser.h"

#include <limits>

#include "graph/text/number_literal.h"
#include "graph/words.h"

namespace accrue {
namespace {

constexpr int deepest_expression = 256;
constexpr int comparison_level = 1;
constexpr int unary_level = 8;  // above every binary operator but **

struct BinaryOperator {
  std::string_view symbol;
  int level;  // a higher one binds tighter
  Binary op;
};
constexpr BinaryOperator binary_operators[] = {
    {"==", 1, Binary::eq},         {"!=", 1, Binary::ne},          {"<", 1, Binary::lt},
    {"<=", 1, Binary::le},         {">", 1, Binary::gt},           {">=", 1, Binary::ge},
    {"|", 2, Binary::bit_or},      {"^", 3, Binary::bit_xor},      {"&", 4, Binary::bit_and},
    {"<<", 5, Binary::shift_left}, {">>", 5, Binary::shift_right}, {"+", 6, Binary::add},
    {"-", 6, Binary::sub},         {"*", 7, Binary::mul},          {"/", 7, Binary::div},
    {"//", 7, Binary::floor_div},  {"%", 7, Binary::mod},          {"@", 7, Binary::matmul}};

const BinaryOperator* find_operator(const Token& token) {
  if (token.kind != Token::Kind::symbol) return nullptr;
  for (const BinaryOperator& op : binary_operators)
    if (op.symbol == token.text) return &op;
  return nullptr;
}

const char* hint_for(std::string_view word) {
  if (word == "and") return "; logical_and(a, b) or & compares each element";
  if (word == "or") return "; logical_or(a, b) or | compares each element";
  if (word == "not") return "; logical_not(x) is taken of each element";
  if (word == "if") return "; where(condition, a, b) chooses for each element";
  return "";
}

}  // namespace

class ExpressionParser::Deeper {
 public:
  Deeper(ExpressionParser& parser, Place at) : parser_(parser) {
    if (++parser.depth_ > deepest_expression)
      parser.tokens_.fail(at, "brackets and operators are nested more than 256 deep");
  }
  ~Deeper() { --parser_.depth_; }
  Deeper(const Deeper&) = delete;
  Deeper& operator=(const Deeper&) = delete;

 private:
  ExpressionParser& parser_;
};

std::uint32_t operands(const Step& step) {
  switch (step.code) {
    case Step::Code::tuple:
    case Step::Code::list:
    case Step::Code::call: return step.count;
    case Step::Code::subscript: return step.count + 1;
    case Step::Code::slice:
      return static_cast<std::uint32_t>((step.detail & 1) + (step.detail >> 1 & 1) + (step.detail >> 2 & 1));
    case Step::Code::keyword:
    case Step::Code::unary: return 1;
    case Step::Code::binary: return 2;
    default: return 0;
  }
}

Step& ExpressionParser::add(Step::Code code, Place at, std::uint32_t count, std::uint8_t detail) {
  Step step;
  step.code = code;
  step.detail = detail;
  step.count = count;
  step.at = at;
  return syntax_.steps.emplace_back(step);
}

void ExpressionParser::parse() {
  binary(comparison_level);
  const Token& next = tokens_.peek();
  if (next.kind == Token::Kind::name && *hint_for(next.text) != '\0') not_in_language(next);
}

void ExpressionParser::not_in_language(const Token& word) const {
  tokens_.fail(word.at, quoted(word.text) + " is not part of the language" + hint_for(word.text));
}

void ExpressionParser::parse_tuple() {
  const Place at = tokens_.peek().at;
  parse();
  if (!tokens_.peek().is(",")) return;
  std::uint32_t count = 1;
  while (tokens_.accept(",")) {
    if (tokens_.at(Token::Kind::newline)) break;
    parse();
    ++count;
  }
  add(Step::Code::tuple, at, count);
}

void ExpressionParser::parse_bracketed() {
  if (!tokens_.peek().is("(")) tokens_.expected("'('");
  const Token open = tokens_.take();
  std::uint32_t count = 0;
  items(")", open, count);
  add(Step::Code::tuple, open.at, count);
}

void ExpressionParser::binary(int level) {
  if (level == unary_level) return unary();
  binary(level + 1);
  for (bool compared = false;; compared = level == comparison_level) {
    const BinaryOperator* op = find_operator(tokens_.peek());
    if (op == nullptr || op->level != level) return;
    if (compared) tokens_.fail(tokens_.peek().at, "comparisons do not chain; write (a < b) & (b < c)");
    const Place at = tokens_.take().at;
    binary(level + 1);
    add(Step::Code::binary, at, 0, static_cast<std::uint8_t>(op->op));
  }
}

void ExpressionParser::unary() {
  const Token& token = tokens_.peek();
  const bool minus = token.is("-"), plus = token.is("+");
  if (!minus && !plus && !token.is("~")) return power();
  const Place at = tokens_.take().at;
  const Deeper deeper(*this, at);
  unary();
  add(Step::Code::unary, at, 0,
      static_cast<std::uint8_t>(minus  ? Unary::minus
                                : plus ? Unary::plus
                                       : Unary::invert));
}

void ExpressionParser::power() {
  postfix();
  if (!tokens_.peek().is("**")) return;
  const Place at = tokens_.take().at;
  const Deeper deeper(*this, at);
  unary();
  add(Step::Code::binary, at, 0, static_cast<std::uint8_t>(Binary::pow));
}

void ExpressionParser::postfix() {
  atom();
  while (tokens_.peek().is("[")) subscript();
  if (tokens_.peek().is("(")) tokens_.fail(tokens_.peek().at, "only a function's name can be called");
}

void ExpressionParser::atom() {
  if (tokens_.peek().is("(")) return parenthesised();
  if (tokens_.peek().is("[")) return list();
  if (tokens_.peek().is("...")) {
    add(Step::Code::ellipsis, tokens_.take().at);
    return;
  }
  switch (tokens_.peek().kind) {
    case Token::Kind::name: return named(tokens_.take());
    case Token::Kind::number: return number(tokens_.take());
    case Token::Kind::string: {
      const Token text = tokens_.take();
      add(Step::Code::string, text.at).word = tokens_.word(text);
      return;
    }
    default: tokens_.expected("an expression");
  }
}

void ExpressionParser::named(const Token& name) {
  if (name.is("True") || name.is("False")) {
    add(Step::Code::boolean, name.at, 0, name.is("True") ? 1 : 0);
  } else if (name.is("None")) {
    add(Step::Code::none, name.at);
  } else if (name.is("inf") || name.is("nan")) {
    const double value =
        name.is("inf") ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
    add(Step::Code::real, name.at).real = value;
  } else if (const auto dtype = parse_dtype(name.text)) {
    add(Step::Code::dtype, name.at, 0, static_cast<std::uint8_t>(*dtype));
  } else if (is_reserved(name.text)) {
    not_in_language(name);
  } else if (tokens_.peek().is("(")) {
    call(name);
  } else {
    add(Step::Code::name, name.at).word = tokens_.word(name);
  }
}

void ExpressionParser::number(const Token& token) {
  const ReadNumber read = read_number(token.text);
  if (!read.error.empty()) tokens_.fail(token.at, read.error);
  if (read.value.category == Literal::Category::real)
    add(Step::Code::real, token.at).real = read.value.real;
  else
    add(Step::Code::integer, token.at).integer = read.value.integer;
}

void ExpressionParser::call(const Token& name) {
  const Token open = tokens_.take();
  const Deeper deeper(*this, open.at);
  std::uint32_t count = 0;
  bool by_keyword = false;
  while (!tokens_.peek().is(")")) {
    const Place at = tokens_.peek().at;
    argument();
    if (syntax_.steps.back().code == Step::Code::keyword)
      by_keyword = true;
    else if (by_keyword)
      tokens_.fail(at, "an argument without a name behind one with a name; name this one too");
    ++count;
    if (!tokens_.accept(",")) break;
  }
  tokens_.expect_closing(")", open, "',' or ')' after an argument");
  add(Step::Code::call, name.at, count).word = tokens_.word(name);
}

// A value, or name=value: a step that is one name, followed by '=', is a keyword.
void ExpressionParser::argument() {
  const std::size_t begin = syntax_.steps.size();
  const Place at = tokens_.peek().at;
  parse();
  if (!tokens_.peek().is("=")) return;
  const bool one_name = syntax_.steps.size() == begin + 1 && syntax_.steps[begin].code == Step::Code::name;
  if (!one_name) tokens_.expected("',' or ')' after an argument");
  const Word word = syntax_.steps[begin].word;
  syntax_.steps.pop_back();
  tokens_.take();
  parse();
  add(Step::Code::keyword, at).word = word;
}

// Expressions up to the closing bracket; a comma may follow the last.
void ExpressionParser::items(const char* closing, const Token& open, std::uint32_t& count) {
  bool comma = true;
  while (comma && !tokens_.peek().is(closing)) {
    parse();
    ++count;
    comma = tokens_.accept(",");
  }
  tokens_.expect_closing(closing, open, closing[0] == ')' ? "',' or ')'" : "',' or ']'");
}

void ExpressionParser::parenthesised() {
  const Token open = tokens_.take();
  const Deeper deeper(*this, open.at);
  if (tokens_.accept(")")) {
    add(Step::Code::tuple, open.at);
    return;
  }
  parse();
  if (!tokens_.peek().is(",")) return tokens_.expect_closing(")", open, "',' or ')'");
  tokens_.take();
  std::uint32_t count = 1;
  items(")", open, count);
  add(Step::Code::tuple, open.at, count);
}

void ExpressionParser::list() {
  const Token open = tokens_.take();
  const Deeper deeper(*this, open.at);
  std::uint32_t count = 0;
  items("]", open, count);
  add(Step::Code::list, open.at, count);
}

void ExpressionParser::subscript() {
  const Token open = tokens_.take();
  const Deeper deeper(*this, open.at);
  if (tokens_.peek().is("]")) tokens_.expected("an index or a slice");
  std::uint32_t count = 0;
  while (!tokens_.peek().is("]")) {
    index();
    ++count;
    if (!tokens_.accept(",")) break;
  }
  tokens_.expect_closing("]", open, "',', ':' or ']' after an index");
  add(Step::Code::subscript, open.at, count);
}

void ExpressionParser::index() {
  const Place at = tokens_.peek().at;
  const auto ends_part = [&] {
    return tokens_.peek().is(":") || tokens_.peek().is(",") || tokens_.peek().is("]");
  };
  int parts = 0;
  if (!ends_part()) {
    parse();
    if (!tokens_.peek().is(":")) return;
    parts = 1;
  }
  for (int bit = 2; bit <= 4 && tokens_.accept(":"); bit *= 2) {
    if (ends_part()) continue;
    parse();
    parts |= bit;
  }
  add(Step::Code::slice, at, 0, static_cast<std::uint8_t>(parts));
}

}  // namespace accrue
