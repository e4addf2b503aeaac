// How long something takes, whatever else the machine does.
#pragma once

#include <algorithm>
#include <ctime>
#include <limits>

namespace accrue::test {

/// Seconds that this thread worked on it: the least of three times.
template <class Work>
double cpu_seconds(const Work& work) {
  const auto now = [] {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
  };
  double least = std::numeric_limits<double>::infinity();
  for (int tries = 0; tries < 3; ++tries) {
    const double start = now();
    work();
    least = std::min(least, now() - start);
  }
  return least;
}

}  // namespace accrue::test
