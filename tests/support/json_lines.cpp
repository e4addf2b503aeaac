#include "tests/support/json_lines.h"

#include <cctype>
#include <fstream>
#include <stdexcept>

namespace accrue::test {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Json value() {
    switch (peek()) {
      case '{': return object();
      case '[': return list();
      case '"': return {string()};
      case 't': return word("true", true);
      case 'f': return word("false", false);
      case 'n': return word("null", nullptr);
      default: return number();
    }
  }
  void end() {
    if (peek() != '\0') fail("the end of the line");
  }

 private:
  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(std::string(1, c));
  }
  [[noreturn]] void fail(const std::string& wanted) const {
    throw std::runtime_error("JSON: expected " + wanted + " at " + std::to_string(at_));
  }

  template <class T>
  Json word(std::string_view name, T meaning) {
    if (text_.substr(at_, name.size()) != name) fail(std::string(name));
    at_ += name.size();
    return {meaning};
  }

  Json number() {
    const std::size_t first = at_;
    while (at_ < text_.size() &&
           std::string_view("+-.0123456789eE").find(text_[at_]) != std::string_view::npos)
      ++at_;
    if (at_ == first) fail("a value");
    return {Json::Number{std::string(text_.substr(first, at_ - first))}};
  }

  std::string string() {
    expect('"');
    std::string s;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;  // the data escapes nothing but quotes and backslashes
      s += text_[at_];
    }
    expect('"');
    return s;
  }

  Json list() {
    Json::List items;
    expect('[');
    if (take(']')) return {items};
    do items.push_back(value());
    while (take(','));
    expect(']');
    return {std::move(items)};
  }

  Json object() {
    Json::Object members;
    expect('{');
    if (take('}')) return {members};
    do {
      peek();
      std::string name = string();
      expect(':');
      members.emplace_back(std::move(name), value());
    } while (take(','));
    expect('}');
    return {std::move(members)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

const Json* Json::find(std::string_view name) const {
  for (const auto& [key, member] : object())
    if (key == name) return &member;
  return nullptr;
}

const Json& Json::operator[](std::string_view name) const {
  const Json* member = find(name);
  if (member == nullptr) throw std::runtime_error("JSON: no member " + std::string(name));
  return *member;
}

std::int64_t Json::integer() const { return std::stoll(std::get<Number>(value).text); }

std::vector<std::int64_t> Json::integers() const {
  std::vector<std::int64_t> all;
  for (const Json& item : list()) all.push_back(item.integer());
  return all;
}

Json parse_json(std::string_view text) {
  Reader reader(text);
  Json value = reader.value();
  reader.end();
  return value;
}

std::vector<Json> read_json_lines(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::vector<Json> lines;
  for (std::string line; std::getline(file, line);)
    if (!line.empty()) lines.push_back(parse_json(line));
  return lines;
}

}  // namespace accrue::test
