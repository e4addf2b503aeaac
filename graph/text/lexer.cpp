#include "graph/text/lexer.h"

#include "graph/words.h"

namespace accrue {
namespace {

constexpr std::size_t deepest_block = 256;

constexpr std::string_view symbols[] = {  // longer ones before those they begin with
    "**=", "//=", "<<=", ">>=", "...", "->", "**", "//", "<<", ">>", "==", "!=", "<=", ">=", "+=",
    "-=",  "*=",  "/=",  "%=",  "&=",  "|=", "^=", "@=", ":=", "(",  ")",  "[",  "]",  ":",  ",",
    "=",   "+",   "-",   "*",   "/",   "%",  "@",  "&",  "|",  "^",  "~",  "<",  ">"};

}  // namespace

Lexer::Lexer(const ScriptText& script) : script_(script), text_(script.text), blocks_{std::string_view{}} {}

char Lexer::peek(std::size_t ahead) const {
  return position_ + ahead < text_.size() ? text_[position_ + ahead] : '\0';
}

void Lexer::advance(std::size_t bytes) {
  position_ += bytes;
  column_ += static_cast<std::uint32_t>(bytes);
}

void Lexer::skip_newline() {
  position_ += peek() == '\r' && peek(1) == '\n' ? 2 : 1;
  ++line_;
  column_ = 1;
}

void Lexer::skip_blanks_and_comment() {
  while (peek() == ' ' || peek() == '\t') advance(1);
  if (peek() != '#') return;
  const std::size_t end = text_.find_first_of("\r\n", position_);
  advance((end == std::string_view::npos ? text_.size() : end) - position_);
}

// Compares the indentation of a line with the open blocks; true where that gives a token.
bool Lexer::begin_line(Token& token) {
  for (;;) {  // lines without tokens do not count
    const std::size_t start = position_;
    while (peek() == ' ' || peek() == '\t') advance(1);
    std::string_view indentation = text_.substr(start, position_ - start);
    skip_blanks_and_comment();
    if (position_ >= text_.size())
      indentation = {};
    else if (at_newline()) {
      skip_newline();
      continue;
    }
    line_begins_ = false;
    token.at = here();
    if (indentation == blocks_.back()) return false;
    if (indentation.size() > blocks_.back().size() && indentation.starts_with(blocks_.back())) {
      if (blocks_.size() > deepest_block) script_.fail(here(), "blocks are nested more than 256 deep");
      blocks_.push_back(indentation);
      token.kind = Token::Kind::indent;
      return true;
    }
    while (blocks_.size() > 1 && blocks_.back() != indentation) {
      blocks_.pop_back();
      ++dedents_;
    }
    if (blocks_.back() != indentation)
      script_.fail(here(), "this indentation matches no block above; indent with the same spaces or tabs");
    return false;
  }
}

Token Lexer::next() {
  Token token;
  if (line_begins_ && brackets_ == 0 && begin_line(token)) return token;
  if (dedents_ > 0) {
    --dedents_;
    return {Token::Kind::dedent, {}, here()};
  }
  skip_blanks_and_comment();
  while (brackets_ > 0 && at_newline() && position_ < text_.size()) {
    skip_newline();
    skip_blanks_and_comment();
  }
  const bool ended = position_ >= text_.size();
  if (ended && (brackets_ > 0 || !line_open_)) return {Token::Kind::end, {}, here()};
  if (ended || at_newline()) {
    token = {Token::Kind::newline, {}, here()};
    if (!ended) skip_newline();
    line_open_ = false;
    line_begins_ = true;
    return token;
  }
  line_open_ = true;
  const char c = peek();
  if (is_name_start(c)) {
    std::size_t bytes = 1;
    while (is_name_part(peek(bytes))) ++bytes;
    return take(Token::Kind::name, bytes);
  }
  if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number();
  if (c == '"' || c == '\'') return string();
  return symbol();
}

Token Lexer::take(Token::Kind kind, std::size_t bytes) {
  const Token token{kind, text_.substr(position_, bytes), here()};
  advance(bytes);
  return token;
}

// Takes more than a number's characters, so that 12ab is one wrong number and not a number and a name.
Token Lexer::number() {
  const bool has_prefix = peek() == '0' && std::string_view("xXoObB").find(peek(1)) != std::string_view::npos;
  std::size_t bytes = 0;
  for (;; ++bytes) {
    const char c = peek(bytes);
    if (is_name_part(c) || c == '.') continue;
    const char before = bytes > 0 ? peek(bytes - 1) : '\0';
    const bool signs_exponent = (c == '+' || c == '-') && (before == 'e' || before == 'E') && !has_prefix;
    if (!signs_exponent) break;
  }
  return take(Token::Kind::number, bytes);
}

Token Lexer::string() {
  const char quote = peek();
  const bool triple = peek(1) == quote && peek(2) == quote;
  const std::size_t quotes = triple ? 3 : 1, start = position_;
  const Place at = here();
  advance(quotes);
  for (;;) {
    if (position_ >= text_.size() || (at_newline() && !triple)) script_.fail(at, "this string does not end");
    if (peek() == quote && (!triple || (peek(1) == quote && peek(2) == quote))) break;
    if (peek() == '\\' && position_ + 1 < text_.size()) advance(1);
    if (at_newline())
      skip_newline();
    else
      advance(1);
  }
  advance(quotes);
  return {Token::Kind::string, text_.substr(start, position_ - start), at};
}

Token Lexer::symbol() {
  for (std::string_view s : symbols) {
    if (!text_.substr(position_).starts_with(s)) continue;
    if (s == "(" || s == "[") ++brackets_;
    if ((s == ")" || s == "]") && brackets_ > 0) --brackets_;
    return take(Token::Kind::symbol, s.size());
  }
  if (peek() == '\\') script_.fail(here(), "a line continues inside brackets, not after '\\'");
  if (peek() == '.')
    script_.fail(here(), "values have no attributes or methods; call operations as functions, sum(x)");
  if (static_cast<unsigned char>(peek()) >= 0x80)
    script_.fail(here(), "names are written with the letters a-z and A-Z, digits and '_'");
  script_.fail(here(), quoted(text_.substr(position_, 1)) + " is not part of the language");
}

}  // namespace accrue
