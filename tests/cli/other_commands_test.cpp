// accrue dump, check, bench, info, --help and --version.
#include "accrue/npy.hpp"
#include "tests/cli/command.h"
#include "tests/support/catch.h"
#include "tests/support/json_lines.h"

using namespace accrue;
using accrue::test::Json;
using accrue::test::Outcome;
using accrue::test::Workplace;

namespace {

constexpr const char* model =
    "def model(x: uint8[n]):\n"
    "    y = cumsum(x, dim=0)\n"
    "    return y\n";

struct Prepared : Workplace {
  Prepared() { write("model.acr", model); }
  std::string dump(const std::string& arguments) const {
    const Outcome outcome = run("dump model.acr " + arguments);
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.err == "");
    return outcome.out;
  }
};

}  // namespace

TEST_CASE("dump prints each stage") {
  const Prepared work;
  const std::string graph =
      "def model(x: uint8[4]) -> int64[4]:\n"
      "    y: int64[4] = cumsum(x, dim=0, dtype=int64)   # model.acr:2\n"
      "    return y\n";
  CHECK(work.dump("--dim n=4") == graph);
  CHECK(work.dump("--dim n=4 --stage rewrite") == graph);
  const std::string kernels = work.dump("--dim n=4 --stage fuse");
  CHECK(kernels ==
        "kernel k0: outer 1 x axis 4 x inner 1; reads 4 bytes, writes 32 bytes\n"
        "  # cumsum: one pass along the axis\n"
        "  v0: uint8 = load x: uint8[4] at [i0]\n"
        "  v1: int64 = cumsum(v0)\n"
        "  store (v1) to y: int64[4] at [i0]\n");
  CHECK(work.dump("--dim n=4 --stage plan").starts_with(kernels + "slot s0: input, 4 bytes\n"));
}

TEST_CASE("dump states the lengths that it made up") {
  const Prepared work;
  CHECK_THAT(work.dump(""), ContainsSubstring("# n = 1000 (a stand-in)\ndef model(x: uint8[1000])"));
}

TEST_CASE("dump binds named dims by input files") {
  const Prepared work;
  work.write("x.npy", Tensor::zeros(uint8, {7}));
  CHECK_THAT(work.dump("--in x=x.npy"), ContainsSubstring("def model(x: uint8[7])"));
}

TEST_CASE("what dump prints reads back") {
  const Prepared work;
  const std::string text = work.dump("--dim n=4");
  const Outcome again = work.run("dump -", "", text);
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.out, ContainsSubstring("y: int64[4] = cumsum(x, dim=0, dtype=int64)"));
}

TEST_CASE("dump as JSON has the keys of its stage") {
  const Prepared work;
  const auto keys = [&](const std::string& stage) {
    const Json dump = test::parse_json(work.dump("--dim n=4 --format json --stage " + stage));
    std::string names;
    for (const auto& member : dump.object()) names += member.first + " ";
    return names;
  };
  CHECK(keys("build") == "graph ");
  CHECK(keys("rewrite") == "graph stages ");
  CHECK(keys("fuse") == "graph kernels not_fused stages ");
  CHECK(keys("plan") == "graph kernels not_fused slots memory stages ");
}

TEST_CASE("dump as JSON says what the text says") {
  const Prepared work;
  const Json plan = test::parse_json(work.dump("--dim n=4 --format json --stage plan"));
  const Json& node = plan["graph"]["nodes"].list()[1];
  CHECK(node["op"].text() == "cumsum");
  CHECK(node["name"].text() == "y");
  CHECK(node["dtype"].text() == "int64");
  CHECK(node["attributes"]["dim"].text() == "0");
  CHECK(node["bytes"].integer() == 32);
  CHECK(node["where"]["line"].integer() == 2);
  const Json& kernel = plan["kernels"].list()[0];
  CHECK(kernel["id"].text() == "k0");
  CHECK(kernel["bytes_read"].integer() == 4);
  CHECK(kernel["bytes_written"].integer() == 32);
  CHECK(kernel["loads"].list()[0]["buffer"].text() == "x");
  CHECK(plan["slots"].list()[1]["kind"].text() == "out");
  CHECK(plan["memory"]["planned_peak_bytes"].integer() == 36);
}

TEST_CASE("dump for Graphviz") {
  const Prepared work;
  CHECK(work.dump("--dim n=4 --format dot") ==
        "digraph \"model\" {\n"
        "  n0 [shape=ellipse, label=\"x\"];\n"
        "  n1 [shape=box, label=\"cumsum\\ndim=0, dtype=int64\"];\n"
        "  n0 -> n1 [label=\"uint8[4]\"];\n"
        "  out0 [shape=ellipse, label=\"y\"];\n"
        "  n1 -> out0 [label=\"int64[4]\"];\n"
        "}\n");
  CHECK(work.dump("--dim n=4 --format dot --stage plan") ==
        "digraph \"model\" {\n"
        "  b0 [shape=ellipse, label=\"x\\nuint8[4]\\nslot s0, 4 bytes\"];\n"
        "  b1 [shape=ellipse, label=\"y\\nint64[4]\\nslot s1, 32 bytes\"];\n"
        "  k0 [shape=box, label=\"k0\\ncumsum\"];\n"
        "  b0 -> k0;\n"
        "  k0 -> b1;\n"
        "}\n");
}

TEST_CASE("dump to a file puts large constants beside it, and both read back") {
  const Workplace work;
  std::string list = "0";
  for (int i = 1; i < 1200; ++i) list += ", " + std::to_string(i);
  work.write("large.acr", "def large():\n    return cumsum(constant([" + list + "], dtype=int32), dim=0)\n");
  CHECK(work.run("dump large.acr -o dumped.acr").exit_code == 0);
  CHECK_THAT(work.read("dumped.acr"), ContainsSubstring("constant(\"dumped.npz:c0\""));
  CHECK(work.run("run dumped.acr").out == work.run("run large.acr").out);
}

TEST_CASE("dump: stages and formats that there are not") {
  const Prepared work;
  const auto message = [&](const std::string& arguments) {
    const Outcome outcome = work.run("dump model.acr " + arguments);
    CHECK(outcome.exit_code == 2);
    return outcome.err;
  };
  CHECK(message("--stage lower") ==
        "accrue: error: --stage: 'lower' is none of build, rewrite, fuse, plan, source\n");
  CHECK(message("--stage source --format dot") == "accrue: error: --format: 'dot' is none of text, cuda\n");
  CHECK(message("--format html") ==
        "accrue: error: --format html: this build has none; there are text, dot, json\n");
}

TEST_CASE("check compares with the reference") {
  const Prepared work;
  const Outcome outcome = work.run("check model.acr --seed 3");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == "cpu, fused: equal to the reference\ncpu, unfused: equal to the reference\n");
}

TEST_CASE("check allows functions with a stated error their last digits") {
  const Workplace work;
  work.write("soft.acr", "def soft(x: float32[3, 50]):\n    return softmax(x, 1), matmul(x, x[0])\n");
  CHECK(work.run("check soft.acr").exit_code == 0);
}

TEST_CASE("bench prints one line") {
  const Prepared work;
  const Outcome outcome = work.run("bench model.acr --dim n=1000 --repeat 3");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.starts_with("median "));
  CHECK_THAT(outcome.out, ContainsSubstring(" ns/element, "));
  CHECK_THAT(outcome.out, ContainsSubstring(" GB/s, "));
  CHECK(outcome.out.ends_with(" of copy\n"));
  CHECK(work.run("bench model.acr --dim n=0").err ==
        "accrue: error: bench: every input and output of the script is empty\n");
}

TEST_CASE("info") {
  const Workplace work;
  const Outcome outcome = work.run("info", "ACCRUE_THREADS=3");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out.starts_with("accrue 0.1.0\ninstruction set: "));
  CHECK_THAT(outcome.out, ContainsSubstring("\nthreads: 3\n"));
  CHECK_THAT(outcome.out, ContainsSubstring(
                              "\nCUDA unavailable: the CUDA driver was looked for where ACCRUE_LIBCUDA says, "
                              "in /no/libcuda.so.1, which is not there\n"));
  CHECK_THAT(outcome.out, ContainsSubstring("\n  scan_algebra\n"));
  CHECK_THAT(outcome.out, ContainsSubstring("\n  ACCRUE_THREADS = 3\n"));
}

TEST_CASE("every subcommand's help has an example") {
  const Workplace work;
  for (const std::string command : {"", "run", "dump", "check", "bench", "info"}) {
    const Outcome outcome = work.run(command + " --help");
    CHECK(outcome.exit_code == 0);
    CHECK_THAT(outcome.out, ContainsSubstring("Example:\n  accrue " + (command.empty() ? "run" : command)));
  }
}

TEST_CASE("version of the command") {
  const Workplace work;
  const Outcome outcome = work.run("--version");
  CHECK(outcome.exit_code == 0);
  CHECK(outcome.out == "accrue 0.1.0\n");
}
