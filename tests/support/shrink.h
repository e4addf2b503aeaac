// A failing random graph made small, and printed as a script that loads.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "tests/support/random_graphs.h"

namespace accrue::test {

/// A smaller sample for which `fails` still holds: one output, values near it instead of what computes them,
/// fewer operations, short dims, elements of 0. Calls `fails` at most 2,000 times, and no more once `time` is
/// over.
Sample shrink(const Sample& sample, const std::function<bool(const Sample&)>& fails,
              std::chrono::steady_clock::duration time = std::chrono::seconds(20));

/// The sample's graph as a script, with its seed and its inputs' elements as comments.
std::string script_of(const Sample& sample);

}  // namespace accrue::test
