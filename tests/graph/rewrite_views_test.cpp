// fold_views: views meet, move up, and vanish.
#include "tests/graph/rewriting.h"
#include "tests/support/catch.h"

namespace accrue::test {

namespace {

void folds(const std::string& parameters, const std::string& before, const std::string& after) {
  check_rewrite("fold_views", returns(parameters, before), returns(parameters, after));
}
void stays(const std::string& parameters, const std::string& value) {
  check_stays("fold_views", returns(parameters, value));
}

const std::string x = "x: float32[4, 6]";
const std::string xy = "x: float32[4, 6], y: float32[4, 6]";
const std::string cube = "x: float32[2, 3, 4]";

}  // namespace

TEST_CASE("fold_views: views that change nothing go") {
  folds(x, "x[:, :]", "x");
  folds(x, "permute(x, (0, 1))", "x");
  folds(x, "reshape(x, (4, 6))", "x");
  folds(x, "broadcast_to(x, (4, 6))", "x");
  folds(x, "flip(flip(x, 1), 1)", "x");
  folds(x, "transpose(transpose(x, 0, 1), 0, 1)", "x");
  folds(x, "reshape(reshape(x, (24,)), (4, 6))", "x");
}

TEST_CASE("fold_views: views of one kind are one view") {
  folds(x, "reshape(reshape(x, (24,)), (8, 3))", "reshape(x, (8, 3))");
  folds(cube, "permute(permute(x, (1, 2, 0)), (1, 2, 0))", "permute(x, (2, 0, 1))");
  folds(x, "x[1:, ::-1][1:, 1:5:2]", "x[2:4, 4:0:-2]");
  folds("x: float32[6]", "broadcast_to(broadcast_to(x, (1, 6)), (4, 6))", "broadcast_to(x, (4, 6))");
}

TEST_CASE("fold_views: a permute that moves dims of length 1 only is a reshape") {
  folds("x: float32[1, 6]", "transpose(x, 0, 1)", "reshape(x, (6, 1))");
}

TEST_CASE("fold_views: views of several kinds come as reshape, slice, permute, broadcast") {
  folds(x, "transpose(x, 0, 1)[1:3, ::-1]", "transpose(x[::-1, 1:3], 0, 1)");
  folds(x, "reshape(flip(reshape(x, (2, 2, 6)), 1), (1, 2, 2, 6))", "flip(reshape(x, (1, 2, 2, 6)), 2)");
  folds("x: float32[6]", "broadcast_to(x, (4, 6))[1:3, ::2]", "broadcast_to(x[::2], (2, 3))");
  folds("x: float32[6]", "reshape(broadcast_to(x, (4, 6)), (2, 2, 3, 2))",
        "broadcast_to(reshape(x, (3, 2)), (2, 2, 3, 2))");
}

TEST_CASE("fold_views: a reshape that cuts what a slice or permute made stays") {
  stays(x, "reshape(x[:, 1:], (20,))");
  stays(x, "reshape(transpose(x, 0, 1), (24,))");
  stays(x, "reshape(x[::-1, :], (24,))");
  folds(x, "reshape(transpose(x, 0, 1), (24,))[::-1][::-1]", "reshape(transpose(x, 0, 1), (24,))");
}

TEST_CASE("fold_views: a view moves above maps and casts, to the inputs") {
  folds(xy, "flip(x * y, 1)", "flip(x, 1) * flip(y, 1)");
  folds(x, "cast(exp(x) + 1, int32)[1:3]", "cast(exp(x[1:3]) + 1, int32)");
  folds(x, "transpose(-x, 0, 1)", "-transpose(x, 0, 1)");
  folds(xy, "reshape(x + y, (24,))", "reshape(x, (24,)) + reshape(y, (24,))");
  folds(x, "flip(-flip(x, 0), 0)", "-x");
}

TEST_CASE("fold_views: operands that a map broadcasts are viewed accordingly") {
  folds("x: float32[4, 6], y: float32[6]", "transpose(x + y, 0, 1)",
        "transpose(x, 0, 1) + reshape(y, (6, 1))");
  folds("x: float32[4, 6], y: float32[6]", "(x + y)[1:, ::-1]", "x[1:, ::-1] + flip(y, 0)");
  folds("x: float32[4, 6], y: float32[4, 1]", "(x + y)[1:, ::-1]", "x[1:, ::-1] + y[1:]");
  folds("x: float32[4, 6], y: float32[4, 1]", "(x + y)[:, 2]", "reshape(x[:, 2:3], (4,)) + reshape(y, (4,))");
  folds("x: float32[4, 6], y: float32[]", "reshape(x + y, (24,))", "reshape(x, (24,)) + y");
  folds("x: float32[1, 3, 1], y: float32[2]", "reshape(x - y, (1, 3, 1, 2))", "reshape(x, (1, 3, 1, 1)) - y");
  folds("x: float32[4, 1], y: float32[6]", "transpose(x * y, 0, 1)",
        "reshape(x, (1, 4)) * reshape(y, (6, 1))");
  folds("x: float32[3, 1, 4], y: float32[2, 1]", "permute(x * y, (2, 0, 1))",
        "permute(x, (2, 0, 1)) * reshape(y, (1, 2))");
}

TEST_CASE("fold_views: a reshape does not move above a map that broadcasts") {
  stays("x: float32[4, 6], y: float32[6]", "reshape(x + y, (24,))");
  folds("x: float32[4, 6], y: float32[6]", "reshape(x + y, (4, 1, 6))", "reshape(x, (4, 1, 6)) + y");
}

TEST_CASE("fold_views: a value that others read keeps its place") {
  stays(x, "flip(-x, 1) + -x");
  check_stays("fold_views",
              "def f(x: float32[4, 6]):\n"
              "    y = -x\n"
              "    return y[1:], y\n");
}

TEST_CASE("fold_views: the views of a view that others read meet all the same") {
  check_rewrite("fold_views",
                "def f(x: float32[4, 6]):\n"
                "    y = flip(x, 1)\n"
                "    return flip(y, 1), y[1:]\n",
                "def f(x: float32[4, 6]):\n"
                "    y = x[1:, ::-1]\n"
                "    return x, y\n");
}

TEST_CASE("fold_views: what repeats elements stays below what computes them") {
  stays("x: float32[6]", "broadcast_to(exp(x), (4, 6))");
  folds("x: float32[6]", "broadcast_to(exp(x), (4, 6))[1:, ::2]", "broadcast_to(exp(x[::2]), (3, 3))");
  folds("x: float32[6]", "transpose(broadcast_to(exp(x), (4, 6)), 0, 1)",
        "broadcast_to(exp(reshape(x, (6, 1))), (6, 4))");
}

TEST_CASE("fold_views: a view that only adds dims of length 1 repeats nothing") {
  folds("x: float32[6]", "broadcast_to(exp(x), (1, 6))", "exp(reshape(x, (1, 6)))");
}

TEST_CASE("fold_views: a map broadcasts by itself") {
  folds("x: float32[4, 6], y: float32[6]", "x + broadcast_to(y, (4, 6))", "x + y");
  folds("x: float32[4, 6]", "x + full((4, 6), 2.0)", "x + 2.0");
  stays("x: float32[6]", "x + full((4, 6), 2.0)");
  stays("x: float32[6]", "-broadcast_to(x, (4, 6))");
  folds("x: float32[6], y: float32[4, 1]", "broadcast_to(x, (4, 6)) * broadcast_to(y, (4, 6))", "x * y");
  folds("x: float32[6], y: float32[6]", "broadcast_to(x, (4, 6)) * broadcast_to(y, (4, 6))",
        "x * broadcast_to(y, (4, 6))");
}

TEST_CASE("fold_views: permutes, reshapes and slices off the axis move above scans") {
  folds(x, "transpose(cumsum(x, 1), 0, 1)", "cumsum(transpose(x, 0, 1), 0)");
  folds(x, "flip(cumsum(x, 1), 0)", "cumsum(flip(x, 0), 1)");
  folds(cube, "cumsum(x, 1)[1, :, ::2]", "cumsum(reshape(x[1:2, :, ::2], (3, 2)), 0)");
  folds(cube, "reshape(cumsum(x, 2), (6, 4))", "cumsum(reshape(x, (6, 4)), 1)");
  folds(cube, "reshape(cumsum(x, 1), (2, 3, 2, 2))", "cumsum(reshape(x, (2, 3, 2, 2)), 1)");
  folds(cube, "permute(cumprod(x * 2, 1, exclusive=True) + 1, (1, 2, 0))",
        "cumprod(permute(x, (1, 2, 0)) * 2, 0, exclusive=True) + 1");
  folds("x: float32[4, 6], y: float32[6]", "transpose(x + cumsum(y, 0), 0, 1)",
        "transpose(x, 0, 1) + cumsum(reshape(y, (6, 1)), 0)");
}

TEST_CASE("fold_views: a flip moves above a scan by turning it round") {
  folds(x, "flip(cumsum(x, 1), 1)", "cumsum(flip(x, 1), 1, reverse=True)");
  folds(x, "flip(cumsum(x, 1, reverse=True, exclusive=True), 1)", "cumsum(flip(x, 1), 1, exclusive=True)");
  folds(x, "flip(cumsum(flip(x, 1), 1) * 2, 1)", "cumsum(x, 1, reverse=True) * 2");
  folds(cube, "permute(flip(cumsum(flip(x, 1), 1), (0, 1)), (2, 1, 0))",
        "cumsum(permute(flip(x, 0), (2, 1, 0)), 1, reverse=True)");
}

TEST_CASE("fold_views: what cuts the axis of a scan stays below it, and below its epilogue") {
  stays(x, "cumsum(x, 1)[:, 1:]");
  stays(x, "cumsum(x, 1)[:, ::2]");
  stays(x, "cumsum(x, 1)[:, 3]");
  stays(x, "reshape(cumsum(x, 1), (24,))");
  stays(cube, "reshape(cumsum(x, 1), (6, 4))");
  stays(x, "(cumsum(x, 1) * 2)[:, 1:]");
  stays("x: float32[1, 6]", "reshape((cumsum(x, 1) + 1)[:, ::2], (3, 1))");
}

TEST_CASE("fold_views: a view does not come between a reduction and what follows it") {
  stays(x, "transpose(exp(x) / sum(exp(x), 1, keepdim=True), 0, 1)");
  stays(x, "flip(sum(x, 1) * 2, 0)");
}

TEST_CASE("fold_views: a view comes to rest on a concat or a matmul, which are stored anyway") {
  folds(xy, "flip(concat((x, y), 0) * 2, 1)", "flip(concat((x, y), 0), 1) * 2");
  folds("x: float32[4, 6], y: float32[6, 3]", "(matmul(x, y) + 1)[1:]", "matmul(x, y)[1:] + 1");
}

TEST_CASE("fold_views: values without elements are left alone") {
  stays("x: float32[0, 6]", "reshape(-x, (3, 0))");
  stays("x: float32[4, 6]", "flip(exp(x)[:0], 1)");
}

}  // namespace accrue::test
