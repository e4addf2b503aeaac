// The running sum as torch has it: one dim or the other, a dtype that the elements are converted to first,
// and an out.
#include <accrue/accrue.hpp>
#include <iostream>

namespace ac = accrue;

int main() {
  ac::Graph g;
  const ac::Expr row = g.constant(ac::Tensor::copy_of<float>({1, 2, 3, 4}, {4}));
  std::cout << ac::eval(ac::cumsum(row, 0)) << '\n';

  const ac::Expr table = g.constant(ac::Tensor::copy_of<float>({5, 6, 7, 1, 2, 3}, {2, 3}));
  std::cout << ac::eval(ac::cumsum(table, 1)) << '\n';
  std::cout << ac::eval(ac::cumsum(table, 0)) << '\n';

  const ac::Expr halves = g.constant(ac::Tensor::copy_of<float>({1.5f, 2.5f, 3.5f}, {3}));
  std::cout << ac::eval(ac::cumsum(halves, 0, {.dtype = ac::int32})) << '\n';

  const ac::Tensor out = ac::Tensor::zeros(ac::int64, {3});
  const ac::Expr whole = g.constant(ac::Tensor::copy_of<float>({1, 2, 3}, {3}));
  ac::eval(ac::cumsum(whole, 0, {.out = out}));
  std::cout << out << '\n';
}
