#include "graph/access.h"

namespace accrue {

Access identity_access(const Shape& shape) {
  Access a{shape, Dims(shape.size(), 0), Dims(shape.size(), 1), {}};
  for (std::size_t d = 0; d < shape.size(); ++d) a.dim.push_back(static_cast<std::int64_t>(d));
  return a;
}

Access with_dims(const Access& access, const Dims& dims) {
  Access a = access;
  for (std::size_t v = 0; v < a.dim.size(); ++v) {
    if (a.dim[v] >= 0) a.dim[v] = dims[static_cast<std::size_t>(a.dim[v])];
    if (a.dim[v] < 0) a.step[v] = 0;
  }
  return a;
}

namespace {

Access sliced(Access a, const Node& view) {
  for (std::size_t v = 0; v < a.dim.size(); ++v) {
    if (a.dim[v] < 0) continue;
    const auto d = static_cast<std::size_t>(a.dim[v]);
    a.start[v] += a.step[v] * view.dims[d];
    a.step[v] *= view.steps[d];
  }
  return a;
}

Access permuted(const Access& a, const Node& view) {
  Dims to(view.dims.size(), 0);
  for (std::size_t d = 0; d < view.dims.size(); ++d)
    to[static_cast<std::size_t>(view.dims[d])] = static_cast<std::int64_t>(d);
  return with_dims(a, to);
}

Access broadcast(const Access& a, const Shape& from, const Shape& to) {
  const std::size_t added = to.size() - from.size();
  Dims dims;
  for (std::size_t d = 0; d < from.size(); ++d)
    dims.push_back(from[d] == 1 && to[d + added] != 1 ? -1 : static_cast<std::int64_t>(d + added));
  return with_dims(a, dims);
}

/// The view dim that dim d drives, or -1.
int driven_by(const Access& a, std::size_t d) {
  for (std::size_t v = 0; v < a.dim.size(); ++v)
    if (a.dim[v] == static_cast<std::int64_t>(d)) return static_cast<int>(v);
  return -1;
}

/// Replaces the dims [first, last) of a shape, read through `a`, by dims of `lengths`, numbered from
/// `target`. They must be whole view dims in order, with none but dims of length 1 between them, or drive
/// nothing at all.
bool regroup(Access& a, const Shape& shape, std::size_t first, std::size_t last, const Dims& lengths,
             std::int64_t target) {
  const int v0 = driven_by(a, first);
  int end = v0;  // of the view dims that go
  for (std::size_t d = first; d < last; ++d) {
    const int next = driven_by(a, d);
    if (v0 < 0 && next < 0) continue;
    if (v0 < 0 || next < end) return false;
    for (; end < next; ++end)
      if (a.view[static_cast<std::size_t>(end)] != 1) return false;
    const auto i = static_cast<std::size_t>(next);
    if (a.start[i] != 0 || a.step[i] != 1 || a.view[i] != shape[d]) return false;
    ++end;
  }
  if (v0 < 0) return true;
  const auto v = static_cast<std::size_t>(v0);
  for (int gone = v0; gone < end; ++gone) {
    a.view.erase(v), a.start.erase(v), a.step.erase(v), a.dim.erase(v);
  }
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    a.view.insert(v + i, lengths[i]);
    a.start.insert(v + i, 0);
    a.step.insert(v + i, 1);
    a.dim.insert(v + i, target + static_cast<std::int64_t>(i));
  }
  return true;
}

/// The dims of a shape whose length is not 1.
Dims long_dims(const Shape& shape) {
  Dims dims;
  for (std::size_t d = 0; d < shape.size(); ++d)
    if (shape[d] != 1) dims.push_back(static_cast<std::int64_t>(d));
  return dims;
}

Shape lengths_of(const Shape& shape, const Dims& dims) {
  Shape lengths;
  for (std::int64_t d : dims) lengths.push_back(shape[static_cast<std::size_t>(d)]);
  return lengths;
}

std::optional<Access> reshaped(const Access& inner, const Shape& from, const Shape& to) {
  if (elements(inner.view) == 0) return identity_access(to);  // no elements: those of any shape that has none
  if (elements(from) == 0) {  // never needed; where it is read all the same, it is an element that is there
    const std::size_t rank = inner.view.size();
    return Access{inner.view, Dims(rank, 0), Dims(rank, 0), Dims(rank, -1)};
  }
  // Dims of length 1 play no part: number the others 0, 1, ... on both sides.
  const Dims old_dims = long_dims(from), new_dims = long_dims(to);
  Dims renumber(from.size(), -1);
  for (std::size_t i = 0; i < old_dims.size(); ++i)
    renumber[static_cast<std::size_t>(old_dims[i])] = static_cast<std::int64_t>(i);
  Access a = with_dims(inner, renumber);
  const Shape old_lengths = lengths_of(from, old_dims), new_lengths = lengths_of(to, new_dims);

  // Pair the smallest runs of dims with equal products; new dims are numbered beyond the old ones meanwhile.
  const auto offset = static_cast<std::int64_t>(old_lengths.size());
  for (std::size_t o = 0, n = 0; o < old_lengths.size();) {
    std::size_t o_end = o + 1, n_end = n + 1;
    std::int64_t o_product = old_lengths[o], n_product = new_lengths[n];
    while (o_product != n_product)
      if (o_product < n_product)
        o_product *= old_lengths[o_end++];
      else
        n_product *= new_lengths[n_end++];
    if (o_end == o + 1 && n_end == n + 1) {
      const int v = driven_by(a, o);
      if (v >= 0) a.dim[static_cast<std::size_t>(v)] = offset + static_cast<std::int64_t>(n);
    } else {
      Dims lengths;
      for (std::size_t i = n; i < n_end; ++i) lengths.push_back(new_lengths[i]);
      if (!regroup(a, old_lengths, o, o_end, lengths, offset + static_cast<std::int64_t>(n)))
        return std::nullopt;
    }
    o = o_end, n = n_end;
  }
  for (auto& d : a.dim)
    if (d >= 0) d = new_dims[static_cast<std::size_t>(d - offset)];
  return a;
}

}  // namespace

std::optional<Access> compose(const Access& inner, const Shape& inner_shape, const Node& view) {
  switch (view.view) {
    case View::reshape: return reshaped(inner, inner_shape, view.shape);
    case View::permute: return permuted(inner, view);
    case View::slice: return sliced(inner, view);
    case View::broadcast: return broadcast(inner, inner_shape, view.shape);
  }
  return std::nullopt;
}

}  // namespace accrue
