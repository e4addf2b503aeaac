// Where each sequence of a packed batch begins, as variable-length attention takes it: int32, a leading zero,
// and the total at the end.
#include <accrue/accrue.hpp>
#include <iostream>

namespace ac = accrue;

int main() {
  ac::Graph g("sequence_offsets");
  const ac::Expr lengths = g.input("lengths", ac::int32, {5});
  const ac::Expr starts = ac::cumsum(lengths, 0, {.dtype = ac::int32, .exclusive = true});
  const ac::Expr total = ac::sum(lengths, 0, {.keepdim = true, .dtype = ac::int32});

  const ac::Program program = ac::compile(g, {{"offsets", ac::concat({starts, total}, 0)}});
  const ac::Tensor batch = ac::Tensor::copy_of<std::int32_t>({7, 3, 12, 1, 9}, {5});
  std::cout << program.run({{"lengths", batch}})["offsets"] << '\n';
}
