// The order of additions: P(m), the sum of the first m elements of a row (graph/README.md, "The prefix
// tree").
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace accrue {

/// Elements stand in leaves of 8, leaves in nodes of 32, those in nodes of 32, and so on. A node's children
/// are folded by the Kogge-Stone network, which gives each child its inclusive value; the last one of a
/// complete node is the node's total. P(m) is read off digit by digit, where m = d0 + 8 * (d1 + 32 * (d2 +
/// ...)).
template <class T, class Combine>
class PrefixTree {
 public:
  PrefixTree(std::vector<T> elements, T identity, Combine combine) : identity_(identity), combine_(combine) {
    for (std::vector<T> children = std::move(elements); !children.empty();) {
      const std::size_t node = children_of(levels_.size());
      for (std::size_t first = 0; first < children.size(); first += node)
        fold_node(children, first, std::min(first + node, children.size()));
      std::vector<T> totals;
      for (std::size_t next = node; next <= children.size(); next += node)
        totals.push_back(children[next - 1]);
      levels_.push_back(std::move(children));
      children = std::move(totals);
    }
  }

  /// P(m): complete big nodes first, then the smaller ones to their right, then the single elements.
  T operator()(std::size_t m) const {
    T sum = identity_;
    for (std::size_t level = levels_.size(); level-- > 0;) {
      const std::size_t complete = m / elements_per_child(level);  // children wholly in the first m elements
      if (complete % children_of(level) != 0) sum = combine_(sum, levels_[level][complete - 1]);
    }
    return sum;
  }

 private:
  static std::size_t children_of(std::size_t level) { return level == 0 ? 8 : 32; }
  static std::size_t elements_per_child(std::size_t level) {
    return level == 0 ? 1 : std::size_t{8} << (5 * (level - 1));
  }

  void fold_node(std::vector<T>& t, std::size_t first, std::size_t end) const {
    for (std::size_t d = 1; d < end - first; d *= 2)
      for (std::size_t k = end; k-- > first + d;)
        t[k] = combine_(t[k - d], t[k]);  // downwards: from old values
  }

  std::vector<std::vector<T>> levels_;  // every child's inclusive value within its node
  T identity_;
  Combine combine_;
};

}  // namespace accrue
