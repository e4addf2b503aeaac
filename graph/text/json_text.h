// Pieces of JSON text.
#pragma once

#include <string>
#include <string_view>

namespace accrue {

/// The text in quotes, with what JSON does not take as it is escaped; bytes that are no UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

/// "[a, b]", each value as `to_json` writes it.
template <class List, class ToJson>
std::string json_list(const List& values, const ToJson& to_json, std::string_view separator = ", ") {
  std::string text = "[";
  for (const auto& value : values) {
    if (text.size() > 1) text += separator;
    text += to_json(value);
  }
  return text + "]";
}

/// The same, one value a line, inside an object whose members are indented by two.
template <class List, class ToJson>
std::string json_lines(const List& values, const ToJson& to_json) {
  return json_list(
      values, [&](const auto& value) { return "\n    " + to_json(value); }, ",");
}

}  // namespace accrue
