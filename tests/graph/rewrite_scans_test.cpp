// scan_algebra: scans said in a roundabout way.
#include "tests/graph/rewriting.h"
#include "tests/support/catch.h"

namespace accrue::test {

namespace {

void becomes(const std::string& parameters, const std::string& before, const std::string& after) {
  check_rewrite("scan_algebra", returns(parameters, before), returns(parameters, after));
}
void stays(const std::string& parameters, const std::string& value) {
  check_stays("scan_algebra", returns(parameters, value));
}

}  // namespace

TEST_CASE("scan_algebra: flip, scan, flip is a scan from the far end") {
  becomes("x: float32[40]", "flip(cumsum(flip(x, 0), 0), 0)", "cumsum(x, 0, reverse=True)");
  becomes("x: float32[40]", "flip(cumsum(flip(x, 0), 0, reverse=True), 0)", "cumsum(x, 0)");
  becomes("x: float32[3, 40]", "flip(cumprod(flip(x, 1), 1, exclusive=True), 1)",
          "cumprod(x, 1, exclusive=True, reverse=True)");
}

TEST_CASE("scan_algebra: the scan keeps its dtype") {
  becomes("x: int32[40]", "flip(cumsum(flip(x, 0), 0, dtype=int16), 0)",
          "cumsum(x, 0, dtype=int16, reverse=True)");
  becomes("x: float32[40]", "flip(cumsum(flip(x, 0), 0, dtype=float64), 0)",
          "cumsum(x, 0, dtype=float64, reverse=True)");
  becomes("x: int32[40]", "concat((zeros((1,), dtype=int16), cumsum(x, 0, dtype=int16)[:-1]), 0)",
          "cumsum(x, 0, dtype=int16, exclusive=True)");
  becomes("x: bool[40]", "flip(cummax(flip(x, 0), 0, dtype=uint8), 0)",
          "cummax(x, 0, dtype=uint8, reverse=True)");
}

TEST_CASE("scan_algebra: flips that do not mirror the scan stay") {
  stays("x: float32[40]", "flip(cumsum(x, 0), 0)");
  stays("x: float32[40]", "cumsum(flip(x, 0), 0)");
  stays("x: float32[3, 40]", "flip(cumsum(flip(x, 0), 1), 0)");
  stays("x: float32[3, 40]", "flip(cumsum(flip(x, (0, 1)), 1), 1)");
  stays("x: float32[40]", "cumsum(x[::-2], 0)[::-1]");
}

TEST_CASE("scan_algebra: a mirrored scan that others read is not run twice") {
  const std::string script =
      "def f(x: float32[40]):\n"
      "    y = cumsum(flip(x, 0), 0)\n"
      "    return flip(y, 0), y\n";
  check_stays("scan_algebra", script);
}

TEST_CASE("scan_algebra: the start put before a scan without its end is an exclusive scan") {
  becomes("x: float32[40]", "concat((zeros((1,)), cumsum(x, 0)[:-1]), 0)", "cumsum(x, 0, exclusive=True)");
  becomes("x: float32[3, 40]", "concat((zeros((3, 1)), cumsum(x, 1)[:, :-1]), 1)",
          "cumsum(x, 1, exclusive=True)");
  becomes("x: int32[40]", "concat((constant([0], dtype=int64), cumsum(x, 0)[:-1]), 0)",
          "cumsum(x, 0, exclusive=True)");
  becomes("x: float16[40]", "concat((ones((1,), dtype=float16), cumprod(x, 0)[:-1]), 0)",
          "cumprod(x, 0, exclusive=True)");
  becomes("x: float32[40]", "concat((full((1,), -inf), cummax(x, 0)[:-1]), 0)",
          "cummax(x, 0, exclusive=True)");
  becomes("x: int8[40]", "concat((full((1,), 127, dtype=int8), cummin(x, 0)[:-1]), 0)",
          "cummin(x, 0, exclusive=True)");
  becomes("x: float32[40]", "concat((cumsum(x, 0, reverse=True)[1:], zeros((1,))), 0)",
          "cumsum(x, 0, exclusive=True, reverse=True)");
}

TEST_CASE("scan_algebra: concats that are no shift stay") {
  stays("x: float32[40]", "concat((ones((1,)), cumsum(x, 0)[:-1]), 0)");
  stays("x: float32[40]", "concat((full((1,), -0.0), cumsum(x, 0)[:-1]), 0)");
  stays("x: float32[40]", "concat((zeros((1,)), cumsum(x, 0)[1:]), 0)");
  stays("x: float32[40]", "concat((zeros((1,)), cumsum(x, 0)), 0)");
  stays("x: float32[40]", "concat((zeros((2,)), cumsum(x, 0)[:-2]), 0)");
  stays("x: float32[40]", "concat((zeros((1,)), cumsum(x, 0, exclusive=True)[:-1]), 0)");
  stays("x: float32[40]", "concat((zeros((1,)), cumsum(x, 0, reverse=True)[:-1]), 0)");
  stays("x: float32[40]", "concat((cumsum(x, 0)[1:], zeros((1,))), 0)");
  stays("x: float32[4, 40]", "concat((zeros((1, 40)), cumsum(x, 1)[:-1, :]), 0)");
  stays("x: float32[40]", "concat((full((1,), -3.0e38), cummax(x, 0)[:-1]), 0)");
}

}  // namespace accrue::test
