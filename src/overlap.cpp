#include "src/overlap.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <vector>

namespace accrue {
namespace {

// What one index adds to an address: step * i for some i in 0 .. count-1.
struct Term {
  std::int64_t step;
  std::int64_t count;
};

// Decides whether a sum of terms can be a given number. Exact for the strides of slices, transposes and the
// like; the search gives up on others after a bounded number of steps.
class TermSums {
 public:
  explicit TermSums(std::vector<Term> terms) : terms_(merged(std::move(terms))) {
    reach_.push_back(0);
    divisor_.push_back(0);
    for (const Term& t : terms_) {
      reach_.push_back(reach_.back() + t.step * (t.count - 1));
      divisor_.push_back(std::gcd(divisor_.back(), t.step));
    }
  }

  Overlap contain(std::int64_t target) {
    visits_left_ = 4096;
    return search(terms_.size(), target);
  }

 private:
  // Terms ascend by step; one that continues the progression before it (as a row-major dim does) is merged
  // with it.
  static std::vector<Term> merged(std::vector<Term> terms) {
    std::erase_if(terms, [](const Term& t) { return t.step == 0 || t.count < 2; });
    std::sort(terms.begin(), terms.end(), [](const Term& a, const Term& b) { return a.step < b.step; });
    std::vector<Term> result;
    for (const Term& t : terms) {
      if (!result.empty() && t.step % result.back().step == 0 &&
          t.step / result.back().step <= result.back().count)
        result.back().count += t.step / result.back().step * (t.count - 1);
      else
        result.push_back(t);
    }
    return result;
  }

  // Whether the first `used` terms can sum to `target`: the largest takes each value that the others can
  // complete.
  Overlap search(std::size_t used, std::int64_t target) {
    if (--visits_left_ < 0) return Overlap::unknown;
    if (target < 0 || target > reach_[used]) return Overlap::none;
    if (used == 0) return Overlap::some;
    if (target % divisor_[used] != 0) return Overlap::none;
    if (used == 1) return Overlap::some;
    const Term& largest = terms_[used - 1];
    const std::int64_t beyond_others = std::max<std::int64_t>(target - reach_[used - 1], 0);
    const std::int64_t first = (beyond_others + largest.step - 1) / largest.step;
    const std::int64_t last = std::min(target / largest.step, largest.count - 1);
    for (std::int64_t i = first; i <= last; ++i) {
      const Overlap found = search(used - 1, target - i * largest.step);
      if (found != Overlap::none) return found;
    }
    return Overlap::none;
  }

  std::vector<Term> terms_;            // ascending steps
  std::vector<std::int64_t> reach_;    // [k]: the largest sum of the first k terms
  std::vector<std::int64_t> divisor_;  // [k]: what divides every sum of the first k terms
  int visits_left_ = 0;
};

// Bytes from the lowest element to the highest (their first bytes).
std::int64_t reach_bytes(const Tensor& t) {
  std::int64_t reach = 0;
  for (std::size_t d = 0; d < t.shape().size(); ++d)
    reach += std::abs(t.strides()[d]) * (t.shape()[d] - 1) * static_cast<std::int64_t>(byte_width(t.dtype()));
  return reach;
}

void add_terms(const Tensor& t, std::vector<Term>& terms) {
  const auto width = static_cast<std::int64_t>(byte_width(t.dtype()));
  for (std::size_t d = 0; d < t.shape().size(); ++d)
    terms.push_back({std::abs(t.strides()[d]) * width, t.shape()[d]});
  terms.push_back({1, width});
}

// Two different indices that differ first (by at least one step) in dim `k` have one address: the differences
// d_j of the other indices, each in -(n_j-1) .. n_j-1, are shifted to count from 0.
Overlap repeats_along(const Tensor& t, std::size_t k) {
  const Shape& shape = t.shape();
  const std::int64_t step = std::abs(t.strides()[k]);
  std::vector<Term> terms = {{step, shape[k] - 1}};
  std::int64_t target = -step;
  for (std::size_t j = 0; j < shape.size(); ++j) {
    if (j == k) continue;
    const std::int64_t other = std::abs(t.strides()[j]);
    terms.push_back({other, 2 * shape[j] - 1});
    target += other * (shape[j] - 1);
  }
  return TermSums(std::move(terms)).contain(target);
}

}  // namespace

ByteRange byte_range(const Tensor& t) {
  const auto first = reinterpret_cast<std::uintptr_t>(t.data());
  if (t.elements() == 0) return {first, first};
  std::int64_t below = 0;
  for (std::size_t d = 0; d < t.shape().size(); ++d)
    below += std::min<std::int64_t>(t.strides()[d], 0) * (t.shape()[d] - 1);
  const auto width = static_cast<std::int64_t>(byte_width(t.dtype()));
  const std::uintptr_t begin = first + static_cast<std::uintptr_t>(below * width);
  return {begin, begin + static_cast<std::uintptr_t>(reach_bytes(t) + width)};
}

Overlap overlap(const Tensor& a, const Tensor& b) {
  if (a.elements() == 0 || b.elements() == 0) return Overlap::none;
  const ByteRange range_a = byte_range(a);
  const ByteRange range_b = byte_range(b);
  if (range_a.end <= range_b.begin || range_b.end <= range_a.begin) return Overlap::none;
  if (a.is_contiguous() && b.is_contiguous()) return Overlap::some;
  // A byte of a is one of b: begin_a + (terms of a) = begin_b + (terms of b). The terms of b are counted from
  // their far end, so that all terms stand on one side.
  std::vector<Term> terms;
  add_terms(a, terms);
  add_terms(b, terms);
  return TermSums(std::move(terms)).contain(static_cast<std::int64_t>(range_b.end - 1 - range_a.begin));
}

Overlap self_overlap(const Tensor& t) {
  if (t.is_contiguous()) return Overlap::none;
  Overlap worst = Overlap::none;
  for (std::size_t k = 0; k < t.shape().size(); ++k) {
    if (t.shape()[k] < 2) continue;
    if (t.strides()[k] == 0) return Overlap::some;
    const Overlap found = repeats_along(t, k);
    if (found == Overlap::some) return found;
    if (found == Overlap::unknown) worst = found;
  }
  return worst;
}

bool same_geometry(const Tensor& a, const Tensor& b) {
  if (a.data() != b.data() || a.shape() != b.shape() || byte_width(a.dtype()) != byte_width(b.dtype()))
    return false;
  for (std::size_t d = 0; d < a.shape().size(); ++d)
    if (a.shape()[d] != 1 && a.strides()[d] != b.strides()[d]) return false;
  return true;
}

}  // namespace accrue
