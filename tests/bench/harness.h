// Who is timed for a case, and the timing: rounds in which everyone of a group has one turn.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/cases.h"

namespace accrue::bench {

enum class Role : std::uint8_t {
  ours,
  limit,      // a copy or cast of the same bytes
  yardstick,  // something else to compare with that is nobody's product: a loop by hand
  peer
};
std::string_view to_string(Role role);
Role parse_role(std::string_view name);

/// `call` does the work once and returns where its result lies: out_count() elements of the case's `out`, or
/// null where there is none to compare (a copy, a compilation).
struct Entrant {
  Role role;
  std::string name;
  bool one_thread = false;
  std::function<const void*()> call;
};

struct Contest {
  Case c;
  std::vector<Entrant> entrants;
};

/// How one entrant did in one case.
struct Measurement {
  std::string case_name;
  Role role = Role::peer;
  std::string entrant;
  bool one_thread = false;
  std::vector<double> seconds;  // of one call, a number for each round
  std::vector<double> probes;   // of the result
};

/// Each entrant is called once for its result. Then, `rounds` times, every entrant of every contest is timed
/// once, one after another; short calls are repeated until `least_seconds` are full, and one that is too
/// short to be timed cold is called once before.
std::vector<Measurement> measure(const std::vector<Contest>& contests, int rounds, double least_seconds);

/// The middle one; the mean of the two in the middle of an even number.
double median(std::vector<double> values);

/// Threads of a run that is free to choose.
int hardware_threads();

}  // namespace accrue::bench
