// An action tried with its first allocation failing, then its second, and so on.
#pragma once

#include <functional>
#include <string>

namespace accrue::test {

/// Runs the action in a thread of its own, so that nothing is kept from the last time, with allocation 0
/// failing, then 1, 2, ... until all succeed; after each failure once more without one. The action itself
/// throws where its result is wrong.
///   returns  what did not hold: an exception other than std::bad_alloc and Error, memory still there
///            afterwards (each time: what a thread keeps once is not lost), or a second try that fails; empty
///            where all is well
std::string sweep(const std::function<void()>& action);

}  // namespace accrue::test
