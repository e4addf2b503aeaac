// The fake libraries, which this program's library opens as the driver and the compiler.
#pragma once

#include <string>

#include "accrue/error.hpp"
#include "tests/cuda/fake/controls.h"

namespace accrue::test {

fake::CudaControls& fake_cuda();
fake::CublasControls& fake_cublas();
fake::NvrtcControls& fake_nvrtc();

/// Runs `action` once for each thing that it has the driver make, which fails that time, and its retry too,
/// then `check` of the message; until a run in which nothing failed.
///   returns  how many runs failed
template <class Action, class Check>
int fail_each_making(const Action& action, const Check& check) {
  fake::CudaControls& controls = fake_cuda();
  for (int before = 0;; ++before) {
    controls.makings_before_failure = before;
    controls.failures = 2;
    std::string message;
    try {
      action();
    } catch (const Error& error) {
      message = error.what();
    }
    const bool none_failed = controls.failures == 2;
    controls.makings_before_failure = -1;
    if (none_failed) return before;
    check(message);
  }
}

}  // namespace accrue::test
