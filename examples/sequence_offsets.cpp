// Sequences of different lengths packed one after another, as attention kernels take them: where each begins,
// and, as the last offset, how many tokens there are.
#include <accrue/accrue.hpp>
#include <iostream>

namespace ac = accrue;

int main() {
  const ac::Tensor lengths = ac::Tensor::copy_of<std::int32_t>({9, 2, 6, 0, 4}, {5});

  ac::Graph g("sequence_offsets");
  const ac::Expr n = g.input("lengths", ac::int32, lengths.shape());
  const ac::Expr with_end = ac::concat({n, ac::zeros(g, {1}, ac::int32)}, 0);
  const ac::Expr offsets = ac::cumsum(with_end, 0, {.dtype = ac::int32, .exclusive = true});
  const ac::Program program = ac::compile(g, {{"offsets", offsets}});

  const ac::Tensor result = program.run({{"lengths", lengths}})["offsets"];
  std::cout << "lengths " << lengths << "\noffsets " << result << "\ntokens  " << result.item<std::int32_t>(5)
            << '\n';
}
