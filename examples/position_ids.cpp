// Position ids from an attention mask: each token's place among the tokens that count, from 0. The mask is
// bool, the ids are int64; the cast rides in the scan, and the whole is one kernel.
#include <accrue/accrue.hpp>
#include <iostream>

namespace ac = accrue;

int main() {
  ac::Graph g("position_ids");
  const ac::Expr mask = g.input("mask", ac::boolean, {2, 8});
  const ac::Expr ids = ac::maximum(ac::cumsum(mask, 1, {.dtype = ac::int64}) - 1, 0);

  const ac::Program program = ac::compile(g, {{"ids", ids}});
  std::cout << program.dump() << '\n';

  // Two sentences of a batch, padded on the left to eight tokens.
  const ac::Tensor padding = ac::Tensor::copy_of<bool>(
      {false, false, true, true, true, true, true, true, false, false, false, false, false, true, true, true},
      {2, 8});
  const ac::Tensors result = program.run({{"mask", padding}});
  std::cout << result["ids"] << '\n';
}
