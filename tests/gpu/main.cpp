// What run.sh runs on a machine with a GPU, cuda:0:
//
//   accrue_gpu_check corpus [SCALE [REPEATS]]       every case against the CPU
//   accrue_gpu_check times [DIVISOR [ROUNDS [SECONDS [NAME COMMAND]...]]]   the table, with these peers
//   accrue_gpu_check scenarios [ELEMENTS]           replay, memory, a scan beyond 2^32 elements
//   accrue_gpu_check first                          compiling and a first run
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/gpu/corpus.h"
#include "tests/gpu/scenarios.h"
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
  const auto number = [&](int i, long otherwise) { return argc > i ? std::atol(argv[i]) : otherwise; };
  const std::string what = argc > 1 ? argv[1] : "";
  try {
    if (what == "corpus") return check_corpus(number(2, 1), static_cast<int>(number(3, 1)));
    if (what == "scenarios")
      return test::check_scenarios(cuda(), number(2, (std::int64_t{1} << 32) + 12345)) == 0 ? 0 : 1;
    if (what == "first") return test::print_first_run(cuda()), 0;
    if (what == "times") {
      test::TimesOptions options;
      options.divisor = number(2, 1);
      options.rounds = static_cast<int>(number(3, 21));
      options.seconds = static_cast<double>(number(4, 1000));
      for (int i = 5; i + 1 < argc; i += 2) options.peers.push_back({argv[i], argv[i + 1]});
      return test::print_times(cuda(), options) == 0 ? 0 : 1;
    }
    std::cerr << "accrue_gpu_check: corpus, times, scenarios or first\n";
    return 2;
  } catch (const std::exception& e) {
    std::cerr << "accrue_gpu_check: " << e.what() << "\n";
    return 1;
  }
}
