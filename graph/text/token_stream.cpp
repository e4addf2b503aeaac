#include "graph/text/token_stream.h"

#include "graph/words.h"

namespace accrue {
namespace {

std::string described(const Token& token) {
  switch (token.kind) {
    case Token::Kind::end: return "the end of the file";
    case Token::Kind::newline: return "the end of the line";
    case Token::Kind::indent: return "a deeper indentation";
    case Token::Kind::dedent: return "the end of the block";
    case Token::Kind::string: return "a string";
    default: return quoted(token.text);
  }
}

}  // namespace

Token TokenStream::take() {
  const Token token = current_;
  current_ = lexer_.next();
  return token;
}

bool TokenStream::accept(std::string_view symbol) {
  if (!current_.is(symbol)) return false;
  take();
  return true;
}

void TokenStream::expected(const std::string& what, const std::string& hint) const {
  fail(current_.at,
       "expected " + what + ", found " + described(current_) + (hint.empty() ? "" : "; " + hint));
}

void TokenStream::expect(std::string_view symbol, const char* where) {
  if (!accept(symbol)) expected("'" + std::string(symbol) + "' " + where);
}

void TokenStream::expect_line_end(const char* after) {
  if (!at(Token::Kind::newline)) expected(std::string("the end of the line after ") + after);
  take();
}

void TokenStream::expect_closing(const char* closing, const Token& open, const char* expected_text) {
  if (accept(closing)) return;
  if (at(Token::Kind::end)) fail(open.at, quoted(open.text) + " is never closed");
  expected(expected_text);
}

Token TokenStream::expect_name(const char* what) {
  if (!at(Token::Kind::name)) expected(what);
  if (is_reserved(current_.text))
    fail(current_.at, quoted(current_.text) + " is a reserved word; expected " + what);
  return take();
}

Word TokenStream::word(const Token& token) const {
  return {static_cast<std::uint32_t>(token.text.data() - script_.text.data()),
          static_cast<std::uint32_t>(token.text.size())};
}

}  // namespace accrue
