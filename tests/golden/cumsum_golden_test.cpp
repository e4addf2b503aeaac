// Every line of cumsum_golden.jsonl on every runner.
#include <map>

#include "accrue/ops.hpp"
#include "tests/golden/golden_case.h"
#include "tests/support/catch.h"
#include "tests/support/runners.h"

namespace accrue::test {
namespace {

using Scan = Expr (*)(Operand, std::int64_t, const ScanOptions&);
const std::map<std::string, Scan> scans = {
    {"cumsum", cumsum}, {"cumprod", cumprod}, {"cummax", cummax}, {"cummin", cummin}};

/// What each kind of mistake must say.
const std::map<std::string, std::vector<std::string>> messages = {
    {"dim_out_of_range", {"dim", "out of range"}},
    {"bool_result", {"bool", "int64", "cummax"}},
    {"out_dtype_mismatch", {"out", "float32"}},
    {"out_shape_mismatch", {"out", "[3]", "[2]"}},
    {"out_internal_overlap", {"out"}},
    {"partial_overlap", {"overlap", "bytes"}},
};

/// How the caller hands over an out: to the operation, as torch does, or to the run.
enum class OutGiven { to_operation, to_run };

std::string wrong_value(const GoldenCase& c, const Tensor& result) {
  if (c.values) return difference(to_array(result), *c.values, c.bound);
  if (result.dtype() != c.dtype || result.shape() != c.shape) return "wrong dtype or shape";
  const Array all = to_array(result);
  for (const auto& [index, expected] : c.at) {
    Array actual(c.dtype, {});
    std::copy_n(all.bytes.begin() + index * static_cast<std::int64_t>(byte_width(c.dtype)),
                byte_width(c.dtype), actual.bytes.begin());
    const std::string wrong = difference(actual, expected, c.bound);
    if (!wrong.empty()) return "at " + std::to_string(index) + ": " + wrong;
  }
  return "";
}

std::vector<Tensor> run(const GoldenCase& c, const Runner& runner, OutGiven given) {
  Graph g;
  ScanOptions options = c.options;
  std::vector<NamedTensor> outs;
  if (c.out && given == OutGiven::to_operation) options.out = *c.out;
  if (c.out && given == OutGiven::to_run) {
    if (!options.dtype) options.dtype = c.out->dtype();
    outs.push_back({"y", *c.out});
  }
  const Expr x = g.input("x", c.input.dtype(), c.input.shape());
  const Expr y = scans.at(c.op)(x, c.dim, options);
  return runner.run(g, {{"y", y}}, {{"x", c.input}}, outs);
}

/// Empty where the case holds, else what is wrong.
std::string verdict(const GoldenCase& c, const Runner& runner, OutGiven given) {
  const Array untouched = c.out ? to_array(*c.out) : Array();
  try {
    const std::vector<Tensor> results = run(c, runner, given);
    if (!c.error.empty()) return "no error was thrown";
    std::string wrong = wrong_value(c, results[0]);
    if (wrong.empty() && c.out && runner.writes_outs) wrong = wrong_value(c, *c.out);
    if (wrong.empty() && c.room && !c.room->gaps_intact()) wrong = "the gaps of out were written";
    return wrong;
  } catch (const Error& e) {
    if (c.error.empty()) return e.what();
    for (const std::string& part : messages.at(c.error))
      if (e.message().find(part) == std::string::npos)
        return "the message lacks '" + part + "': " + e.message();
    return c.out ? difference(to_array(*c.out), untouched) : "";
  }
}

/// Cases that wait for an operation, or that say what a runner does which this one does not do.
bool is_skipped(const GoldenCase& c, const Runner& runner) {
  const bool about_overlap = c.error == "partial_overlap" || c.error == "out_internal_overlap";
  return !scans.contains(c.op) || (about_overlap && !runner.writes_outs);
}

}  // namespace

TEST_CASE("cumsum_golden.jsonl") {
  const std::vector<Json> lines = read_json_lines(ACCRUE_TEST_DATA_DIR "/cumsum_golden.jsonl");
  CHECK(lines.size() == 167);
  for (const Runner& runner : runners()) {
    std::vector<std::string> skipped;
    for (const Json& line : lines)
      for (const OutGiven given : {OutGiven::to_operation, OutGiven::to_run}) {
        const GoldenCase c = read_golden_case(line);
        if (given == OutGiven::to_run && (!c.out || !runner.writes_outs)) continue;
        if (is_skipped(c, runner)) {
          skipped.push_back(c.name);
          continue;
        }
        INFO(runner.name << ": " << c.name);
        CHECK(verdict(c, runner, given) == "");
      }
    for (const std::string& name : skipped) WARN(runner.name << " skips " << name);
    CHECK(skipped.size() == (runner.writes_outs ? 2 : 8));
  }
}

}  // namespace accrue::test
