// Expressions of a script, into postfix steps.
#pragma once

#include "graph/text/syntax.h"
#include "graph/text/token_stream.h"

namespace accrue {

class ExpressionParser {
 public:
  ExpressionParser(TokenStream& tokens, Syntax& syntax) : tokens_(tokens), syntax_(syntax) {}

  /// One expression.
  void parse();
  /// One or, with commas, the tuple of several.
  void parse_tuple();
  /// The tuple of those between '(' and ')'.
  void parse_bracketed();

 private:
  class Deeper;  // one nesting level, while it lives

  void binary(int level);
  void unary();
  void power();
  void postfix();
  void atom();
  void named(const Token& name);
  [[noreturn]] void not_in_language(const Token& word) const;
  void number(const Token& token);
  void call(const Token& name);
  void argument();
  void parenthesised();
  void list();
  void subscript();
  void index();  // or a slice
  void items(const char* closing, const Token& open, std::uint32_t& count);
  Step& add(Step::Code code, Place at, std::uint32_t count = 0, std::uint8_t detail = 0);

  TokenStream& tokens_;
  Syntax& syntax_;
  int depth_ = 0;
};

}  // namespace accrue
