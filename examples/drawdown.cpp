// How far a share price has fallen below its highest so far, and when it was farthest below: one pass over
// the prices.
#include <accrue/accrue.hpp>
#include <iomanip>
#include <iostream>

namespace ac = accrue;

int main() {
  const ac::Tensor prices = ac::load_npy(ACCRUE_EXAMPLES_DIR "/data/prices.npy");

  ac::Graph g("drawdown");
  const ac::Expr price = g.input("price", prices.dtype(), prices.shape());
  const ac::Expr drawdown = price / ac::cummax(price, 0) - 1;
  const ac::Program program =
      ac::compile(g, {{"drawdown", drawdown}, {"worst", ac::min(drawdown)}, {"day", ac::argmin(drawdown)}});

  const ac::Tensors r = program.run({{"price", prices}});
  const auto day = r["day"].item<std::int64_t>();
  std::cout << "drawdown " << r["drawdown"] << "\n\nworst: " << std::fixed << std::setprecision(1)
            << -100 * r["worst"].item<double>() << " % below the highest close so far, on day " << day
            << " of " << prices.elements() << ", at " << std::setprecision(2) << prices.item<double>(day)
            << " dollars\n";
}
