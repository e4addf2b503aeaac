#include "accrue/error.hpp"

namespace accrue {
namespace {

std::string with_place(const std::string& message, const SourceLoc& where) {
  if (where.file == nullptr || *where.file == '\0') return message;
  std::string text = message + "\n  at " + where.file;
  if (where.line <= 0) return text;
  text += ':' + std::to_string(where.line);
  if (where.column > 0) text += ':' + std::to_string(where.column);
  return text;
}

}  // namespace

Error::Error(std::string message, SourceLoc where) : Error(with_place(message, where), message, where) {}

Error::Error(const std::string& text, std::string message, SourceLoc where)
    : std::runtime_error(text),
      message_(std::move(message)),
      file_(where.file == nullptr ? "" : where.file),
      line_(where.line),
      column_(where.column) {}

}  // namespace accrue
