#include "src/npy_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "accrue/error.hpp"
#include "src/geometry.h"

namespace accrue {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

[[noreturn]] void refuse(const std::string& what) { throw Error(what); }

// Bytes of the file as a message may show them: no controls, no end of a terminal line, not too many.
std::string printable(std::string_view bytes) {
  constexpr std::size_t most = 60;
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  for (char c : bytes.substr(0, most)) {
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x20 && code < 0x7f)
      text += c;
    else
      text += {'\\', 'x', hex[code >> 4], hex[code & 15]};
  }
  return bytes.size() > most ? text + "..." : text;
}

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A view on the text with a place in it.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  std::size_t place() const { return at_; }
  std::string_view since(std::size_t begin) const { return text_.substr(begin, at_ - begin); }
  void advance() { ++at_; }
  void skip_space() {
    while (!at_end() && is_space(peek())) advance();
  }
  bool accept(char c) {
    skip_space();
    if (peek() != c || at_end()) return false;
    advance();
    return true;
  }
  void expect(char c, const char* what) {
    if (!accept(c)) syntax_error(what);
  }
  [[noreturn]] void syntax_error(const char* expected) const {
    refuse(std::string("header is not a dict of literals: ") + expected + " expected at its byte " +
           std::to_string(at_) + ", found " +
           (at_end() ? "its end" : "'" + printable(text_.substr(at_, 8)) + "'"));
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

// A string literal; gives what stands between the quotes. Escapes are passed over, not decoded: no name that
// is looked for needs one.
std::string_view scan_string(Scanner& in) {
  in.skip_space();
  const char quote = in.peek();
  if (quote != '\'' && quote != '"') in.syntax_error("a string");
  in.advance();
  const std::size_t begin = in.place();
  while (in.peek() != quote || in.at_end()) {
    if (in.peek() == '\\') in.advance();
    if (in.at_end()) in.syntax_error("the end of a string");
    in.advance();
  }
  const std::string_view content = in.since(begin);
  in.advance();
  return content;
}

// Passes over one value, whatever literal it is; gives its text. Brackets may nest a few deep; nothing
// recurses.
std::string_view scan_value(Scanner& in) {
  constexpr std::size_t deepest = 16;
  std::array<char, deepest> closers{};
  std::size_t depth = 0;
  in.skip_space();
  const std::size_t begin = in.place();
  for (;;) {
    const char c = in.peek();
    if (in.at_end()) in.syntax_error("the end of a value");
    if (depth == 0 && (c == ',' || c == '}')) break;
    if (c == '\'' || c == '"') {
      scan_string(in);
      continue;
    }
    if (c == '(' || c == '[' || c == '{') {
      if (depth == deepest)
        refuse("header holds a value nested deeper than " + std::to_string(deepest) + " brackets");
      closers[depth++] = c == '(' ? ')' : c == '[' ? ']' : '}';
    } else if (c == ')' || c == ']' || c == '}') {
      if (depth == 0 || closers[--depth] != c) in.syntax_error("another bracket");
    }
    in.advance();
  }
  std::string_view value = in.since(begin);
  while (!value.empty() && is_space(value.back())) value.remove_suffix(1);
  if (value.empty()) in.syntax_error("a value");
  return value;
}

// The texts of the three values.
struct Entries {
  std::optional<std::string_view> descr, fortran_order, shape;
};

std::optional<std::string_view>* entry_of(Entries& entries, std::string_view key) {
  if (key == "descr") return &entries.descr;
  if (key == "fortran_order") return &entries.fortran_order;
  if (key == "shape") return &entries.shape;
  return nullptr;
}

Entries scan_dict(Scanner& in) {
  Entries entries;
  in.expect('{', "'{'");
  while (!in.accept('}')) {
    const std::string_view key = scan_string(in);
    std::optional<std::string_view>* entry = entry_of(entries, key);
    if (entry == nullptr)
      refuse("header has the unknown key '" + printable(key) +
             "'; descr, fortran_order and shape are expected");
    if (entry->has_value()) refuse("header has the key '" + printable(key) + "' twice");
    in.expect(':', "':'");
    *entry = scan_value(in);
    if (in.accept(',')) continue;
    in.expect('}', "',' or '}'");
    break;
  }
  in.skip_space();
  if (!in.at_end()) in.syntax_error("nothing after the dict");
  for (std::string_view key : {"descr", "fortran_order", "shape"})
    if (!entry_of(entries, key)->has_value()) refuse("header lacks the key '" + std::string(key) + "'");
  return entries;
}

bool parse_fortran_order(std::string_view value) {
  if (value != "True" && value != "False")
    refuse("fortran_order is " + printable(value) + "; True or False is expected");
  return value == "True";
}

// One integer of a shape, as Python 2 or 3 writes it; nothing where something else stands there.
std::optional<std::string_view> scan_integer(Scanner& in) {
  in.skip_space();
  const std::size_t begin = in.place();
  if (in.peek() == '-' || in.peek() == '+') in.advance();
  const std::size_t first_digit = in.place();
  while (is_digit(in.peek())) in.advance();
  if (in.place() == first_digit) return std::nullopt;
  const std::string_view text = in.since(begin);
  if (in.peek() == 'L') in.advance();
  return text;
}

std::int64_t dim_of(std::string_view text) {
  std::int64_t dim = 0;
  const std::string_view digits = text.substr(text.front() == '+' ? 1 : 0);
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), dim);
  if (text.front() == '-') refuse("shape holds the negative dim " + printable(text) + "; dims are 0 or more");
  if (result.ec != std::errc{}) refuse("shape holds the dim " + printable(text) + "; dims are below 2^63");
  return dim;
}

Shape parse_shape(std::string_view value) {
  const auto not_a_tuple = [&] {
    refuse("shape is " + printable(value) + "; a tuple of integers is expected");
  };
  Scanner in(value);
  if (!in.accept('(')) not_a_tuple();
  std::vector<std::string_view> dims;
  bool comma = true;
  while (!in.accept(')')) {
    const auto integer = comma ? scan_integer(in) : std::nullopt;
    if (!integer) not_a_tuple();
    dims.push_back(*integer);
    comma = in.accept(',');
  }
  in.skip_space();
  if (!in.at_end() || (dims.size() == 1 && !comma)) not_a_tuple();  // (2) is an integer
  Shape shape;
  for (std::string_view dim : dims) shape.push_back(dim_of(dim));
  return shape;
}

struct Descr {
  std::string_view code;  // kind and bytes
  DType dtype;
};
constexpr Descr descrs[] = {{"b1", DType::boolean}, {"i1", DType::int8},    {"i2", DType::int16},
                            {"i4", DType::int32},   {"i8", DType::int64},   {"u1", DType::uint8},
                            {"u2", DType::uint16},  {"u4", DType::uint32},  {"u8", DType::uint64},
                            {"f2", DType::float16}, {"f4", DType::float32}, {"f8", DType::float64},
                            {"V2", DType::bfloat16}};

DType parse_descr(std::string_view value) {
  Scanner in(value);
  if (in.peek() != '\'' && in.peek() != '"')
    refuse("dtype " + printable(value) + " is structured; one of bool, integers and floats is expected");
  std::string_view code = scan_string(in);
  const std::string shown = "dtype '" + printable(code) + "'";
  if (!in.at_end()) refuse("dtype " + printable(value) + " is not one string");
  const char order = code.empty() ? '\0' : code.front();
  if (order == '<' || order == '>' || order == '=' || order == '|') code.remove_prefix(1);
  if (code == "O") refuse(shown + " holds pickled Python objects, which are never read");
  const auto* found =
      std::find_if(std::begin(descrs), std::end(descrs), [&](const Descr& d) { return d.code == code; });
  const bool is_void = found != std::end(descrs) && found->dtype == bfloat16;
  if (found == std::end(descrs) || (is_void && order != '<' && order != '>'))
    refuse(shown +
           " is not one of bool ('|b1'), int8 .. uint64 ('<i4'), float16 .. float64 ('<f4') and bfloat16 "
           "('<V2')");
  if (order == '>' && byte_width(found->dtype) > 1)
    refuse(shown + " is big-endian; only little-endian is read");
  return found->dtype;
}

}  // namespace

NpyPreamble parse_npy_preamble(std::string_view first_bytes) {
  const auto require = [&](std::size_t wanted) {
    if (first_bytes.size() < wanted)
      refuse("truncated: " + std::to_string(wanted) + " bytes of magic, version and header length wanted, " +
             std::to_string(first_bytes.size()) + " found");
  };
  if (!first_bytes.empty() && !magic.starts_with(first_bytes.substr(0, magic.size())))
    refuse("not an .npy file: it begins with '" + printable(first_bytes.substr(0, magic.size())) +
           "', not with '" + printable(magic) + "'");
  require(magic.size() + 4);
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(first_bytes[i]));
  };
  const std::size_t major = byte(6), minor = byte(7);
  if (major < 1 || major > 3 || minor != 0)
    refuse("version " + std::to_string(major) + "." + std::to_string(minor) + "; 1.0, 2.0 and 3.0 are read");
  NpyPreamble preamble{10, byte(8) | byte(9) << 8};
  if (major > 1) {
    require(longest_preamble);
    preamble = {12, preamble.header_bytes | byte(10) << 16 | byte(11) << 24};
  }
  if (preamble.header_bytes > longest_header)
    refuse("header of " + std::to_string(preamble.header_bytes) + " bytes; at most " +
           std::to_string(longest_header) + " are read");
  return preamble;
}

NpyHeader parse_npy_header(std::string_view text) {
  Scanner in(text);
  const Entries entries = scan_dict(in);
  NpyHeader header;
  header.fortran_order = parse_fortran_order(*entries.fortran_order);
  header.shape = parse_shape(*entries.shape);
  header.dtype = parse_descr(*entries.descr);
  const std::string fault = shape_fault(header.dtype, header.shape);
  if (!fault.empty()) refuse(fault);
  return header;
}

std::string npy_header_text(DType dtype, const Shape& shape) {
  const auto* descr =
      std::find_if(std::begin(descrs), std::end(descrs), [&](const Descr& d) { return d.dtype == dtype; });
  std::string dims;
  for (std::size_t i = 0; i < shape.size(); ++i) dims += (i > 0 ? ", " : "") + std::to_string(shape[i]);
  if (shape.size() == 1) dims += ',';
  std::string text = "{'descr': '";
  text += byte_width(dtype) == 1 ? '|' : '<';
  text += descr->code;
  text += "', 'fortran_order': False, 'shape': (" + dims + "), }";
  constexpr std::size_t preamble_bytes = 10, unit = 64;
  text.append(unit - 1 - (preamble_bytes + text.size()) % unit, ' ');
  text += '\n';
  std::string whole(magic);
  whole += {'\x01', '\x00', static_cast<char>(text.size() & 0xFF), static_cast<char>(text.size() >> 8)};
  return whole + text;
}

}  // namespace accrue
