// The deepest fall of a share below its highest price so far, on real prices (data/README.md).
#include <accrue/accrue.hpp>
#include <iostream>

namespace ac = accrue;

int main() {
  const ac::Tensor prices = ac::load_npy(ACCRUE_EXAMPLES_DIR "/data/prices.npy");
  ac::Graph g("drawdown");
  const ac::Expr price = g.input("price", prices.dtype(), prices.shape());
  const ac::Expr fall = price / ac::cummax(price, 0) - 1;

  const ac::Program program = ac::compile(g, {{"deepest", ac::min(fall)}, {"day", ac::argmin(fall)}});
  const ac::Tensors result = program.run({{"price", prices}});
  std::cout << "deepest fall " << result["deepest"] << " on day " << result["day"] << '\n';
}
