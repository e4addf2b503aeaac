// What a user of the library writes first: a graph, compiled and run into memory of the user's own. Built by
// run.sh in every way a user may.
#include <accrue/accrue.hpp>
#include <cstdint>
#include <iostream>

int main() {
  accrue::Graph graph;
  const accrue::Expr x = graph.input("x", accrue::boolean, {3});
  const accrue::Program program =
      accrue::compile(graph, {{"y", accrue::cumsum(x, 0, {.dtype = accrue::int32})}});
  std::int32_t y[3];
  program.run({{"x", accrue::Tensor::copy_of<bool>({true, false, true}, {3})}},
              {{"y", accrue::Tensor::borrow(y, accrue::int32, {3})}});
  std::cout << "[" << y[0] << " " << y[1] << " " << y[2] << "]\n";
}
