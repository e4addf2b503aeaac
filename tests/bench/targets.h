// What performance the project aims at, case by case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/cases.h"

namespace accrue::bench {

enum class Measure : std::uint8_t {
  of_limit,  // the limit's time / ours; the more the better, as in all measures down to times_by_hand
  of_limit_one_thread,  // the same, both on one thread
  times_torch,          // the faster of torch and libtorch: its time / ours
  times_fastest_peer,
  times_by_hand,        // time of the loop by hand / ours
  us_beyond_bare_loop,  // the less the better, as in the next ones
  ms_beyond_next_call,
  ns_per_node
};

struct Target {
  std::string_view case_name;
  Measure measure;
  double zen5;
  double zen4;  // and any other processor
};

/// The targets of a case, by its name: sizes other than those the targets are for have none.
std::vector<Target> targets_of(const Case& c);

std::string_view to_string(Measure measure);  // "of the limit", "times torch", ...
bool more_is_better(Measure measure);

/// The processor of this machine, and the column of targets it is held to.
struct Processor {
  std::string name;    // as the system gives it, with family and model
  bool zen5 = false;   // else Zen 4's column
  std::string column;  // "Zen 5", "Zen 4", or "Zen 4, for want of its own"
};
Processor this_processor();

}  // namespace accrue::bench
