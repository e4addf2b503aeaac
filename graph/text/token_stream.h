// The tokens of a script with one of look-ahead, and the ways to refuse them.
#pragma once

#include <initializer_list>
#include <string>

#include "graph/text/lexer.h"
#include "graph/text/syntax.h"

namespace accrue {

class TokenStream {
 public:
  explicit TokenStream(const ScriptText& script) : script_(script), lexer_(script), current_(lexer_.next()) {}

  const Token& peek() const { return current_; }
  Token take();
  bool at(Token::Kind kind) const { return current_.kind == kind; }
  bool accept(std::string_view symbol);

  /// Throws Error "expected SYMBOL WHERE, found ...".
  void expect(std::string_view symbol, const char* where);
  void expect_line_end(const char* after);
  /// A bracket that must close the one opened at `open`.
  void expect_closing(const char* closing, const Token& open, const char* expected);
  /// A name that a variable or function may have.
  Token expect_name(const char* what);

  [[noreturn]] void expected(const std::string& what, const std::string& hint = {}) const;
  [[noreturn]] void fail(Place at, const std::string& message) const { script_.fail(at, message); }

  Word word(const Token& token) const;

 private:
  const ScriptText& script_;
  Lexer lexer_;
  Token current_;
};

}  // namespace accrue
