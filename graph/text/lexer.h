// A script's tokens, one at a time.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "graph/text/script_text.h"

namespace accrue {

struct Token {
  enum class Kind : std::uint8_t {
    end,
    newline,
    indent,
    dedent,
    name,    // reserved words too
    number,  // what looks like one: digits, letters, dots
    string,  // with its quotes
    symbol
  };
  Kind kind = Kind::end;
  std::string_view text;
  Place at;

  bool is(std::string_view what) const {
    return (kind == Kind::symbol || kind == Kind::name) && text == what;
  }
};

/// Splits as Python does: indentation becomes tokens, lines continue inside brackets, comments and empty
/// lines vanish. Holds nothing but its position and the indentation of the open blocks.
class Lexer {
 public:
  explicit Lexer(const ScriptText& script);

  /// The next token; `end` again and again after the last.
  ///   throws  Error: a character that no token has, a string without an end, indentation that fits no block
  Token next();

 private:
  char peek(std::size_t ahead = 0) const;
  void advance(std::size_t bytes);
  void skip_newline();
  bool at_newline() const { return peek() == '\n' || peek() == '\r'; }
  void skip_blanks_and_comment();
  bool begin_line(Token& token);
  Token take(Token::Kind kind, std::size_t bytes);
  Token number();
  Token string();
  Token symbol();
  Place here() const { return {line_, column_}; }

  const ScriptText& script_;
  std::string_view text_;
  std::size_t position_ = 0;
  std::uint32_t line_ = 1, column_ = 1;
  std::size_t brackets_ = 0;              // open ones
  std::size_t dedents_ = 0;               // still to be given
  bool line_begins_ = true;               // the next token is the first of its line
  bool line_open_ = false;                // a token of this line has been given
  std::vector<std::string_view> blocks_;  // indentation of each open block, the outermost first
};

}  // namespace accrue
