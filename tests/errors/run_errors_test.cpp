// Every message of compile, run, eval and jit, whole.
#include <string>
#include <vector>

#include "accrue/accrue.hpp"
#include "tests/support/catch.h"

namespace ac = accrue;

namespace {

template <class Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const ac::Error& e) {
    return e.what();
  }
  return "no error";
}

ac::Program program() {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {2, 3});
  const ac::Expr scale = g.input("scale", ac::float32, {});
  return ac::compile(g, {{"y", ac::cumsum(x, 1) * scale}, {"total", ac::sum(x)}});
}

// One block that inputs and outs are cut from.
struct Memory {
  std::vector<float> floats = std::vector<float>(64, 1.0f);
  ac::Tensor at(std::size_t offset, const ac::Shape& shape, const ac::Strides& strides) {
    return ac::Tensor::borrow(floats.data() + offset, ac::float32, shape, strides);
  }
  bool untouched() const { return floats == std::vector<float>(64, 1.0f); }
};

}  // namespace

TEST_CASE("inputs that are missing, unknown, doubled, empty or of another type") {
  const ac::Program p = program();
  const ac::Tensor x = ac::Tensor::zeros(ac::float32, {2, 3});
  const ac::Tensor one = ac::Tensor::zeros(ac::float32, {});
  CHECK(message_of([&] {
          p.run({{"x", x}});
        }) == "run: input \"scale\" is missing; the program takes float32");
  CHECK(message_of([&] {
          p.run({{"x", x}, {"scale", one}, {"scal", one}});
        }) == "run: no input is called \"scal\"; did you mean \"scale\"?");
  CHECK(message_of([&] {
          p.run({{"x", x}, {"scale", one}, {"weights", one}});
        }) == "run: no input is called \"weights\"; there are \"x\", \"scale\"");
  CHECK(message_of([&] {
          p.run({{"x", x}, {"x", x}, {"scale", one}});
        }) == "run: input \"x\" is given twice");
  CHECK(message_of([&] {
          p.run({{"x", ac::Tensor()}, {"scale", one}});
        }) == "run: input \"x\" is an empty tensor; the program takes float32[2, 3]");
  CHECK(message_of([&] {
          p.run({{"x", ac::Tensor::zeros(ac::int32, {2, 3})}, {"scale", one}});
        }) == "run: input \"x\" is int32[2, 3]; the program takes float32[2, 3]");
  CHECK(message_of([&] {
          p.run({{"x", ac::Tensor::zeros(ac::float32, {3, 2})}, {"scale", one}});
        }) == "run: input \"x\" is float32[3, 2]; the program takes float32[2, 3]");
}

TEST_CASE("a program without inputs has none to misspell") {
  ac::Graph g;
  const ac::Program p = ac::compile(g, {{"y", ac::arange(g, 0, 3)}});
  CHECK(message_of([&] {
          p.run({{"x", ac::Tensor::zeros(ac::float32, {})}});
        }) == "run: no input is called \"x\"; the program has none");
}

TEST_CASE("outs that are unknown, doubled, of another type, read-only, or overlap themselves") {
  const ac::Program p = program();
  const ac::Tensor x = ac::Tensor::zeros(ac::float32, {2, 3});
  const ac::Tensor one = ac::Tensor::zeros(ac::float32, {});
  Memory memory;
  const ac::Tensor y = memory.at(0, {2, 3}, {3, 1});
  const auto run = [&](const std::vector<ac::NamedTensor>& outs) {
    const std::string message = message_of([&] { p.run({{"x", x}, {"scale", one}}, outs); });
    CHECK(memory.untouched());
    return message;
  };
  CHECK(run({{"totals", y}}) == "run: no output is called \"totals\"; did you mean \"total\"?");
  CHECK(run({{"y", y}, {"y", y}}) == "run: out \"y\" is given twice");
  CHECK(run({{"y", memory.at(0, {2, 1}, {1, 1})}}) ==
        "run: out \"y\" is float32[2, 1]; the program gives float32[2, 3], and an out is never resized or "
        "converted");
  CHECK(run({{"y", ac::Tensor::zeros(ac::float64, {2, 3})}}) ==
        "run: out \"y\" is float64[2, 3]; the program gives float32[2, 3], and an out is never resized or "
        "converted");
  const std::vector<float> fixed(6);
  CHECK(run({{"y", ac::Tensor::borrow(fixed.data(), ac::float32, {2, 3})}}) ==
        "run: out \"y\" is read-only; an out is written");
  CHECK(run({{"y", memory.at(0, {2, 3}, {1, 1})}}) ==
        "run: out \"y\" has the strides [1, 1] for float32[2, 3], which give elements the same address; each "
        "needs "
        "one of its own");
  CHECK(run({{"y", memory.at(0, {2, 3}, {0, 1})}}) ==
        "run: out \"y\" has the strides [0, 1] for float32[2, 3], which give elements the same address; each "
        "needs "
        "one of its own");
}

TEST_CASE("an out that overlaps an input is refused unless it is that input") {
  const ac::Program p = program();
  const ac::Tensor one = ac::Tensor::zeros(ac::float32, {});
  Memory memory;
  const auto run = [&](const ac::Tensor& x, const ac::Tensor& y) {
    const std::string message = message_of([&] { p.run({{"x", x}, {"scale", one}}, {{"y", y}}); });
    CHECK(memory.untouched());
    return message;
  };
  const ac::Tensor x = memory.at(8, {2, 3}, {3, 1});
  CHECK(run(x, memory.at(10, {2, 3}, {3, 1})) ==
        "run: out \"y\" (bytes 8..31) overlaps input \"x\" (bytes 0..23); an out is exactly an input, or "
        "lies apart");
  CHECK(run(x, memory.at(5, {2, 3}, {3, 1})) ==
        "run: out \"y\" (bytes 0..23) overlaps input \"x\" (bytes 12..35); an out is exactly an input, or "
        "lies apart");
  CHECK(run(x, memory.at(13, {2, 3}, {-3, -1})) ==
        "run: out \"y\" (bytes 0..23) overlaps input \"x\" (bytes 0..23); an out is exactly an input, or "
        "lies apart");
  CHECK(run(x, memory.at(8, {2, 3}, {1, 2})) ==
        "run: out \"y\" (bytes 0..23) overlaps input \"x\" (bytes 0..23); an out is exactly an input, or "
        "lies apart");
}

TEST_CASE("outs that overlap each other are refused") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {4});
  const ac::Program p = ac::compile(g, {{"a", x + 1}, {"b", x + 2}});
  Memory memory;
  const auto run = [&](const ac::Tensor& a, const ac::Tensor& b) {
    const std::string message = message_of([&] {
      p.run({{"x", ac::Tensor::zeros(ac::float32, {4})}}, {{"a", a}, {"b", b}});
    });
    CHECK(memory.untouched());
    return message;
  };
  CHECK(run(memory.at(0, {4}, {1}), memory.at(2, {4}, {1})) ==
        "run: out \"b\" (bytes 8..23) overlaps out \"a\" (bytes 0..15); outs must lie apart");
  CHECK(run(memory.at(0, {4}, {1}), memory.at(0, {4}, {1})) ==
        "run: out \"b\" (bytes 0..15) overlaps out \"a\" (bytes 0..15); outs must lie apart");
  CHECK(run(memory.at(0, {4}, {3}), memory.at(1, {4}, {2})) ==
        "run: out \"b\" (bytes 4..31) overlaps out \"a\" (bytes 0..39); outs must lie apart");
}

TEST_CASE("a tensor bound beside a node is checked like any out") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {4});
  std::vector<float> floats(8, 1.0f);
  const ac::Tensor beside = ac::Tensor::borrow(floats.data() + 2, ac::float32, {4});
  const ac::Program p = ac::compile(g, {{"y", ac::cumsum(x, 0, {.out = beside})}});
  CHECK(message_of([&] {
          p.run({{"x", ac::Tensor::borrow(floats.data(), ac::float32, {4})}});
        }) ==
        "run: the out of cumsum (bytes 8..23) overlaps input \"x\" (bytes 0..15); an out is exactly an "
        "input, or lies "
        "apart");
  CHECK(floats == std::vector<float>(8, 1.0f));
}

TEST_CASE("a refused run leaves the program as it was") {
  const ac::Program p = program();
  const ac::Tensor x = ac::Tensor::copy_of<float>({1, 2, 3, 4, 5, 6}, {2, 3});
  CHECK(message_of([&] { p.run({{"x", x}}); }) != "no error");
  CHECK(p.run({{"x", x}, {"scale", ac::Tensor::copy_of<float>({1}, {})}})["total"].item<float>() == 21);
}

TEST_CASE("an output that is not there") {
  const ac::Program p = program();
  const ac::Tensors r =
      p.run({{"x", ac::Tensor::zeros(ac::float32, {2, 3})}, {"scale", ac::Tensor::zeros(ac::float32, {})}});
  CHECK(message_of([&] { r["z"]; }) == "no output is called \"z\"; there are \"y\", \"total\"");
}

TEST_CASE("donors that are not there") {
  ac::Graph g;
  const ac::Expr x = g.input("values", ac::float32, {4});
  ac::CompileOptions options;
  options.donate = {"value"};
  CHECK(message_of([&] {
          ac::compile(g, {{"y", x + 1}}, options);
        }) == "compile: donate: no input is called \"value\"; did you mean \"values\"?");
  options.donate = {"weights"};
  CHECK(message_of([&] {
          ac::compile(g, {{"y", x + 1}}, options);
        }) == "compile: donate: no input is called \"weights\"; there are \"values\"");
}

TEST_CASE("eval of what cannot be evaluated") {
  ac::Graph g;
  const ac::Expr x = g.input("x", ac::float32, {4});
  CHECK(message_of([&] { ac::eval(x + 1); }) ==
        "eval: the value depends on inputs (\"x\"); compile it and run it with tensors for them");
  CHECK(message_of([&] { ac::eval(ac::Expr()); }) == "eval: an empty Expr, which stands for no value");
}

TEST_CASE("jit of an empty tensor") {
  auto f = ac::jit([](ac::Expr x) { return x + 1; });
  CHECK(message_of([&] { f(ac::Tensor()); }) == "jit: argument 0 is an empty tensor");
}
