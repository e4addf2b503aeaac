// accrue_gpu_check corpus [SCALE [REPEATS]]: every case's bits on cuda:0 against the CPU's.
// accrue_gpu_check times [DIVISOR [ROUNDS]]: the table of times.
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/gpu/corpus.h"
#include "tests/gpu/times.h"

namespace {

using namespace accrue;

int check_corpus(std::int64_t scale, int repeats) {
  int different = 0;
  for (const test::CorpusCase& one : test::corpus(scale)) {
    const std::string found = test::first_difference(one, cuda(), repeats);
    std::cout << (found.empty() ? "equal      " : "DIFFERENT  ") << one.name
              << (found.empty() ? "" : ": " + found) << std::endl;
    if (!found.empty()) ++different;
  }
  return different == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int i, int otherwise) { return argc > i ? std::atoi(argv[i]) : otherwise; };
  const std::string what = argc > 1 ? argv[1] : "";
  try {
    if (what == "corpus") return check_corpus(number(2, 1), number(3, 1));
    if (what == "times") return std::cout << test::times(cuda(), number(2, 1), number(3, 21)), 0;
    std::cerr << "accrue_gpu_check: corpus [SCALE [REPEATS]] or times [DIVISOR [ROUNDS]]\n";
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "accrue_gpu_check: " << e.what() << "\n";
    return 1;
  }
}
