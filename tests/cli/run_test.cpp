// accrue run: results, files, exit codes and messages.
#include "accrue/npy.hpp"
#include "tests/cli/command.h"
#include "tests/support/catch.h"

using namespace accrue;
using accrue::test::Outcome;
using accrue::test::Workplace;

namespace {

constexpr const char* model =
    "def model(x: float32[n], w: float32[n]):\n"
    "    y = cumsum(x * w, dim=0)\n"
    "    total = sum(y)\n"
    "    return y, total\n";

struct Prepared : Workplace {
  Prepared() {
    write("model.acr", model);
    write("x.npy", Tensor::copy_of<float>({1, 2, 3}, {3}));
    write("w.npy", Tensor::copy_of<float>({1, 1, 2}, {3}));
    write("four.npy", Tensor::copy_of<float>({1, 2, 3, 4}, {4}));
    write("whole.npy", Tensor::copy_of<std::int32_t>({1, 2, 3}, {3}));
  }
};

}  // namespace

TEST_CASE("run prints the outputs that no file is named for") {
  const Prepared work;
  const Outcome all = work.run("run model.acr --in x=x.npy --in w=w.npy");
  CHECK(all.exit_code == 0);
  CHECK(all.out == "y: float32[3]\n[1. 3. 9.]\ntotal: float32\n13.0\n");
  CHECK(all.err == "");
  const Outcome one = work.run("run model.acr --in x=x.npy --in w=w.npy --out y=y.npy");
  CHECK(one.exit_code == 0);
  CHECK(one.out == "total: float32\n13.0\n");
  const Tensor y = load_npy(work.path("y.npy"));
  CHECK(y.shape() == Shape{3});
  CHECK(y.item<float>(2) == 9);
}

TEST_CASE("run on each device") {
  const Prepared work;
  const std::string inputs = " --in x=x.npy --in w=w.npy";
  CHECK(work.run("run model.acr --device reference" + inputs).out ==
        work.run("run model.acr --device cpu --threads 2 --disable fusion,simplify" + inputs).out);
  const Outcome cuda = work.run("run model.acr --device cuda:1" + inputs);
  CHECK(cuda.exit_code == 1);
  CHECK(cuda.err ==
        "accrue: error: CUDA unavailable: the CUDA driver was looked for where ACCRUE_LIBCUDA says, in "
        "/no/libcuda.so.1, which is not there\n");
}

TEST_CASE("run reads a script from standard input and an input from an archive") {
  const Prepared work;
  save_npz(work.path("both.npz"),
           {{"x", Tensor::copy_of<float>({1, 2}, {2})}, {"w", Tensor::copy_of<float>({3, 4}, {2})}});
  const Outcome outcome = work.run("run - --in x=both.npz:x --in w=both.npz:w", "", model);
  CHECK(outcome.err == "");
  CHECK(outcome.out == "y: float32[2]\n[ 3. 11.]\ntotal: float32\n14.0\n");
}

TEST_CASE("run builds the function that --entry names") {
  const Workplace work;
  work.write("two.acr", "def one():\n    return constant(1)\ndef two():\n    return constant(2)\n");
  CHECK(work.run("run two.acr").out == "out0: int64\n2\n");
  CHECK(work.run("run two.acr --entry one").out == "out0: int64\n1\n");
  CHECK(work.run("run two.acr --entry three").exit_code == 2);
}

TEST_CASE("run --stats and --profile") {
  const Prepared work;
  const Outcome outcome = work.run("run model.acr --in x=x.npy --in w=w.npy --stats --profile trace.json");
  CHECK(outcome.exit_code == 0);
  CHECK_THAT(
      outcome.out,
      ContainsSubstring("planned bytes: inputs 24, outputs 16, constants 0, temporaries 0, in all 40\n"));
  CHECK_THAT(outcome.out, ContainsSubstring("used bytes: outputs 16, temporaries 0\n"));
  CHECK_THAT(outcome.out, ContainsSubstring("kernels: "));
  CHECK_THAT(outcome.out, ContainsSubstring("    fuse "));
  CHECK_THAT(work.read("trace.json"),
             ContainsSubstring("{\"traceEvents\": [\n  {\"name\": \"parse\", \"ph\": \"X\""));
}

TEST_CASE("run: what is wrong with the command line") {
  const Prepared work;
  const auto check = [&](const std::string& arguments, const std::string& message) {
    const Outcome outcome = work.run(arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out == "");
    CHECK(outcome.err == message);
  };
  check("", "accrue: error: A subcommand is required\nTry 'accrue --help'.\n");
  check("run", "accrue: error: SCRIPT is required\nTry 'accrue run --help'.\n");
  check("run model.acr --thread",
        "accrue: error: The following argument was not expected: --thread\nTry 'accrue run --help'.\n");
  check("run model.acr --device tpu",
        "accrue: error: --device: 'tpu' is no device; cpu, cuda, cuda:N and reference are\n");
  check("run model.acr --disable fuson",
        "accrue: error: --disable: nothing is called 'fuson'; did you mean 'fusion'?\n");
  check("run model.acr --in x", "accrue: error: --in: 'x' is not of the form NAME=VALUE\n");
  check("run model.acr --in x=x.npy --in x=w.npy", "accrue: error: --in: 'x' is given twice\n");
  check("run model.acr --dim n=many",
        "accrue: error: --dim: 'many' is no length for 'n'; a whole number, 0 or more, is\n");
  check("run none.acr", "accrue: error: cannot read script 'none.acr': No such file or directory\n");
  check("run .", "accrue: error: cannot read script '.': Is a directory\n");
  check("run model.acr --in x=x.npy --in w=w.npy --out totals=t.npy",
        "accrue: error: --out: the script has no output 'totals'; did you mean 'total'?\n");
}

TEST_CASE("run: what is wrong with the inputs") {
  const Prepared work;
  const auto check = [&](const std::string& arguments, const std::string& message) {
    const Outcome outcome = work.run("run model.acr " + arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.out == "");
    CHECK(outcome.err == message);
  };
  check("--in x=x.npy", "accrue: error: input 'w' (float32[3]) is missing; give it with --in w=FILE.npy\n");
  check("--in x=x.npy --in w=w.npy --in v=w.npy", "accrue: error: --in: the script has no input 'v'\n");
  check("--in x=whole.npy --in w=w.npy",
        "accrue: error: input 'x': whole.npy holds int32[3]; the script declares float32[3]\n");
  check("--in x=none.npy --in w=w.npy",
        "accrue: error: input 'x': load_npy: none.npy: cannot open: No such file or directory\n");
}

TEST_CASE("run: an input that is missing is shown as it is declared, dims without a length by their names") {
  const Prepared work;
  work.write("mask.acr", "def f(a: float32[m], mask: bool[n, 1000, m]):\n    return cumsum(mask, dim=1)\n");
  const auto check = [&](const std::string& arguments, const std::string& type) {
    const Outcome outcome = work.run("run mask.acr --in a=w.npy" + arguments);
    CHECK(outcome.exit_code == 2);
    CHECK(outcome.err ==
          "accrue: error: input 'mask' (" + type + ") is missing; give it with --in mask=FILE.npy\n");
  };
  check("", "bool[n, 1000, 3]");
  check(" --dim n=7", "bool[7, 1000, 3]");
}

TEST_CASE("run: the script's errors come first, then the device's, then the inputs'") {
  const Prepared work;
  work.write("wrong.acr", "def f(x: float32[2]):\n    return cumsum(x, dim=3)\n");
  const Outcome script = work.run("run wrong.acr --device cuda --in x=none.npy");
  CHECK(script.exit_code == 2);
  CHECK(script.err ==
        "wrong.acr:2:12: error: cumsum: dim 3 is out of range for float32[2]; valid dims are -1..0\n"
        "    return cumsum(x, dim=3)\n"
        "           ^\n"
        "input 'x': load_npy: none.npy: cannot open: No such file or directory\n");
  const Outcome device = work.run("run model.acr --device cuda --in x=none.npy");
  CHECK(device.exit_code == 1);
  const Outcome input = work.run("run model.acr --in x=none.npy");
  CHECK(input.exit_code == 2);
}

TEST_CASE("run: an output that cannot be written fails the run and leaves no file") {
  const Prepared work;
  const Outcome outcome = work.run("run model.acr --in x=x.npy --in w=w.npy --out y=none/y.npy");
  CHECK(outcome.exit_code == 1);
  CHECK_FALSE(work.has("none"));
}

TEST_CASE("variables of the environment") {
  const Prepared work;
  const Outcome unknown = work.run("run model.acr", "ACCRUE_THREAD=2");
  CHECK(unknown.exit_code == 2);
  CHECK(unknown.err ==
        "accrue: error: unknown variable ACCRUE_THREAD in the environment; did you mean ACCRUE_THREADS?\n");
  const Outcome malformed = work.run("info", "ACCRUE_THREADS=many");
  CHECK(malformed.exit_code == 2);
  CHECK(
      malformed.err ==
      "accrue: error: ACCRUE_THREADS: 'many' is not valid; expected auto or a whole number from 1 to 1024\n");
  const Outcome checked =
      work.run("run model.acr --in x=x.npy --in w=w.npy --disable fusion", "ACCRUE_CHECK=1");
  CHECK(checked.exit_code == 0);
  CHECK(checked.out == "y: float32[3]\n[1. 3. 9.]\ntotal: float32\n13.0\n");
}
