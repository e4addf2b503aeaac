// The order of additions against a second formulation of it, with operations that tell every order apart.
#include "graph/prefix_tree.h"

#include <cstdint>
#include <string>

#include "tests/support/catch.h"

namespace accrue {
namespace {

/// Neither associative nor commutative: any other tree gives another value.
std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t h = a * 0x9e3779b97f4a7c15u + (b ^ 0xd1b54a32d192ed03u);
  h = (h ^ (h >> 29)) * 0xbf58476d1ce4e5b9u;
  return h ^ (h >> 32);
}

std::vector<std::uint64_t> hashes(std::size_t n) {
  std::vector<std::uint64_t> row(n);
  for (std::size_t i = 0; i < n; ++i) row[i] = mix(i, ~i);
  return row;
}

/// P(m) written as recursion: nothing is stored, and no node is ever wider than what is asked of it.
struct Recursive {
  const std::vector<std::uint64_t>& row;

  static std::size_t children(int level) { return level == 0 ? 8 : 32; }

  /// The total of the i-th child at a level: an element, or a complete node below.
  std::uint64_t child(int level, std::size_t i) const {
    if (level == 0) return row[i];
    const std::size_t n = children(level - 1);
    return network(level - 1, i * n, n - 1, n / 2);
  }
  /// Child k of the node whose first child is `first`, after the rounds d = 1, 2, ..., distance.
  std::uint64_t network(int level, std::size_t first, std::size_t k, std::size_t distance) const {
    if (distance == 0) return child(level, first + k);
    const std::uint64_t before = network(level, first, k, distance / 2);
    return k < distance ? before : mix(network(level, first, k - distance, distance / 2), before);
  }
  /// The sum over the digits of m from this level up, then this level's own.
  std::uint64_t prefix(int level, std::size_t m, std::uint64_t identity) const {
    if (m == 0) return identity;
    const std::size_t n = children(level), digit = m % n;
    const std::uint64_t higher = prefix(level + 1, m / n, identity);
    return digit == 0 ? higher : mix(higher, network(level, m - digit, digit - 1, n / 2));
  }
};

/// Half-open ranges that only join where one ends and the other begins; everything else is poison.
struct Range {
  std::int64_t first, end;
};
Range join(Range a, Range b) {
  if (a.first == a.end) return b;
  if (a.end != b.first || a.first > a.end) return {1, -1};
  return {a.first, b.end};
}

std::string bracket(const std::string& a, const std::string& b) { return "(" + a + b + ")"; }

}  // namespace

TEST_CASE("P(m) of small rows, as trees") {
  std::vector<std::string> letters;
  for (char c = 'a'; c <= 'z'; ++c) letters.emplace_back(1, c);
  const PrefixTree P(letters, std::string("0"), bracket);
  CHECK(P(0) == "0");
  CHECK(P(1) == "(0a)");
  CHECK(P(2) == "(0(ab))");
  CHECK(P(3) == "(0(a(bc)))");
  CHECK(P(4) == "(0((ab)(cd)))");
  CHECK(P(5) == "(0(a((bc)(de))))");
  CHECK(P(8) == "(0(((ab)(cd))((ef)(gh))))");
  CHECK(P(9) == "((0(((ab)(cd))((ef)(gh))))i)");
  CHECK(P(17) == "((0((((ab)(cd))((ef)(gh)))(((ij)(kl))((mn)(op)))))q)");
}

TEST_CASE("P(m) equals its recursive formulation, for every row up to 1100 elements and every prefix") {
  const std::vector<std::uint64_t> row = hashes(1100);
  std::vector<std::uint64_t> expected;
  for (std::size_t m = 0; m <= row.size(); ++m) expected.push_back(Recursive{row}.prefix(0, m, 42));
  std::size_t wrong = 0;
  for (std::size_t n = 0; n <= row.size(); ++n) {
    const PrefixTree P(std::vector<std::uint64_t>(row.begin(), row.begin() + static_cast<std::ptrdiff_t>(n)),
                       std::uint64_t{42}, mix);
    for (std::size_t m = 0; m <= n; ++m) wrong += P(m) != expected[m] ? 1 : 0;
  }
  CHECK(wrong == 0);
}

TEST_CASE("P(m) of longer rows, at the borders of the tree's levels") {
  const std::vector<std::uint64_t> row = hashes(262150);
  const PrefixTree P(row, std::uint64_t{42}, mix);
  for (const std::size_t border : {2048u, 8192u, 16384u, 65536u, 262144u})
    for (const std::size_t m : {border - 1, border, border + 1}) {
      INFO("m = " << m);
      CHECK(P(m) == Recursive{row}.prefix(0, m, 42));
    }
}

TEST_CASE("P(m) takes each of the first m elements once, in order") {
  const std::size_t n = 70000;
  std::vector<Range> row(n);
  for (std::size_t i = 0; i < n; ++i)
    row[i] = {static_cast<std::int64_t>(i), static_cast<std::int64_t>(i) + 1};
  const PrefixTree P(row, Range{0, 0}, join);
  std::size_t wrong = 0;
  for (std::size_t m = 0; m <= n; ++m) {
    const Range r = P(m);
    wrong += r.first != 0 || r.end != static_cast<std::int64_t>(m) ? 1 : 0;
  }
  CHECK(wrong == 0);
}

}  // namespace accrue
