#include "src/backend.h"

namespace accrue {
namespace {

// A run of dims that one stride steps through, row-major: element i lies at i * stride.
struct Run {
  std::int64_t length;
  std::int64_t stride;
};

// The fewest runs that cover the dims, outermost first; dims of length 1 belong to none.
std::vector<Run> runs_of(const Shape& shape, const Strides& strides) {
  std::vector<Run> runs;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 1) continue;
    if (!runs.empty() && runs.back().stride == strides[d] * shape[d])
      runs.back() = {runs.back().length * shape[d], strides[d]};
    else
      runs.push_back({shape[d], strides[d]});
  }
  return runs;
}

}  // namespace

std::optional<Strides> strides_as(const Shape& shape, const Strides& strides, const Shape& view) {
  if (elements(shape) == 0 || view == shape) return view == shape ? strides : contiguous_strides(view);
  const std::vector<Run> runs = runs_of(shape, strides);
  Strides result(view.size(), 0);
  std::size_t d = view.size();
  // Each run, innermost first, must be a product of view dims: a view dim never reaches over two runs.
  for (std::size_t r = runs.size(); r-- > 0;) {
    std::int64_t covered = 1;
    while (covered < runs[r].length) {
      if (d == 0) return std::nullopt;
      --d;
      result[d] = runs[r].stride * covered;
      covered *= view[d];
    }
    if (covered != runs[r].length) return std::nullopt;
  }
  return result;
}

}  // namespace accrue
