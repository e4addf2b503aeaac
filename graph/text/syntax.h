// A script as it is written: functions, statements, and expressions in postfix order, all in flat vectors.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "accrue/dtype.hpp"
#include "graph/text/script_text.h"

namespace accrue {

/// A piece of the script's text.
struct Word {
  std::uint32_t offset;
  std::uint32_t length;
};

/// Positions in one of Syntax's vectors.
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t size() const { return end - begin; }
};

enum class Binary : std::uint8_t {
  eq,
  ne,
  lt,
  le,
  gt,
  ge,
  bit_or,
  bit_xor,
  bit_and,
  shift_left,
  shift_right,
  add,
  sub,
  mul,
  div,
  floor_div,
  mod,
  matmul,
  pow
};
enum class Unary : std::uint8_t { minus, plus, invert };

/// One step of an expression: it takes its operands from a stack and leaves a value there.
struct Step {
  enum class Code : std::uint8_t {
    integer,
    real,
    boolean,
    none,
    ellipsis,
    string,
    dtype,
    name,  // a value
    tuple,
    list,       // of `count` values
    slice,      // of the parts that the bits of `detail` name: start 1, stop 2, step 4
    subscript,  // of a value and `count` indices
    call,       // of function `word` with `count` arguments
    keyword,    // makes the value on top the argument called `word`
    unary,
    binary  // `detail`: which
  };
  Code code = Code::none;
  std::uint8_t detail = 0;  // boolean: 0 or 1; dtype: which
  std::uint32_t count = 0;
  Place at;
  union {
    std::uint64_t integer = 0;
    double real;
    Word word;
  };
};

/// Values that a step takes from the stack.
std::uint32_t operands(const Step& step);

struct DimSyntax {
  Place at;
  Word name = {};  // empty: a number
  std::int64_t length = 0;
};

struct TypeSyntax {
  DType dtype = DType::float32;
  Place at;
  Range dims;
};

inline constexpr std::uint32_t no_type = ~std::uint32_t{0};

/// A variable's name where it is declared or assigned.
struct Name {
  Word word = {};
  Place at;
  std::uint32_t type = no_type;
};

struct Statement {
  enum class Kind : std::uint8_t {
    assign,  // targets = value
    loop,    // for targets[0] in range(value): the statements up to `end`
    result,  // return value
    text     // a docstring
  };
  Kind kind = Kind::assign;
  Place at;
  Range targets;          // in names
  Range value;            // in steps; of a loop: its arguments, one after another
  std::uint32_t end = 0;  // loop: the statement behind its last
};

struct Function {
  Name name;
  Range parameters;  // in names
  Range results;     // in types; empty: not stated
  Range statements;  // the last is a `result`
  bool states_results = false;
};

struct Syntax {
  std::vector<Function> functions;
  std::vector<Statement> statements;  // a loop's body stands behind it
  std::vector<Step> steps;
  std::vector<Name> names;
  std::vector<TypeSyntax> types;
  std::vector<DimSyntax> dims;
  std::string_view text;

  std::string_view operator[](Word word) const { return text.substr(word.offset, word.length); }
};

/// Reads a script's text.
///   guarantees  brackets, operators without brackets (-, ~, **) and blocks nested at most 256 deep; no
///               function twice, no parameter of a function twice; each function ends with its only return
///   throws      Error at the first place that is no script
///   memory      at most 100 bytes for each byte of the text
Syntax read_syntax(const ScriptText& script);

}  // namespace accrue
