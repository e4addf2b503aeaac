// Five running sums: along the only dim, along rows, along columns, into another dtype, and into a tensor of
// the caller's.
#include <accrue/accrue.hpp>
#include <iostream>

namespace ac = accrue;

int main() {
  ac::Graph g;
  const ac::Expr row = g.constant(ac::Tensor::copy_of<std::int64_t>({1, 2, 3, 4}, {4}));
  const ac::Expr matrix = g.constant(ac::Tensor::copy_of<std::int64_t>({5, 6, 7, 1, 2, 3}, {2, 3}));
  const ac::Expr halves = g.constant(ac::Tensor::copy_of<float>({1.5f, 2.5f, 3.5f}, {3}));
  std::cout << "[1, 2, 3, 4], dim 0:\n" << ac::eval(ac::cumsum(row, 0)) << "\n\n";
  std::cout << "[[5, 6, 7], [1, 2, 3]], dim 1:\n" << ac::eval(ac::cumsum(matrix, 1)) << "\n\n";
  std::cout << "[[5, 6, 7], [1, 2, 3]], dim 0:\n" << ac::eval(ac::cumsum(matrix, 0)) << "\n\n";
  // Each element is converted before it is added: 1 + 2 + 3, not int(1.5 + 2.5 + 3.5).
  std::cout << "[1.5, 2.5, 3.5] as int32:\n"
            << ac::eval(ac::cumsum(halves, 0, {.dtype = ac::int32})) << "\n\n";

  const ac::Tensor out = ac::Tensor::zeros(ac::int64, {3});
  const ac::Expr x = g.input("x", ac::int32, {3});
  const ac::Program program = ac::compile(g, {{"y", ac::cumsum(x, 0, {.out = out})}});
  program.run({{"x", ac::Tensor::copy_of<std::int32_t>({1, 2, 3}, {3})}});
  std::cout << "int32 [1, 2, 3] into a given int64 tensor:\n" << out << '\n';
}
