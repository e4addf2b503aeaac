// A summed-area table of a piece of Tennessee: after one pass along each dim, the mean height of any
// rectangle is four look-ups. The table is written straight into an Eigen matrix.
#include <Eigen/Core>
#include <accrue/accrue.hpp>
#include <accrue/eigen.hpp>
#include <iomanip>
#include <iostream>

namespace ac = accrue;

namespace {

using Table = Eigen::Matrix<std::int64_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// The mean over rows r .. r+height-1 and columns c .. c+width-1; the table has a row and a column of zeros in
// front.
double mean(const Table& table, Eigen::Index r, Eigen::Index c, Eigen::Index height, Eigen::Index width) {
  const std::int64_t total =
      table(r + height, c + width) - table(r, c + width) - table(r + height, c) + table(r, c);
  return static_cast<double>(total) / static_cast<double>(height * width);
}

}  // namespace

int main() {
  const ac::Tensor elevation = ac::load_npy(ACCRUE_EXAMPLES_DIR "/data/elevation.npy");
  const std::int64_t rows = elevation.shape()[0], columns = elevation.shape()[1];

  ac::Graph g("summed_area");
  const ac::Expr height = g.input("height", elevation.dtype(), elevation.shape());
  const ac::Program program = ac::compile(g, {{"table", ac::cumsum(ac::cumsum(height, 0), 1)}});

  Table table = Table::Zero(rows + 1, columns + 1);
  auto inside = table.bottomRightCorner(rows, columns);
  program.run({{"height", elevation}}, {{"table", ac::tensor_over(inside)}});

  std::cout << std::fixed << std::setprecision(1) << "mean height of all " << rows << " x " << columns
            << " cells: " << mean(table, 0, 0, rows, columns) << " m\n";
  for (Eigen::Index quarter = 0; quarter < 4; ++quarter) {
    const Eigen::Index r = quarter / 2 * (rows / 2), c = quarter % 2 * (columns / 2);
    std::cout << (quarter < 2 ? "north" : "south") << (quarter % 2 == 0 ? "-west" : "-east")
              << " quarter: " << mean(table, r, c, rows / 2, columns / 2) << " m\n";
  }
}
