#include "tests/allocation/sweep.h"

#include <exception>
#include <new>
#include <thread>

#include "accrue/error.hpp"
#include "src/pool.h"
#include "tests/allocation/failing_memory.h"

namespace accrue::test {
namespace {

enum class Outcome { success, failure, fault };

struct Attempt {
  Outcome outcome = Outcome::success;
  bool reached = false;  // the allocation that was to fail
  std::int64_t blocks_left = 0;
  std::string fault;
};

/// The `failing`-th allocation fails (below 0: none).
Attempt attempt(const std::function<void()>& action, std::int64_t failing) {
  Attempt made;
  const std::int64_t before = live_allocations();
  std::thread([&] {
    try {
      fail_allocation(failing);
      action();
      made.reached = stop_failing();
    } catch (const std::bad_alloc&) {
      made.reached = stop_failing();
      made.outcome = Outcome::failure;
    } catch (const Error&) {
      made.reached = stop_failing();
      made.outcome = Outcome::failure;
    } catch (const std::exception& e) {
      made.reached = stop_failing();
      made.outcome = Outcome::fault;
      made.fault = e.what();
    }
  }).join();
  host_pool().trim();
  made.blocks_left = live_allocations() - before;
  return made;
}

/// Tried again, a few times, while blocks are left. A worker thread of oneTBB, which may come late, keeps for
/// good what it takes first: that is left once. What is lost is lost each time.
Attempt attempt_until_none_left(const std::function<void()>& action, std::int64_t failing) {
  constexpr int tries = 5;
  Attempt made = attempt(action, failing);
  for (int i = 1; i < tries && made.outcome != Outcome::fault && made.blocks_left != 0; ++i)
    made = attempt(action, failing);
  return made;
}

}  // namespace

std::string sweep(const std::function<void()>& action) {
  // What is made once and kept for good is made here.
  if (const Attempt first = attempt(action, -1); first.outcome != Outcome::success)
    return "without a failure it fails: " + first.fault;
  bool reached = true;
  for (std::int64_t failing = 0; reached; ++failing) {
    const Attempt made = attempt_until_none_left(action, failing);
    reached = made.reached;
    const std::string at = "allocation " + std::to_string(failing) + ": ";
    if (made.outcome == Outcome::fault) return at + made.fault;
    if (made.blocks_left != 0) return at + std::to_string(made.blocks_left) + " blocks are left";
    const Attempt second = attempt(action, -1);
    if (second.outcome != Outcome::success) return at + "the second try fails: " + second.fault;
  }
  return {};
}

}  // namespace accrue::test
