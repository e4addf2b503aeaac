#include "tests/bench/ours.h"

#include <memory>
#include <stdexcept>

#include "accrue/compile.hpp"
#include "accrue/ops.hpp"
#include "src/pool.h"
#include "tests/bench/loops.h"

namespace accrue::bench {
namespace {

Expr chain(const Case& c, const Expr& x) {
  Expr y = cast(x, c.out);
  for (int i = 0; i < c.maps; ++i)
    y = i % 3 == 0   ? y * ChainStep::scale(i)
        : i % 3 == 1 ? y + ChainStep::shift(i)
                     : maximum(y, ChainStep::floor(i));
  return cumsum(y, c.dim);
}

Expr program(const Case& c, const Expr& x) {
  const Dims dim = {c.dim};
  if (c.program == "clipped_root")
    return cumsum(minimum(sqrt(abs(cast(x, float32) * 0.5f + 1)), 9) - 3, c.dim);
  if (c.program == "affine") return cumsum(cast(x * 3 + 7, float32), c.dim);
  if (c.program == "softmax_cdf") {
    const Expr e = exp(x - max(x, DimList(dim), {.keepdim = true}));
    return cumsum(e, c.dim) / sum(e, DimList(dim), {.keepdim = true});
  }
  if (c.program == "drawdown") return min(x / cummax(x, c.dim) - 1);
  if (c.program == "normalised") {
    const Expr centred = x - mean(x, DimList(dim), {.keepdim = true});
    return cumsum(centred / sqrt(mean(square(centred), DimList(dim), {.keepdim = true}) + 1e-5f), c.dim);
  }
  throw std::logic_error("no program is called " + c.program);
}

// x + 1/1, + 1/2, ...: no two nodes are equal; then a scan.
Expr long_chain(const Case& c, const Expr& x) {
  Expr y = x;
  for (int i = 1; i < c.nodes; ++i) y = y + 1 / static_cast<float>(i);
  return cumsum(y, c.dim);
}

Expr expression(const Case& c, const Expr& x) {
  switch (c.kind) {
    case Kind::chain: return chain(c, x);
    case Kind::program: return program(c, x);
    case Kind::first_call:
    case Kind::compile: return long_chain(c, x);
    default: return cumsum(x, c.dim, {.dtype = c.out});
  }
}

Program compiled(const Case& c, int threads) {
  Graph g;
  const Expr x = g.input("x", c.in, c.shape);
  return compile(g, {{"y", expression(c, x)}}, {.threads = threads});
}

Entrant into_output(const Case& c, const Buffers& buffers, int threads) {
  return {
      Role::ours, threads == 1 ? "accrue, 1 thread" : "accrue", threads == 1,
      [bound =
           compiled(c, threads).bind({{"x", buffers.input_tensor(c)}}, {{"y", buffers.output_tensor(c)}})] {
        bound.run();
        return static_cast<const void*>(bound.results()[0].data());
      }};
}

// Keeps its latest result, as `y = f(x)` in a loop does, and lets go of it before the next call.
Entrant into_fresh_output(const Case& c, const Buffers& buffers, Role role, const std::string& name,
                          bool empty_pool) {
  return {
      role, name, false,
      [program = compiled(c, 0), x = buffers.input_tensor(c), y = std::make_shared<Tensor>(), empty_pool] {
        *y = {};
        if (empty_pool) host_pool().trim();
        *y = program.run({{"x", x}})["y"];
        return static_cast<const void*>(y->data());
      }};
}

std::vector<Entrant> first_calls(const Case& c, const Buffers& buffers) {
  const auto run = [x = buffers.input_tensor(c), y = buffers.output_tensor(c)](const Program& program) {
    program.run({{"x", x}}, {{"y", y}});
    return static_cast<const void*>(y.data());
  };
  return {{Role::ours, "accrue", false, [c, run] { return run(compiled(c, 0)); }},
          {Role::yardstick, "accrue, next call", false,
           [program = compiled(c, 0), run] { return run(program); }}};
}

}  // namespace

std::vector<Entrant> ours(const Case& c, const Buffers& buffers) {
  switch (c.kind) {
    case Kind::fresh:
      return {into_fresh_output(c, buffers, Role::ours, "accrue", false),
              into_fresh_output(c, buffers, Role::yardstick, "accrue, empty pool", true)};
    case Kind::first_call: return first_calls(c, buffers);
    case Kind::compile:
      return {{Role::ours, "accrue", false, [c]() -> const void* {
                 compiled(c, 0);
                 return nullptr;
               }}};
    case Kind::call: return {into_output(c, buffers, 0)};
    default: return {into_output(c, buffers, 0), into_output(c, buffers, 1)};
  }
}

}  // namespace accrue::bench
