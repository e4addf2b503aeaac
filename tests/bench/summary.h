// What the measurements of a case amount to: ratios, agreement of results, targets met or missed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/bench/results.h"

namespace accrue::bench {

struct Rival {
  std::string entrant;
  Role role;            // a yardstick or a peer
  double times_faster;  // its median / ours
  bool agrees;          // its result is ours, within what an order of additions changes
};

struct Verdict {
  Target target;
  double bound;                   // the target for this machine
  std::optional<double> reached;  // nothing: whoever it compares with took no part
  bool met;
};

struct Summary {
  Case c;
  double seconds;  // of the program as it runs by default
  std::optional<double> of_limit;
  std::optional<double> of_limit_one_thread;
  std::vector<Rival> rivals;
  std::vector<Verdict> verdicts;
};

/// One for each case that accrue took part in, in the order of the cases.
std::vector<Summary> summarise(const Results& results);

}  // namespace accrue::bench
