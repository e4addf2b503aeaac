#include "graph/text/script_text.h"

#include <algorithm>
#include <limits>

#include "graph/nearest.h"

namespace accrue {
namespace {

constexpr std::size_t widest_line = 120;  // bytes; of a longer line only the part around the caret is shown
constexpr std::size_t shown_before = 60;

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return !continues_character(c); }));
}

// Bytes of the UTF-8 character that text begins with; 0 where it begins with none.
std::size_t character_bytes(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return 0;
  for (std::size_t i = 1; i < bytes; ++i)
    if (!continues_character(text[i])) return 0;
  const bool overlong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90);
  const bool surrogate = lead == 0xed && byte(1) >= 0xa0;
  const bool beyond = lead == 0xf4 && byte(1) >= 0x90;
  return overlong || surrogate || beyond ? 0 : bytes;
}

// The line with its unprintable bytes replaced, and the caret below byte `column`.
std::string line_and_caret(std::string_view line, std::size_t column) {
  std::size_t begin = 0, end = line.size();
  if (line.size() > widest_line) {
    begin = column > shown_before ? column - shown_before : 0;
    end = std::min(line.size(), begin + widest_line);
    while (begin < end && continues_character(line[begin])) ++begin;
  }
  std::string shown = begin > 0 ? "..." : "", below(shown.size(), ' ');
  for (std::size_t i = begin; i < end;) {
    const std::size_t bytes = character_bytes(line.substr(i, end - i));
    const bool printable = bytes > 1 || (bytes == 1 && (line[i] >= ' ' || line[i] == '\t'));
    if (printable)
      shown += line.substr(i, bytes);
    else
      shown += '?';
    if (i < column) below += line[i] == '\t' ? '\t' : ' ';
    i += std::max<std::size_t>(bytes, 1);
  }
  if (end < line.size()) shown += "...";
  return shown + '\n' + below + '^';
}

}  // namespace

std::string_view ScriptText::line_at(std::uint32_t line) const {
  std::size_t begin = 0;
  for (; line > 1 && begin < text.size(); --line) {
    begin = text.find_first_of("\r\n", begin);
    if (begin == std::string_view::npos) return {};
    begin += text.substr(begin, 2) == "\r\n" ? 2 : 1;
  }
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

ScriptError ScriptText::error(Place at, const std::string& message) const {
  const std::string_view line = line_at(at.line);
  const std::size_t column = std::min<std::size_t>(at.column - 1, line.size());
  const std::size_t shown_column = characters(line.substr(0, column)) + 1;
  const std::string place = file + ':' + std::to_string(at.line) + ':' + std::to_string(shown_column);
  const SourceLoc where{file.c_str(), static_cast<int>(at.line), static_cast<int>(shown_column)};
  return {place + ": error: " + message + '\n' + line_and_caret(line, column), message, where};
}

void ScriptText::fail(const std::string& message) const {
  throw ScriptError(file + ": error: " + message, message, SourceLoc{file.c_str(), 0, 0});
}

void ScriptText::check_encoding() const {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max()) fail("a script has less than 4 GiB");
  Place at;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t bytes = character_bytes(text.substr(i));
    if (bytes == 0) fail(at, "this byte is no UTF-8 text; a script is written in UTF-8");
    if (text[i] == '\0') fail(at, "a NUL byte; a script is plain text");
    const bool ends_line = text[i] == '\n' || (text[i] == '\r' && text.substr(i, 2) != "\r\n");
    at = ends_line ? Place{at.line + 1, 1} : Place{at.line, at.column + static_cast<std::uint32_t>(bytes)};
    i += bytes;
  }
}

std::string quoted(std::string_view word) {
  constexpr std::size_t longest = 40;
  return "'" + std::string(word.substr(0, longest)) + (word.size() > longest ? "...'" : "'");
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> names,
                         const std::string& otherwise) {
  const auto nearest = nearest_name(word, names);
  return nearest ? "; did you mean " + quoted(*nearest) + "?" : otherwise;
}

}  // namespace accrue
