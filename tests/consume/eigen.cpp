// The same by a user who has Eigen: columns of a matrix summed up, read and written where Eigen keeps them.
#include <Eigen/Core>
#include <accrue/accrue.hpp>
#include <accrue/eigen.hpp>
#include <iostream>

int main() {
  Eigen::MatrixXf x(3, 1), y(3, 1);
  x << 1, 0, 1;
  accrue::Graph graph;
  const accrue::Expr sums = accrue::cumsum(graph.input("x", accrue::float32, {3, 1}), 0);
  accrue::compile(graph, {{"y", sums}}).run({{"x", accrue::tensor_over(x)}}, {{"y", accrue::tensor_over(y)}});
  std::cout << "[" << y(0, 0) << " " << y(1, 0) << " " << y(2, 0) << "]\n";
}
