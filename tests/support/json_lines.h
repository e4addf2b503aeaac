// A reader for the golden data: one JSON value a line. For files of our own; it knows no error recovery.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace accrue::test {

/// A JSON value. A number keeps its text, so that 64-bit integers stay exact.
struct Json {
  struct Number {
    std::string text;
  };
  using List = std::vector<Json>;
  using Object = std::vector<std::pair<std::string, Json>>;
  std::variant<std::nullptr_t, bool, Number, std::string, List, Object> value = nullptr;

  /// The member of that name, or null.
  const Json* find(std::string_view name) const;
  /// The same, where it must be there. throws std::runtime_error
  const Json& operator[](std::string_view name) const;

  const std::string& text() const { return std::get<std::string>(value); }
  const List& list() const { return std::get<List>(value); }
  const Object& object() const { return std::get<Object>(value); }
  std::int64_t integer() const;
  std::vector<std::int64_t> integers() const;
};

/// throws std::runtime_error: the text is no JSON value
Json parse_json(std::string_view text);

/// Every line of a file.
std::vector<Json> read_json_lines(const std::string& path);

}  // namespace accrue::test
