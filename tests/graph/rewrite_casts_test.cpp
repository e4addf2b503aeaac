// fold_casts: which casts change no result, and which do.
#include "tests/graph/rewriting.h"
#include "tests/support/catch.h"

namespace accrue::test {

namespace {

void folds(const std::string& parameters, const std::string& before, const std::string& after) {
  check_rewrite("fold_casts", returns(parameters, before), returns(parameters, after));
}
void stays(const std::string& parameters, const std::string& value) {
  check_stays("fold_casts", returns(parameters, value));
}

}  // namespace

TEST_CASE("fold_casts: a cast there and back through a dtype that holds every value is nothing") {
  folds("x: int8[64]", "cast(cast(x, int32), int8)", "x");
  folds("x: uint8[64]", "cast(cast(x, float16), uint8)", "x");
  folds("x: int8[64]", "cast(cast(x, bfloat16), int8)", "x");
  folds("x: float16[64]", "cast(cast(x, float64), float16)", "x");
  folds("x: bool[64]", "cast(cast(x, bfloat16), bool)", "x");
  folds("x: int32[64]", "cast(cast(x, uint32), int32)", "x");  // the same bits, read otherwise
}

TEST_CASE("fold_casts: a cast through one that loses a value stays") {
  stays("x: int16[64]", "cast(cast(x, int8), int16)");
  stays("x: int16[64]", "cast(cast(x, bfloat16), int16)");
  stays("x: float32[64]", "cast(cast(x, float16), float32)");
  stays("x: float16[64]", "cast(cast(x, bfloat16), float16)");
  stays("x: bfloat16[64]", "cast(cast(x, float16), bfloat16)");
  stays("x: float32[64]", "cast(cast(x, int64), float32)");
  stays("x: int64[64]", "cast(cast(x, float64), int64)");
  stays("x: float64[64]", "cast(cast(x, float32), float16)");  // rounded twice
  stays("x: float64[64]", "cast(cast(x, float32), bool)");     // what is tiny becomes 0
}

TEST_CASE("fold_casts: casts on the way to another dtype") {
  folds("x: int8[64]", "cast(cast(x, int32), float32)", "cast(x, float32)");
  folds("x: int64[64]", "cast(cast(x, int16), int8)", "cast(x, int8)");  // the low bits of the low bits
  folds("x: uint8[64]", "cast(cast(x, int16), int8)", "cast(x, int8)");
  folds("x: uint8[64]", "cast(cast(x, float32), int16)", "cast(x, int16)");
  folds("x: int64[64]", "cast(cast(x, float16), bool)", "cast(x, bool)");  // no integer but 0 becomes 0
  folds("x: float16[64]", "cast(cast(x, float32), int8)", "cast(x, int8)");
  folds("x: float16[64]", "cast(cast(cast(x, float32), float64), bfloat16)", "cast(x, bfloat16)");
}

TEST_CASE("fold_casts: integers wrap where floats saturate") {
  stays("x: int8[64]", "cast(cast(x, float32), uint8)");
  stays("x: int16[64]", "cast(cast(x, float32), int8)");
  stays("x: float32[64]", "cast(cast(x, int32), int8)");
}

TEST_CASE("fold_casts: a cast before a scan is the scan's dtype") {
  folds("x: float32[4, 8]", "cumsum(cast(x, int32), 1, dtype=int32)", "cumsum(x, 1, dtype=int32)");
  folds("x: bool[4, 8]", "cumsum(cast(x, int64), 1)", "cumsum(x, 1, dtype=int64)");
  folds("x: float64[8]", "cumprod(cast(x, float16), 0, exclusive=True)",
        "cumprod(x, 0, dtype=float16, exclusive=True)");
  folds("x: int8[8]", "cummax(cast(x, float32), 0)", "cummax(x, 0, dtype=float32)");
}

TEST_CASE("fold_casts: a lossless cast before a scan of another dtype goes too") {
  folds("x: int8[8]", "cumsum(cast(x, int16), 0, dtype=float32)", "cumsum(x, 0, dtype=float32)");
  folds("x: float16[8]", "cumsum(cast(x, float32), 0, dtype=int32)", "cumsum(x, 0, dtype=int32)");
}

TEST_CASE("fold_casts: a cast that rounds before a scan of another dtype stays") {
  stays("x: float32[8]", "cumsum(cast(x, int32), 0, dtype=float32)");
  stays("x: float64[8]", "cumsum(cast(x, float32), 0, dtype=float64)");
  stays("x: float32[8]", "cumsum(cast(x, float16), 0, dtype=int64)");
}

TEST_CASE("fold_casts: a cast that others read leaves the scan alone") {
  folds("x: float32[8]", "cumsum(cast(x, int32), 0, dtype=int32) + cast(x, int32)",
        "cumsum(x, 0, dtype=int32) + cast(x, int32)");
}

TEST_CASE("fold_casts: reductions that convert their elements take in casts") {
  folds("x: int8[4, 8]", "sum(cast(x, float32), 1)", "sum(x, 1, dtype=float32)");
  folds("x: int8[4, 8]", "mean(cast(x, float64), 1)", "mean(x, 1, dtype=float64)");
  folds("x: int8[4, 8]", "any(cast(x, int64), 1)", "any(x, 1)");
  folds("x: int8[4, 8]", "argmax(cast(x, float32), 1)", "argmax(x, 1)");
}

TEST_CASE("fold_casts: reductions in their operand's dtype do not") {
  stays("x: int8[4, 8]", "max(cast(x, float32), 1)");
  stays("x: float32[4, 8]", "argmax(cast(x, float16), 1)");
  stays("x: float64[4, 8]", "any(cast(x, float32), 1)");
}

}  // namespace accrue::test
