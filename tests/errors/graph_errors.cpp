// Every mistake in building a graph: its whole message, and the line that made it.
#include <limits>

#include "accrue/ops.hpp"
#include "tests/support/catch.h"

using namespace accrue;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// The Error that a call throws, or one that says that it threw none.
template <class Call>
Error error_of(const Call& call) {
  try {
    call();
  } catch (const Error& e) {
    return e;
  }
  return Error("no error");
}

// The message alone: where it points to is tested by itself.
template <class Call>
std::string message_of(const Call& call) {
  return error_of(call).message();
}

// The values that the mistakes are made with.
struct Values {
  Graph g;
  Expr mask = g.input("mask", boolean, {2, 8});
  Expr x = g.input("x", float32, {2, 3});
  Expr i = g.input("i", int32, {3});
  Expr u = g.input("u", uint8, {3});
  Expr w = g.input("w", uint64, {3});
  Expr h = g.input("h", float16, {3});
  Expr s = g.input("s", float32, {});
  Expr none = g.input("none", float32, {0, 3});
};

}  // namespace

// One call a line: its line is the one that the error must name.
#define CHECK_PLACE(call)                            \
  do {                                               \
    const Error e = error_of([&] { (void)(call); }); \
    CHECK(e.file() == __FILE__);                     \
    CHECK(e.line() == __LINE__);                     \
  } while (false)

TEST_CASE_METHOD(Values, "an error names the line of the call") {
  CHECK_PLACE(cumsum(mask, 3));
  CHECK_PLACE(x + mask);
  CHECK_PLACE(-mask);
  CHECK_PLACE(sum(x, 7));
  CHECK_PLACE(reshape(x, {4}));
  CHECK_PLACE(concat({x, s}));
  CHECK_PLACE(matmul(x, x));
  CHECK_PLACE(softmax(x, 2));
  CHECK_PLACE(accrue::std(x, {0, 0}));
  CHECK_PLACE(clamp(x, std::nullopt));
  CHECK_PLACE(g.input("x", float32, {}));
  CHECK_PLACE(g.constant(300, uint8));
  CHECK_PLACE(full(g, {2}, 300, uint8));
  CHECK_PLACE(zeros(g, {-1}));
  CHECK_PLACE(arange(g, 0, 5, 0));
  CHECK_PLACE(g.constant(Tensor()));
}

TEST_CASE_METHOD(Values, "what() ends with the place") {
  const Error e = error_of([this] { cumsum(Operand(mask, {"mask.acr", 3, 12}), 3); });
  CHECK(
      e.what() ==
      std::string("cumsum: dim 3 is out of range for bool[2, 8]; valid dims are -2..1\n  at mask.acr:3:12"));
}

TEST_CASE_METHOD(Values, "inputs") {
  const auto input = [this](const char* name, const Shape& shape) {
    return message_of([&] { g.input(name, float32, shape); });
  };
  CHECK(input("2x", {}) ==
        "input: \"2x\" is no name; it takes letters, digits and _, and starts with no digit");
  CHECK(input("", {}) == "input: \"\" is no name; it takes letters, digits and _, and starts with no digit");
  CHECK(input("a-b", {}) ==
        "input: \"a-b\" is no name; it takes letters, digits and _, and starts with no digit");
  CHECK(input("return", {}) == "input: \"return\" is a word of the script language; choose another name");
  CHECK(input("int8", {}) == "input: \"int8\" is a word of the script language; choose another name");
  CHECK(input("mask", {}) ==
        "input: the name \"mask\" is taken by an earlier input, bool[2, 8]; names are unique");
  CHECK(input("y", {2, -1}) == "input: shape [2, -1] has a negative dim; dims are 0 or more");
  CHECK(input("y", {std::int64_t{1} << 32, std::int64_t{1} << 31}) ==
        "input: shape [4294967296, 2147483648] has more than 2^63-1 elements");
  CHECK(input("y", Shape(33, 1)) == "input: the result would have 33 dims; at most 32 are possible");
  CHECK(input("y", Shape(32, 1)) == "no error");  // and a refused name stays free
}

TEST_CASE_METHOD(Values, "numbers that do not fit") {
  CHECK(message_of([this] { g.constant(256, uint8); }) ==
        "constant: 256 does not fit uint8, which holds 0..255");
  CHECK(message_of([this] { full(g, {2}, 2, boolean); }) == "full: 2 does not fit bool, which holds 0..1");
  CHECK(message_of([this] { u + -1; }) == "add: -1 does not fit uint8, which holds 0..255");
  CHECK(message_of([this] { (void)(i == (std::int64_t{1} << 31)); }) ==
        "eq: 2147483648 does not fit int32, which holds -2147483648..2147483647");
  CHECK(message_of([this] { h * 65520; }) == "mul: 65520 does not fit float16, which holds -65504..65504");
  CHECK(message_of([this] { h * 65520.0; }) == "no error");  // a real number rounds, here to infinity
  CHECK(message_of([this] { u / 1000; }) == "no error");     // it is float32 that 1000 meets
}

TEST_CASE_METHOD(Values, "operands that are no values of one graph") {
  Graph other("other");
  const Expr y = other.input("y", float32, {3});
  CHECK(message_of([&] { x + Expr(); }) ==
        "add: an operand is an empty Expr; assign a value of a graph first");
  CHECK(message_of([&] { cumsum(Expr(), 0); }) ==
        "cumsum: an operand is an empty Expr; assign a value of a graph first");
  CHECK(message_of([&] { x + y; }) ==
        "add: operands are of two graphs, \"main\" and \"other\"; build both values in one graph");
  CHECK(message_of([&] { maximum(1, 2); }) ==
        "maximum: no operand is a value of a graph; make one with Graph::constant");
  CHECK(message_of([&] { sum(1.5); }) ==
        "sum: no operand is a value of a graph; make one with Graph::constant");
  CHECK(message_of([&] { Expr().dtype(); }) ==
        "Expr: an empty one has no dtype; assign a value of a graph first");
  CHECK(message_of([&] { Expr().shape(); }) ==
        "Expr: an empty one has no shape; assign a value of a graph first");
  CHECK(message_of([&] { g.constant(Tensor()); }) ==
        "constant: an empty Tensor; make one with Tensor::empty or Tensor::copy_of");
}

TEST_CASE_METHOD(Values, "dtypes that do not promote, or that a function does not take") {
  CHECK(
      message_of([this] { w + i; }) ==
      "add: uint64[3] and int32[3] have no common dtype; cast one of them, for example the uint64 to int64");
  CHECK(message_of([this] {
          concat({w, u, i});
        }) ==
        "concat: uint64[3], uint8[3] and int32[3] have no common dtype; cast one of them, for example the "
        "uint64 to "
        "int64");
  CHECK(message_of([this] { -mask; }) == "neg: takes integers and floats, not bool[2, 8]; cast first");
  CHECK(message_of([this] { mask - true; }) ==
        "sub: takes integers and floats, not bool[2, 8] and true; cast first");
  CHECK(message_of([this] { i & 1.5; }) ==
        "bitwise_and: takes bool and integers, not int32[3] and 1.5; cast first");
  CHECK(message_of([this] { ~x; }) == "bitwise_not: takes bool and integers, not float32[2, 3]; cast first");
  CHECK(message_of([this] { mask << mask; }) ==
        "bitwise_left_shift: takes integers, not bool[2, 8] and bool[2, 8]; cast first");
  CHECK(message_of([this] { where(i, x, 0); }) ==
        "where: the condition is int32[3]; it must be bool, as comparisons give");
  CHECK(message_of([this] { pow(i, -2); }) ==
        "pow: int32[3] and -2: an integer has no negative power; cast it to a floating dtype, or use an "
        "exponent of "
        "0 or more");
  CHECK(message_of([this] { pow(u, -1); }) ==
        "pow: uint8[3] and -1: an integer has no negative power; cast it to a floating dtype, or use an "
        "exponent of "
        "0 or more");
  CHECK(message_of([this] { pow(x, -2); }) == "no error");
}

TEST_CASE_METHOD(Values, "shapes that do not broadcast") {
  CHECK(message_of([this] { x + mask; }) ==
        "add: float32[2, 3] and bool[2, 8] do not broadcast: dim -1 is 3 and 8; counted from the last, dims "
        "must be "
        "equal, or one of them 1");
  CHECK(message_of([this] { where(mask, x, 1); }) ==
        "where: bool[2, 8] and float32[2, 3] do not broadcast: dim -1 is 8 and 3; counted from the last, "
        "dims must "
        "be equal, or one of them 1");
  CHECK(message_of([this] { x + none; }) ==
        "add: float32[2, 3] and float32[0, 3] do not broadcast: dim -2 is 2 and 0; counted from the last, "
        "dims must "
        "be equal, or one of them 1");
  CHECK(message_of([this] {
          broadcast_to(x, {3, 3});
        }) ==
        "broadcast_to: float32[2, 3] does not broadcast to [3, 3]; counted from the last, its dims must be "
        "equal to "
        "those, or 1");
  CHECK(message_of([this] { broadcast_to(x, {3}); }) ==
        "broadcast_to: float32[2, 3] does not broadcast to [3]; counted from the last, its dims must be "
        "equal to "
        "those, or 1");
  CHECK(message_of([this] { broadcast_to(s, {-1}); }) ==
        "broadcast_to: shape [-1] has a negative dim; dims are 0 or more");
  CHECK(message_of([this] { clamp(x, std::nullopt); }) ==
        "clamp: neither min nor max is given; give one or both");
}

TEST_CASE_METHOD(Values, "scans") {
  CHECK(message_of([this] { cumsum(mask, 3); }) ==
        "cumsum: dim 3 is out of range for bool[2, 8]; valid dims are -2..1");
  CHECK(message_of([this] { cummax(s, 1); }) ==
        "cummax: dim 1 is out of range for float32; valid dims are -1..0");
  CHECK(message_of([this] { cumprod(none, -3); }) ==
        "cumprod: dim -3 is out of range for float32[0, 3]; valid dims are -2..1");
  CHECK(message_of([this] { cumsum(mask, 0, {.dtype = boolean}); }) ==
        "cumsum: bool is no dtype for its result; use int64, or cummax for a running or");
  CHECK(message_of([this] { cumprod(mask, 0, {.dtype = boolean}); }) ==
        "cumprod: bool is no dtype for its result; use int64, or cummin for a running and");
}

TEST_CASE_METHOD(Values, "outs of scans") {
  const Tensor out = Tensor::empty(int64, {3});
  CHECK(message_of([&] { cumsum(i, 0, {.out = out}); }) == "no error");
  CHECK(message_of([&] { cumsum(i, 0, {.dtype = int64, .out = out}); }) == "no error");
  CHECK(message_of([&] { cumsum(i, 0, {.dtype = int32, .out = out}); }) ==
        "cumsum: out is int64[3], but dtype is int32; they must agree, or dtype be left out");
  CHECK(message_of([&] { cumsum(x, 0, {.out = out}); }) ==
        "cumsum: out is int64[3]; the result has shape [2, 3], and an out is not resized");
  CHECK(message_of([&] { cumsum(i, 0, {.out = Tensor::empty(boolean, {3})}); }) ==
        "cumsum: bool is no dtype for its result; use int64, or cummax for a running or");
}

TEST_CASE_METHOD(Values, "reductions") {
  CHECK(message_of([this] {
          sum(x, {0, 2});
        }) == "sum: dim 2 is out of range for float32[2, 3]; valid dims are -2..1");
  CHECK(message_of([this] {
          sum(x, {1, -1});
        }) == "sum: dims [1, -1] of float32[2, 3] name one dim twice; once is enough");
  CHECK(message_of([this] {
          sum(s, {0, -1});
        }) == "sum: dims [0, -1] of float32 name one dim twice; once is enough");
  CHECK(message_of([this] { sum(mask, 0, {.dtype = boolean}); }) ==
        "sum: bool is no dtype for its result; use int64, or any for or");
  CHECK(message_of([this] { prod(mask, 0, {.dtype = boolean}); }) ==
        "prod: bool is no dtype for its result; use int64, or all for and");
  CHECK(message_of([this] { mean(x, 0, {.dtype = int32}); }) ==
        "mean: int32 is no dtype for its result; use a floating one, such as float32");
  CHECK(message_of([this] { max(x, 0, {.dtype = float64}); }) ==
        "max: takes no dtype; cast its operand or its result");
  CHECK(message_of([this] { argmax(x, 0, {.dtype = int32}); }) ==
        "argmax: takes no dtype; cast its operand or its result");
  CHECK(message_of([this] { max(none); }) ==
        "max: float32[0, 3] has no elements along dims [0, 1]; it takes one or more, unless the result is "
        "empty too");
  CHECK(message_of([this] { argmin(none, 0); }) ==
        "argmin: float32[0, 3] has no elements along dims [0]; it takes one or more, unless the result is "
        "empty too");
  CHECK(message_of([this] { var(x, 4); }) ==
        "var: dim 4 is out of range for float32[2, 3]; valid dims are -2..1");
  CHECK(message_of([this] { log_softmax(x, 4); }) ==
        "log_softmax: dim 4 is out of range for float32[2, 3]; valid dims are -2..1");
  CHECK(message_of([this] {
          logsumexp(x, {0, 0});
        }) == "logsumexp: dims [0, 0] of float32[2, 3] name one dim twice; once is enough");
}

TEST_CASE_METHOD(Values, "reshape") {
  CHECK(message_of([this] {
          reshape(x, {4, 2});
        }) == "reshape: float32[2, 3] has 6 elements, and shape [4, 2] takes 8");
  CHECK(message_of([this] {
          reshape(x, {std::int64_t{1} << 62, 4});
        }) == "reshape: shape [4611686018427387904, 4] has more than 2^63-1 elements");
  CHECK(message_of([this] {
          reshape(x, {-1, -1});
        }) == "reshape: shape [-1, -1] has several -1; one can be worked out");
  CHECK(message_of([this] {
          reshape(x, {-1, 4});
        }) ==
        "reshape: no length in place of -1 in shape [-1, 4] gives the 6 elements of float32[2, 3]; name it");
  CHECK(message_of([this] {
          reshape(none, {-1, 0});
        }) ==
        "reshape: no length in place of -1 in shape [-1, 0] gives the 0 elements of float32[0, 3] alone; "
        "name it");
  CHECK(message_of([this] {
          reshape(x, {-2, -3});
        }) == "reshape: shape [-2, -3] has a negative dim; dims are 0 or more");
}

TEST_CASE_METHOD(Values, "the order of dims") {
  CHECK(message_of([this] { permute(x, {0}); }) ==
        "permute: order [0] does not name each dim of float32[2, 3] once");
  CHECK(message_of([this] {
          permute(x, {1, -1});
        }) == "permute: order [1, 1] does not name each dim of float32[2, 3] once");
  CHECK(message_of([this] {
          permute(x, {0, 2});
        }) == "permute: dim 2 is out of range for float32[2, 3]; valid dims are -2..1");
  CHECK(message_of([this] { transpose(x, 0, 2); }) ==
        "transpose: dim 2 is out of range for float32[2, 3]; valid dims are -2..1");
  CHECK(message_of([this] { unsqueeze(x, 3); }) ==
        "unsqueeze: dim 3 is out of range for float32[2, 3]; valid dims are -3..2");
  CHECK(message_of([this] { squeeze(x, 2); }) ==
        "squeeze: dim 2 is out of range for float32[2, 3]; valid dims are -2..1");
  CHECK(message_of([this] { unsqueeze(reshape(s, Shape(32, 1)), 0); }) ==
        "unsqueeze: the result would have 33 dims; at most 32 are possible");
}

TEST_CASE_METHOD(Values, "slices") {
  CHECK(message_of([this] { slice(x, {{}, {}, {}}); }) == "slice: 3 slices of float32[2, 3]; it has 2 dims");
  CHECK(message_of([this] {
          slice(x, 1, {0, 2, 0});
        }) == "slice: step 0 of dim 1; it must be positive or negative");
  CHECK(message_of([this] {
          slice(x, 2, {0, 2});
        }) == "slice: dim 2 is out of range for float32[2, 3]; valid dims are -2..1");
  CHECK(message_of([this] { slice(s, 0, {0, 1}); }) == "slice: float32 has no dims to cut");
  CHECK(message_of([this] { select(x, 1, 3); }) ==
        "select: index 3 is out of range for dim 1 of float32[2, 3]; valid indices are -3..2");
  CHECK(message_of([this] { select(s, 0, 1); }) ==
        "select: index 1 is out of range for dim 0 of float32; valid indices are -1..0");
  CHECK(message_of([this] { select(none, 0, 0); }) ==
        "select: index 0 is out of range for dim 0 of float32[0, 3]; it is empty");
}

TEST_CASE_METHOD(Values, "concat and stack") {
  CHECK(message_of([] { concat({}); }) == "concat: no values; it takes one or more");
  CHECK(message_of([] { stack({}); }) == "stack: no values; it takes one or more");
  CHECK(message_of([this] {
          concat({i, 1});
        }) == "concat: int32[3] and 1: a 0-d value has no dim to join along; use stack");
  CHECK(message_of([this] {
          concat({x, mask}, 0);
        }) == "concat: float32[2, 3] and bool[2, 8] differ in more than dim 0; the other dims must be equal");
  CHECK(message_of([this] {
          concat({x, i});
        }) == "concat: float32[2, 3] and int32[3] differ in more than dim 0; the other dims must be equal");
  CHECK(message_of([this] {
          concat({x, x}, 2);
        }) == "concat: dim 2 is out of range for float32[2, 3]; valid dims are -2..1");
  CHECK(message_of([this] {
          stack({x, i});
        }) == "stack: float32[2, 3] and int32[3] differ in shape; stack joins equal ones, concat others");
  CHECK(message_of([this] {
          stack({x, x}, 3);
        }) == "stack: dim 3 is out of range for a stack of float32[2, 3]; valid dims are -3..2");
  const Expr long_row = broadcast_to(s, {std::numeric_limits<std::int64_t>::max()});
  CHECK(message_of([&] {
          concat({long_row, long_row});
        }) == "concat: the result would have more than 2^63-1 elements");
}

TEST_CASE_METHOD(Values, "matrix products") {
  CHECK(message_of([this] { matmul(x, x); }) ==
        "matmul: float32[2, 3] @ float32[2, 3]: the last dim of the left, 3, must equal the last but one of "
        "the "
        "right, 2");
  CHECK(
      message_of([this] { matmul(mask, i); }) ==
      "matmul: bool[2, 8] @ int32[3]: the last dim of the left, 8, must equal the only dim of the right, 3");
  CHECK(message_of([this] { matmul(s, x); }) ==
        "matmul: float32 @ float32[2, 3]: operands need one dim or more; multiply by a 0-d value with *");
  CHECK(message_of([this] { matmul(x, 2); }) ==
        "matmul: float32[2, 3] and 2: operands need one dim or more; multiply by a number with *");
  CHECK(message_of([this] { matmul(mask, transpose(mask, 0, 1)); }) ==
        "matmul: bool[2, 8] @ bool[8, 2]: takes integers and floats; cast first");
  const Expr three = zeros(g, {3, 2, 4}), five = zeros(g, {5, 4, 2});
  CHECK(message_of([&] { matmul(three, five); }) ==
        "matmul: float32[3, 2, 4] @ float32[5, 4, 2]: the leading dims [3] and [5] do not broadcast");
}

TEST_CASE_METHOD(Values, "arange") {
  const auto message = [this](const Literal& start, const Literal& stop, const Literal& step,
                              std::optional<DType> dtype = std::nullopt) {
    return message_of([&] { arange(g, start, stop, step, dtype); });
  };
  CHECK(message(0, 5, 0) == "arange: step 0; it must be positive or negative");
  CHECK(message(0, 5, 0.0) == "arange: step 0; it must be positive or negative");
  CHECK(message(0, infinity, 1) == "arange: inf is no bound or step; they must be finite");
  CHECK(message(0, 5, std::numeric_limits<double>::quiet_NaN()) ==
        "arange: nan is no bound or step; they must be finite");
  CHECK(message(0, 2, 1, boolean) == "arange: bool is no dtype for a sequence; use integers or floats");
  CHECK(message(0, 257, 1, uint8) == "arange: 256 does not fit uint8, which holds 0..255");
  CHECK(message(0, 256, 1, uint8) == "no error");
  CHECK(message(-1, 5, 1, uint64) == "arange: -1 does not fit uint64, which holds 0..18446744073709551615");
  CHECK(message(0.0, 1e300, 1) == "arange: more than 2^63-1 elements");
  CHECK(message(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), 1) ==
        "arange: more than 2^63-1 elements");
}
