// Script text in, dump or message out: the cases of golden/scripts.
#include "tests/support/script_cases.h"
#include "accrue/text.hpp"
#include "graph/text/builtins.h"
#include "tests/support/catch.h"
#include "tests/support/same_graph.h"
#include "tests/support/temporary_folder.h"

using namespace accrue;
using test::ScriptCase;

namespace {

ParsedScript read(const ScriptCase& c) {
  ParseOptions options;
  options.file = "f.acr";
  const std::size_t equals = c.option.find('=');
  if (equals != std::string::npos) {
    const std::string name = c.option.substr(0, equals), value = c.option.substr(equals + 1);
    if (name == "entry")
      options.entry = value;
    else
      options.dims[name] = std::stoll(value);
  }
  return parse(c.script, options);
}

const std::vector<ScriptCase> cases = test::all_script_cases(ACCRUE_TEST_DATA_DIR "/scripts");

bool is_message(const std::string& text) { return text.starts_with("f.acr:"); }

}  // namespace

TEST_CASE("what a script means, or what is wrong with it") {
  for (const ScriptCase& c : cases) {
    INFO(c.title << '\n' << c.script);
    std::string outcome;
    try {
      outcome = test::without_comments(print(read(c)));
    } catch (const Error& e) {
      outcome = std::string(e.what()) + '\n';
    }
    CHECK(outcome == c.expected);
  }
}

TEST_CASE("what a script means reads back as the same graph") {
  std::size_t good = 0;
  for (const ScriptCase& c : cases) {
    if (is_message(c.expected)) continue;
    ++good;
    INFO(c.title);
    const ParsedScript script = read(c);
    CHECK(test::round_trip_difference(script.graph, script.outputs) == "");
  }
  CHECK(good > 50);
}

TEST_CASE("an error knows its place apart from its text") {
  try {
    parse("def f(x: float32[2]):\n    # ü\n    return \"ü\" + cumsun(x)\n", {.file = "m.acr"});
    FAIL("no error");
  } catch (const Error& e) {
    CHECK(e.message() == "there is no operation or function 'cumsun'; did you mean 'cumsum'?");
    CHECK(e.file() == "m.acr");
    CHECK(e.line() == 3);
    CHECK(e.column() == 18);
  }
}

TEST_CASE("named dims are bound by the inputs' shapes, which must agree") {
  const char* const script = "def f(x: float32[n, 2], y: float32[n]):\n    return arange(n)\n";
  const auto outcome = [&](const Shape& x, const Shape& y) {
    try {
      return test::without_comments(
          print(parse(script, {.file = "f.acr", .input_shapes = {{"x", x}, {"y", y}}})));
    } catch (const Error& e) {
      return std::string(e.what());
    }
  };
  CHECK(outcome({3, 2}, {3}) ==
        "def f(x: float32[3, 2], y: float32[3]) -> int64[3]:\n"
        "    out0: int64[3] = arange(0, 3, 1, dtype=int64)\n"
        "    return out0\n");
  CHECK(outcome({3, 2}, {4}) ==
        "f.acr:1:36: error: dim 'n' is 4 by 'y', but 3 by 'x'\n"
        "def f(x: float32[n, 2], y: float32[n]):\n"
        "                                   ^");
  CHECK(outcome({3}, {3}) ==
        "f.acr:1:7: error: 'x' has 2 dims; the input given has shape [3]\n"
        "def f(x: float32[n, 2], y: float32[n]):\n"
        "      ^");
  CHECK_THROWS_WITH(parse(script, {.file = "f.acr", .dims = {{"n", 5}}, .input_shapes = {{"y", {4}}}}),
                    "f.acr:1:36: error: dim 'n' is 4 by 'y', but 5 by the length given for it\n"
                    "def f(x: float32[n, 2], y: float32[n]):\n"
                    "                                   ^");
}

TEST_CASE("constants outside the script are checked against what it states") {
  const auto data = std::make_shared<std::byte[]>(8);
  const std::shared_ptr<const std::byte> bytes(data, data.get());
  const auto outcome = [&](const std::string& arguments) {
    const ParseOptions options = {.file = "f.acr", .load_constant = [&](const std::string& place) {
                                    if (place != "c.npz:a") throw Error("load_npy: no '" + place + "'");
                                    return SidecarConstant{"a", float32, {2}, bytes};
                                  }};
    try {
      return test::without_comments(
          print(parse("def f():\n    return constant(" + arguments + ")\n", options)));
    } catch (const Error& e) {
      return std::string(e.what());
    }
  };
  CHECK(outcome("\"c.npz:a\", dtype=float32, shape=(2,)") ==
        "def f() -> float32[2]:\n"
        "    out0: float32[2] = constant([0.0, 0.0], dtype=float32)\n"
        "    return out0\n");
  CHECK(outcome("\"c.npz:a\", dtype=int32, shape=(2,)") ==
        "f.acr:2:21: error: constant: \"c.npz:a\" is float32[2], not int32[2]\n"
        "    return constant(\"c.npz:a\", dtype=int32, shape=(2,))\n"
        "                    ^");
  CHECK(outcome("\"c.npz:a\"") ==
        "f.acr:2:21: error: constant: a constant outside the script needs its dtype and shape here\n"
        "    return constant(\"c.npz:a\")\n"
        "                    ^");
  CHECK(outcome("\"c.npz:b\", dtype=float32, shape=(2,)") ==
        "f.acr:2:12: error: load_npy: no 'c.npz:b'\n"
        "    return constant(\"c.npz:b\", dtype=float32, shape=(2,))\n"
        "           ^");
}

TEST_CASE("examples/README.md names every operation") {
  const std::string readme = test::read_bytes(ACCRUE_EXAMPLES_DIR "/README.md");
  const auto is_word_at = [&](std::size_t at, std::size_t length) {
    const auto is_edge = [](char c) { return std::string_view("` (").find(c) != std::string_view::npos; };
    return is_edge(readme[at - 1]) && is_edge(readme[at + length]);
  };
  for (const std::string_view name : builtin_names()) {
    INFO(name);
    std::size_t at = readme.find(name);
    while (at != std::string::npos && !is_word_at(at, name.size())) at = readme.find(name, at + 1);
    CHECK(at != std::string::npos);
  }
}
