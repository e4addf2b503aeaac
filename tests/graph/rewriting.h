// Rewrites from text to text.
#pragma once

#include <string>
#include <string_view>

namespace accrue::test {

/// CHECKs that the rewrite of that name ("all": every one in turn) makes of the script `before` the graph of
/// the script `after`, that it finds nothing more to do there, and that both give the same bits on inputs
/// drawn from a seed: ordinary numbers, and NaN, infinities, -0 and the ends of the integers among them.
void check_rewrite(std::string_view rewrite, const std::string& before, const std::string& after);

/// CHECKs that the rewrite leaves the script's graph as it is.
inline void check_stays(std::string_view rewrite, const std::string& script) {
  check_rewrite(rewrite, script, script);
}

/// A script of one function: these parameters, this value.
inline std::string returns(const std::string& parameters, const std::string& value) {
  return "def f(" + parameters + "):\n    return " + value + "\n";
}

}  // namespace accrue::test
