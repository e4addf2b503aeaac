// A summed-area table of real ground heights (data/README.md): the mean height of any rectangle from four of
// its entries. The table is written straight into an Eigen array.
#include <accrue/accrue.hpp>
#include <accrue/eigen.hpp>
#include <iostream>

namespace ac = accrue;

int main() {
  const ac::Tensor heights = ac::load_npy(ACCRUE_EXAMPLES_DIR "/data/elevation.npy");
  ac::Graph g("summed_area");
  const ac::Expr height = g.input("height", heights.dtype(), heights.shape());
  const ac::Program program = ac::compile(g, {{"table", ac::cumsum(ac::cumsum(height, 0), 1)}});

  using Table = Eigen::Array<std::int64_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  Table table(heights.shape()[0], heights.shape()[1]);
  program.run({{"height", heights}}, {{"table", ac::tensor_of(table)}});

  const Eigen::Index top = 100, left = 100, bottom = 200,
                     right = 300;  // rows and columns (top, bottom], (left, right]
  const std::int64_t sum = table(bottom, right) - table(top, right) - table(bottom, left) + table(top, left);
  std::cout << "total " << table(table.rows() - 1, table.cols() - 1) << " m, mean of the rectangle "
            << static_cast<double>(sum) / static_cast<double>((bottom - top) * (right - left)) << " m\n";
}
