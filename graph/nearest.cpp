#include "graph/nearest.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace accrue {
namespace {

constexpr std::size_t longest = 64;

// The restricted Damerau-Levenshtein distance, three rows at a time.
std::size_t edits(std::string_view a, std::string_view b) {
  std::array<std::size_t, longest + 1> before{}, above{}, row{};
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = above[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0);
      row[j] = std::min({replace, above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = above;
    above = row;
  }
  return above[b.size()];
}

}  // namespace

std::optional<std::string_view> nearest_name(std::string_view word,
                                             std::span<const std::string_view> candidates) {
  std::optional<std::string_view> best;
  if (word.size() > longest) return best;
  std::size_t fewest = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (std::string_view candidate : candidates) {
    if (candidate.size() > longest) continue;
    const std::size_t needed = edits(word, candidate);
    if (needed < fewest && needed < std::max(word.size(), candidate.size())) {
      best = candidate;
      fewest = needed;
    }
  }
  return best;
}

}  // namespace accrue
