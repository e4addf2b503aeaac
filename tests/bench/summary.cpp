#include "tests/bench/summary.h"

#include <algorithm>
#include <cmath>

namespace accrue::bench {
namespace {

// Peers add float32 in float32 and in other orders. Integers have one right answer.
bool agree(const Case& c, const std::vector<double>& ours, const std::vector<double>& theirs) {
  if (theirs.empty() || ours.empty()) return true;  // compilations have no result
  if (ours.size() != theirs.size()) return false;
  double largest = 0;
  for (const double value : ours) largest = std::max(largest, std::abs(value));
  const double tolerance = is_integer(c.out) ? 0 : 1e-3 * largest;
  return std::equal(ours.begin(), ours.end(), theirs.begin(),
                    [&](double a, double b) { return std::abs(a - b) <= tolerance; });
}

class CaseMeasurements {
 public:
  CaseMeasurements(const Results& results, const Case& c) {
    for (const Measurement& m : results.measurements)
      if (m.case_name == c.name && !m.seconds.empty()) all_.push_back(&m);
  }

  const Measurement* ours(bool one_thread) const {
    for (const Measurement* m : all_)
      if (m->role == Role::ours && m->one_thread == one_thread) return m;
    return nullptr;
  }

  /// The smallest median of those for whom `wanted` holds.
  template <class Wanted>
  std::optional<double> fastest(const Wanted& wanted) const {
    std::optional<double> best;
    for (const Measurement* m : all_)
      if (wanted(*m)) best = std::min(best.value_or(HUGE_VAL), median(m->seconds));
    return best;
  }

  const std::vector<const Measurement*>& all() const { return all_; }

 private:
  std::vector<const Measurement*> all_;
};

std::optional<double> ratio(std::optional<double> a, std::optional<double> b) {
  if (!a || !b) return std::nullopt;
  return *a / *b;
}

template <class Wanted>
std::optional<double> most_dangerous(const Summary& s, const Wanted& wanted) {
  std::optional<double> least;
  for (const Rival& rival : s.rivals)
    if (rival.agrees && wanted(rival)) least = std::min(least.value_or(HUGE_VAL), rival.times_faster);
  return least;
}

std::optional<double> reached(const Summary& s, Measure measure) {
  const auto against = [&](std::string_view a, std::string_view b = {}) {
    return most_dangerous(s, [&](const Rival& r) { return r.entrant == a || r.entrant == b; });
  };
  // Ours less the rival's time, in seconds.
  const auto beyond = [&](std::string_view rival) {
    std::optional<double> times = against(rival);
    if (times) *times = s.seconds * (1 - *times);
    return times;
  };
  const auto scaled = [](std::optional<double> seconds, double factor) {
    if (seconds) *seconds *= factor;
    return seconds;
  };
  switch (measure) {
    case Measure::of_limit: return s.of_limit;
    case Measure::of_limit_one_thread: return s.of_limit_one_thread;
    case Measure::times_torch: return against("torch", "libtorch");
    case Measure::times_fastest_peer:
      return most_dangerous(s, [](const Rival& r) { return r.role == Role::peer; });
    case Measure::times_by_hand: return against("fused by hand");
    case Measure::us_beyond_bare_loop: return scaled(beyond("bare loop"), 1e6);
    case Measure::ms_beyond_next_call: return scaled(beyond("accrue, next call"), 1e3);
    case Measure::ns_per_node: return s.seconds * 1e9 / static_cast<double>(s.c.nodes);
  }
  return std::nullopt;
}

Summary summarise(const Case& c, const CaseMeasurements& found, bool zen5) {
  const Measurement& ours = *found.ours(false);
  Summary s{c, median(ours.seconds), std::nullopt, std::nullopt, {}, {}};
  const auto limit = found.fastest([](const Measurement& m) { return m.role == Role::limit; });
  s.of_limit = ratio(limit, s.seconds);
  if (const Measurement* single = found.ours(true))
    s.of_limit_one_thread =
        ratio(found.fastest([](const Measurement& m) { return m.role == Role::limit && m.one_thread; }),
              median(single->seconds));
  for (const Measurement* m : found.all())
    if (m->role == Role::peer || m->role == Role::yardstick)
      s.rivals.push_back(
          {m->entrant, m->role, median(m->seconds) / s.seconds, agree(c, ours.probes, m->probes)});
  for (const Target& target : targets_of(c)) {
    const double bound = zen5 ? target.zen5 : target.zen4;
    const std::optional<double> value = reached(s, target.measure);
    const bool met = value && (more_is_better(target.measure) ? *value >= bound : *value <= bound);
    s.verdicts.push_back({target, bound, value, met});
  }
  return s;
}

}  // namespace

std::vector<Summary> summarise(const Results& results) {
  std::vector<Summary> summaries;
  for (const Case& c : results.cases) {
    const CaseMeasurements found(results, c);
    if (found.ours(false) != nullptr) summaries.push_back(summarise(c, found, results.processor.zen5));
  }
  return summaries;
}

}  // namespace accrue::bench
