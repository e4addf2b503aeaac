#include "tests/bench/harness.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <stdexcept>
#include <thread>

#include "tests/bench/data.h"

namespace accrue::bench {
namespace {

constexpr std::string_view role_names[] = {"ours", "limit", "yardstick", "peer"};

double seconds_of(const Entrant& entrant, std::int64_t calls) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::int64_t i = 0; i < calls; ++i) entrant.call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// So many that they take about `least_seconds`, from what one call takes when warm.
std::int64_t calls_per_sample(const Entrant& entrant, double least_seconds) {
  std::int64_t calls = 1;
  for (double seconds = seconds_of(entrant, 1); seconds < least_seconds;) {
    const double wanted = static_cast<double>(calls) * least_seconds / std::max(seconds, 1e-9);
    calls = std::clamp(static_cast<std::int64_t>(std::ceil(wanted)), calls + 1, calls * 16);
    seconds = seconds_of(entrant, calls);
  }
  return calls;
}

}  // namespace

std::string_view to_string(Role role) { return role_names[static_cast<int>(role)]; }

Role parse_role(std::string_view name) {
  for (std::size_t i = 0; i < std::size(role_names); ++i)
    if (role_names[i] == name) return static_cast<Role>(i);
  throw std::runtime_error("no role is called " + std::string(name));
}

std::vector<Measurement> measure(const std::vector<Contest>& contests, int rounds, double least_seconds) {
  struct Turn {
    const Entrant* entrant;
    std::int64_t calls;
  };
  std::vector<Turn> turns;
  std::vector<Measurement> measurements;
  for (const Contest& contest : contests)
    for (const Entrant& entrant : contest.entrants) {
      Measurement m{contest.c.name, entrant.role, entrant.name, entrant.one_thread, {}, {}};
      if (const void* result = entrant.call())
        m.probes = probes(result, contest.c.out, contest.c.out_count());
      measurements.push_back(std::move(m));
      turns.push_back({&entrant, calls_per_sample(entrant, least_seconds)});
    }
  for (int round = 0; round < rounds; ++round)
    for (std::size_t i = 0; i < turns.size(); ++i) {
      if (turns[i].calls > 1) turns[i].entrant->call();
      measurements[i].seconds.push_back(seconds_of(*turns[i].entrant, turns[i].calls) /
                                        static_cast<double>(turns[i].calls));
    }
  return measurements;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

int hardware_threads() { return static_cast<int>(std::max(1u, std::thread::hardware_concurrency())); }

}  // namespace accrue::bench
