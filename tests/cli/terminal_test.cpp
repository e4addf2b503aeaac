// What the command says to a terminal, and to none.
#include "tests/cli/command.h"
#include "tests/support/catch.h"

using accrue::test::Outcome;
using accrue::test::Workplace;

namespace {

constexpr const char* model = "def model():\n    return cumsum(constant([1, 2, 3]), dim=0)\n";
constexpr const char* result = "out0: int64[3]\n[1 3 6]\n";
constexpr const char* result_on_terminal = "out0: int64[3]\r\n[1 3 6]\r\n";

// The script comes late, so that reading it is work that takes long.
const std::string slowly = "(sleep 2.5; cat model.acr) | ";

struct Prepared : Workplace {
  Prepared() { write("model.acr", model); }
};

}  // namespace

TEST_CASE("a terminal is told what takes longer than two seconds") {
  const Prepared work;
  CHECK(work.shown_on_terminal(slowly + "$ACCRUE run -") ==
        std::string("accrue: parse, for 2 seconds so far\r\n") + result_on_terminal);
}

TEST_CASE("a terminal is told nothing of what is quick, and gets no colours") {
  const Prepared work;
  CHECK(work.shown_on_terminal("$ACCRUE run model.acr") == result_on_terminal);
  CHECK(work.shown_on_terminal("TERM=xterm-256color $ACCRUE --help").find('\033') == std::string::npos);
  CHECK(work.shown_on_terminal("TERM=xterm-256color $ACCRUE run none.acr") ==
        "accrue: error: cannot read script 'none.acr': No such file or directory\r\n");
}

TEST_CASE("where standard error is no terminal, nothing is told but errors") {
  const Prepared work;
  CHECK(work.shown_on_terminal(slowly + "$ACCRUE run - 2>told") == result_on_terminal);
  CHECK(work.read("told") == "");
}
