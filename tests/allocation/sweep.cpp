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

/// The `failing`-th allocation fails (below 0: none); `reached`: there were that many.
Outcome attempt(const std::function<void()>& action, std::int64_t failing, bool& reached,
                std::string& fault) {
  Outcome outcome = Outcome::success;
  std::thread([&] {
    try {
      fail_allocation(failing);
      action();
      reached = stop_failing();
    } catch (const std::bad_alloc&) {
      reached = stop_failing();
      outcome = Outcome::failure;
    } catch (const Error&) {
      reached = stop_failing();
      outcome = Outcome::failure;
    } catch (const std::exception& e) {
      reached = stop_failing();
      outcome = Outcome::fault;
      fault = e.what();
    }
  }).join();
  host_pool().trim();
  return outcome;
}

}  // namespace

std::string sweep(const std::function<void()>& action) {
  bool unused = false;
  std::string fault;
  // What is made once and kept for good is made here.
  if (attempt(action, -1, unused, fault) != Outcome::success) return "without a failure it fails: " + fault;
  const std::int64_t before = live_allocations();
  bool reached = true;
  for (std::int64_t failing = 0; reached; ++failing) {
    const bool is_fault = attempt(action, failing, reached, fault) == Outcome::fault;
    const std::int64_t left = live_allocations() - before;
    const bool succeeds = !is_fault && attempt(action, -1, unused, fault) == Outcome::success;
    const std::string at = "allocation " + std::to_string(failing) + ": ";
    if (is_fault) return at + fault;
    if (left != 0) return at + std::to_string(left) + " blocks are left";
    if (!succeeds) return at + "the second try fails: " + fault;
  }
  return {};
}

}  // namespace accrue::test
