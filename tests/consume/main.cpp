// What a user of the library writes first: the headers, a graph, a result. Built by run.sh in every way a
// user may.
#include <accrue/accrue.hpp>
#include <iostream>

int main() {
  accrue::Tensor t = accrue::Tensor::copy_of<int>({1, 3, 6}, {3});
  std::cout << "[" << t.item<int>(0) << " " << t.item<int>(1) << " " << t.item<int>(2) << "]\n";
}
