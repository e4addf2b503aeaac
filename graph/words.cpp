#include "graph/words.h"

#include <algorithm>

#include "accrue/dtype.hpp"

namespace accrue {
namespace {

constexpr std::string_view reserved[] = {
    "False",    "None",   "True",  "and",  "as",     "assert",   "async",   "await", "break", "class",
    "continue", "def",    "del",   "elif", "else",   "except",   "finally", "for",   "from",  "global",
    "if",       "import", "in",    "is",   "lambda", "nonlocal", "not",     "or",    "pass",  "raise",
    "return",   "try",    "while", "with", "yield",  "inf",      "nan"};

}  // namespace

bool is_identifier(std::string_view text) {
  return !text.empty() && is_name_start(text.front()) && std::all_of(text.begin(), text.end(), is_name_part);
}

bool is_reserved(std::string_view word) {
  return std::find(std::begin(reserved), std::end(reserved), word) != std::end(reserved) ||
         parse_dtype(word).has_value();
}

std::vector<std::string_view> dtype_names() {
  std::vector<std::string_view> names;
  for (int i = 0; i < dtype_count; ++i) names.push_back(to_string(static_cast<DType>(i)));
  return names;
}

}  // namespace accrue
