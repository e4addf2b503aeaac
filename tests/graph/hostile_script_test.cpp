// Scripts that mean harm: an Error with its place or a graph, in time and memory that the text justifies.
#include <sys/resource.h>

#include "accrue/text.hpp"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"
#include "tests/support/same_graph.h"
#include "tests/support/script_cases.h"

using namespace accrue;
using test::message_of;

namespace {

const std::string head = "def f(x: float32[2]):\n";

// What comes of a script: "ok", or the message.
std::string outcome(const std::string& script) {
  const std::string message = message_of([&] { parse(script, {.file = "f.acr"}); });
  return message == "no error" ? "ok" : message;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string nested(const std::string& open, const std::string& inner, const std::string& close,
                   std::size_t times) {
  return head + "    y = " + repeated(open, times) + inner + repeated(close, times) + "\n    return x\n";
}

// The most memory that this process has had, in MiB.
long peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

constexpr const char* too_large = "more than 4194304 operations, loops unrolled and calls inlined";

}  // namespace

TEST_CASE("line ends, a byte order mark, no last newline") {
  const std::string script = head + "    y = x + 1\n    return y\n";
  std::string windows, old_mac;
  for (char c : script) {
    windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
    old_mac += c == '\n' ? '\r' : c;
  }
  const std::string dump = print(parse(script));
  CHECK(print(parse(windows)) == dump);
  CHECK(print(parse(old_mac)) == dump);
  CHECK(print(parse("\xef\xbb\xbf" + script)) == dump);
  CHECK(print(parse(script.substr(0, script.size() - 1))) == dump);
  CHECK(outcome("\xef\xbb\xbf") ==
        "f.acr: error: no function; a script holds at least one: def f(x: float32[4]): ...");
  CHECK(outcome("") == "f.acr: error: no function; a script holds at least one: def f(x: float32[4]): ...");
  CHECK(outcome("def f(x: float32[2]):\r\n    return y\r\n") ==
        "f.acr:2:12: error: 'y' is not defined\n"
        "    return y\n"
        "           ^");
}

TEST_CASE("bytes that are no text") {
  using namespace std::string_literals;
  CHECK(outcome(head + "    # ü \0\n    return x\n"s) ==
        "f.acr:2:9: error: a NUL byte; a script is plain text\n"
        "    # ü ?\n"
        "        ^");
  CHECK(outcome(head + "    return x # \xff\n") ==
        "f.acr:2:16: error: this byte is no UTF-8 text; a script is written in UTF-8\n"
        "    return x # ?\n"
        "               ^");
  for (const char* bytes : {"\x80", "\xc3", "\xc3(", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                            "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80"})
    CHECK(first_line(outcome(head + "    # " + bytes)) ==
          "f.acr:2:7: error: this byte is no UTF-8 text; a script is written in UTF-8");
  for (const char* bytes :
       {"\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    CHECK(outcome(head + "    return x  # " + bytes) == "ok");
}

TEST_CASE("brackets and operators nest 256 deep") {
  const std::string deeper = "brackets and operators are nested more than 256 deep";
  const auto place = [&](std::size_t column) {
    return "f.acr:2:" + std::to_string(column) + ": error: " + deeper;
  };
  for (std::size_t times : {257, 200000}) {
    CHECK(first_line(outcome(nested("(", "x", ")", times))) == place(9 + 256));
    CHECK(first_line(outcome(nested("[", "x", "]", times))) == place(9 + 256));
    CHECK(first_line(outcome(nested("-", "x", "", times))) == place(9 + 256));
    CHECK(first_line(outcome(nested("neg(", "x", ")", times))) == place(9 + 4 * 256 + 3));
    CHECK(first_line(outcome(nested("x[", "0", "]", times))) == place(9 + 2 * 256 + 1));
    CHECK(first_line(outcome(nested("x**", "x", "", times))) == place(9 + 3 * 256 + 1));
  }
  for (const std::string open : {"(", "-", "neg(", "x**"})
    CHECK(outcome(nested(open, "x", open.ends_with('(') ? ")" : "", 256)) == "ok");
  CHECK(first_line(outcome(head + "    y = " + repeated("(", 200000))) == place(9 + 256));
  CHECK(first_line(outcome(head + "    y = x" + repeated(")", 200000))) ==
        "f.acr:2:10: error: expected the end of the line after an assignment, found ')'");
}

TEST_CASE("blocks nest 256 deep") {
  const auto loops = [](std::size_t count) {
    std::string script = head, indentation = "    ";
    for (std::size_t i = 0; i < count; ++i, indentation += ' ')
      script += indentation + "for i in range(1):\n";
    return script + indentation + "x = x + 1\n    return x\n";
  };
  CHECK(outcome(loops(255)) == "ok");
  CHECK(first_line(outcome(loops(256))) == "f.acr:258:261: error: blocks are nested more than 256 deep");
}

TEST_CASE("long names, numbers, strings, comments") {
  const std::string name(65536, 'n');
  CHECK(outcome("def f(" + name + ": float32[2]):\n    return " + name + "\n") == "ok");
  CHECK(
      outcome("def f(x: float32[2]):\n    return x + " + name + "\n")
          .starts_with("f.acr:2:16: error: 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...' is not defined\n"));
  CHECK(first_line(outcome("def f(x: " + name + "[2]):\n    return x\n")) ==
        "f.acr:1:10: error: 'nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn...' is no dtype; there are "
        "bool, int8 .. int64, uint8 .. uint64, float16, bfloat16, float32, float64");
  CHECK(first_line(outcome(head + "    return x + 1" + std::string(65536, '0') + "\n")) ==
        "f.acr:2:16: error: '1000000000000000000000000000000000000000...' is beyond 64 bits; "
        "integers reach from -9223372036854775808 to 18446744073709551615");
  CHECK(outcome(head + "    return x + 0." + std::string(65536, '0') + "1e65537\n") == "ok");
  CHECK(outcome(head + "    \"\"\"" + name + "\"\"\"\n    return x\n") == "ok");
}

TEST_CASE("a line of 100 MB") {
  const std::size_t length = 100'000'000;
  const std::string comment = head + "    return x  # " + std::string(length, 'c');
  const std::string name = head + "    return " + std::string(length, 'n');
  const long before = peak_mebibytes();
  CHECK(outcome(comment) == "ok");
  CHECK(outcome(name).size() < 1000);
  CHECK(peak_mebibytes() - before < 100);
}

TEST_CASE("10^6 statements are read, printed and read again", "[slow]") {
  std::string script = head;
  for (int i = 0; i < 1'000'000; ++i) script += "    x = x + 1\n";
  const ParsedScript read = parse(script + "    return x\n");
  const std::string dump = print(read);
  CHECK(dump.find("add(t999998, 1.0)") != std::string::npos);
  const ParsedScript again = parse(dump);
  CHECK(test::graph_difference(read.graph, read.outputs, again.graph, again.outputs) == "");
}

TEST_CASE("loops and calls stop at 4,194,304 operations", "[slow]") {
  const auto error_at = [](const std::string& script) { return first_line(outcome(script)); };
  CHECK(error_at(head + "    for i in range(1000000000):\n        x = x + i\n    return x\n") ==
        std::string("f.acr:3:15: error: ") + too_large);
  std::string loops = head, indentation = "    ";
  for (const char* variable : {"a", "b", "c", "d", "e", "g", "h", "i"}) {
    loops += indentation + "for " + variable + " in range(1000):\n";
    indentation += "    ";
  }
  CHECK(error_at(loops + indentation + "x = x\n    return x\n") ==
        std::string("f.acr:10:37: error: ") + too_large);
  CHECK(error_at(
            head +
            "    for i in range(9223372036854775807):\n        for j in range(0): x = x\n    return x\n") ==
        std::string("f.acr:3:9: error: ") + too_large);
  std::string calls = "def f0(x):\n    return x + 1\n";
  for (int i = 1; i <= 60; ++i) {
    const std::string callee = "f" + std::to_string(i - 1) + "(x)";
    calls +=
        "def f" + std::to_string(i) + "(x):\n    a = " + callee + "\n    b = " + callee + "\n    return a\n";
  }
  CHECK(error_at(calls + "def f(x: float32[2]):\n    return f60(x)\n").ends_with(too_large));
  CHECK(error_at("def g(x: float32[n]):\n    for i in range(n):\n        for j in range(n):\n            x = "
                 "x + i * n + j\n"
                 "    return x\ndef f(x: float32[100000]):\n    return g(x)\n")
            .ends_with(too_large));
}

TEST_CASE("tuples that double stop at a size") {
  std::string script = head + "    t = (1, 2)\n";
  for (int i = 0; i < 60; ++i) script += "    t = (t, t)\n";
  CHECK(first_line(outcome(script + "    return t\n")) ==
        "f.acr:24:9: error: a tuple of more than 4194304 values");
}

TEST_CASE("calls nest 256 deep") {
  std::string script = "def f0(x):\n    return x + 1\n";
  for (int i = 1; i <= 300; ++i)
    script += "def f" + std::to_string(i) + "(x):\n    return f" + std::to_string(i - 1) + "(x)\n";
  const auto called = [&](int i) {
    return script + "def f(x: float32[2]):\n    return f" + std::to_string(i) + "(x)\n";
  };
  CHECK(outcome(called(255)) == "ok");
  CHECK(first_line(outcome(called(256))) ==
        "f.acr:4:12: error: calls and loops are nested more than 256 deep");
}

namespace {

// An Error, or a graph that prints and parses to itself.
void require_error_or_graph(const std::string& script) {
  ParsedScript read;
  try {
    read = parse(script, {.file = "f.acr"});
  } catch (const Error& e) {
    if (!std::string_view(e.what()).starts_with("f.acr:")) FAIL_CHECK(e.what() << "\nin\n" << script);
    return;
  }
  const std::string difference = test::round_trip_difference(read.graph, read.outputs);
  if (!difference.empty()) FAIL_CHECK(difference << "\nof\n" << script);
}

}  // namespace

TEST_CASE("good and bad scripts cut at every byte and with each byte changed") {
  for (const test::ScriptCase& c : test::all_script_cases(ACCRUE_TEST_DATA_DIR "/scripts")) {
    for (std::size_t i = 0; i < c.script.size(); ++i) {
      require_error_or_graph(c.script.substr(0, i));
      for (int change : {0x01, 0x08, 0x20, 0x80}) {
        std::string changed = c.script;
        changed[i] = static_cast<char>(changed[i] ^ change);
        require_error_or_graph(changed);
      }
    }
  }
  SUCCEED("no crash");
}
