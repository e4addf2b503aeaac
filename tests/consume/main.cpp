// What a user of the library writes first: the headers, a graph, a result. Built by run.sh in every way a user may.
#include <accrue/accrue.hpp>
#include <iostream>

int main() {
  accrue::Tensor t = accrue::Tensor::copy_of<float>({1.5f, 2.5f, 3.5f}, {3});
  std::cout << t << "\n";
}
