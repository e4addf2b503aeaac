#include "graph/rewrites/view_chain.h"

#include <algorithm>

namespace accrue {

namespace {

Node view_node(View view, const Shape& shape) {
  Node node;
  node.kind = Kind::view;
  node.view = view;
  node.shape = shape;
  return node;
}

/// Writes an Access as views. A dim of the access's view shape is an axis of the value here; a place is a dim
/// on the way from the value to the result: one of those axes, or (-1) a dim of length 1.
class ChainWriter {
 public:
  ChainWriter(const Shape& value, const Access& access, const Shape& result)
      : at_(value), access_(access), result_(result) {
    find_target();
    place_axes();
  }

  ViewChain write() {
    reshape(lengths(places_));
    slice();
    if (in_order())
      reshape(target_);
    else
      permute();
    if (!(at_ == result_)) chain_.push_back(broadcast_view(result_));
    return std::move(chain_);
  }

 private:
  std::size_t axes() const { return access_.view.size(); }
  std::int64_t length(std::size_t axis) const { return access_.view[axis]; }

  /// The result dim that the axis runs along, or -1: it stands still, or has but one element.
  std::int64_t dim_of(std::size_t axis) const { return length(axis) > 1 ? access_.dim[axis] : -1; }

  /// The axis that runs along a result dim, or -1.
  std::int64_t axis_along(std::size_t dim) const {
    for (std::size_t v = 0; v < axes(); ++v)
      if (dim_of(v) == static_cast<std::int64_t>(dim)) return static_cast<std::int64_t>(v);
    return -1;
  }

  /// The result before the broadcast: dims that no axis runs along have length 1, and leading ones are left
  /// to the broadcast, but for those that the value has.
  void find_target() {
    for (std::size_t d = 0; d < result_.size(); ++d) {
      target_axis_.push_back(axis_along(d));
      target_.push_back(target_axis_[d] < 0 ? 1 : result_[d]);
    }
    if (target_ == result_) return;
    while (target_.size() > at_.size() && target_[0] == 1 && target_axis_[0] < 0) {
      target_.erase(0);
      target_axis_.erase(0);
    }
    if (access_.view == at_) return;
    while (!target_.empty() && target_axis_[0] < 0) {
      target_.erase(0);
      target_axis_.erase(0);
    }
  }

  bool in_order() const {
    std::int64_t last = -1;
    for (std::int64_t axis : target_axis_) {
      if (axis >= 0 && axis < last) return false;
      last = std::max(last, axis);
    }
    return true;
  }

  /// Chooses what the value is read as. A value that is reshaped anyway gets its dims of length 1 where the
  /// result has them.
  void place_axes() {
    if (access_.view == at_) {
      for (std::size_t v = 0; v < axes(); ++v) places_.push_back(static_cast<std::int64_t>(v));
      return;
    }
    std::int64_t next = 0;
    const auto stand_still_before = [&](std::int64_t end) {
      for (; next < end; ++next)
        if (length(static_cast<std::size_t>(next)) > 1 && dim_of(static_cast<std::size_t>(next)) < 0)
          places_.push_back(next);
    };
    if (in_order()) {
      for (std::int64_t axis : target_axis_) {
        if (axis >= 0) stand_still_before(axis);
        places_.push_back(axis);
        next = std::max(next, axis + 1);
      }
      stand_still_before(static_cast<std::int64_t>(axes()));
      return;
    }
    for (std::size_t v = 0; v < axes(); ++v)
      if (length(v) > 1) places_.push_back(static_cast<std::int64_t>(v));
    while (places_.size() < target_.size()) places_.push_back(-1);
  }

  Shape lengths(const Dims& places) const {
    Shape shape;
    for (std::int64_t place : places)
      shape.push_back(place < 0 ? 1 : length(static_cast<std::size_t>(place)));
    return shape;
  }

  void reshape(const Shape& shape) {
    if (at_ == shape) return;
    chain_.push_back(view_node(View::reshape, shape));
    at_ = shape;
  }

  void slice() {
    Node node = view_node(View::slice, at_);
    bool whole = true;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      const auto axis = static_cast<std::size_t>(places_[i]);
      const bool has_axis = places_[i] >= 0 && length(axis) > 1;
      const std::int64_t dim = has_axis ? dim_of(axis) : -1;
      node.dims.push_back(has_axis ? access_.start[axis] : 0);
      node.steps.push_back(dim >= 0 ? access_.step[axis] : 1);
      if (has_axis) node.shape[i] = dim >= 0 ? result_[static_cast<std::size_t>(dim)] : 1;
      whole = whole && node.dims[i] == 0 && node.steps[i] == 1;
    }
    if (whole && node.shape == at_) return;
    at_ = node.shape;
    chain_.push_back(std::move(node));
  }

  /// Brings the places into the order of the target, those of length 1 in any order.
  void permute() {
    if (places_.size() != target_.size()) leave_out_units();
    Node node = view_node(View::permute, target_);
    std::size_t next_unit = 0;
    for (std::int64_t axis : target_axis_) {
      const auto has_axis = [&](std::int64_t place) {
        return place >= 0 && dim_of(static_cast<std::size_t>(place)) >= 0;
      };
      if (axis < 0) {
        while (has_axis(places_[next_unit])) ++next_unit;
        node.dims.push_back(static_cast<std::int64_t>(next_unit++));
      } else {
        const auto place = std::find(places_.begin(), places_.end(), axis);
        node.dims.push_back(place - places_.begin());
      }
    }
    at_ = target_;
    chain_.push_back(std::move(node));
  }

  /// As many places of length 1 as the target has, behind the others.
  void leave_out_units() {
    Dims kept;
    Shape shape;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (places_[i] < 0 || dim_of(static_cast<std::size_t>(places_[i])) < 0) continue;
      kept.push_back(places_[i]);
      shape.push_back(at_[i]);
    }
    while (kept.size() < target_.size()) {
      kept.push_back(-1);
      shape.push_back(1);
    }
    places_ = kept;
    reshape(shape);
  }

  Shape at_;  // the shape reached so far
  const Access& access_;
  const Shape& result_;
  Shape target_;
  Dims target_axis_;  // by dim of the target, or -1
  Dims places_;
  ViewChain chain_;
};

}  // namespace

Node broadcast_view(const Shape& shape) { return view_node(View::broadcast, shape); }
Node reshape_view(const Shape& shape) { return view_node(View::reshape, shape); }

std::optional<FoldedViews> fold_chain(const Shape& shape, const ViewChain& chain) {
  if (elements(shape) == 0 || elements(chain.back().shape) == 0) return std::nullopt;
  FoldedViews folded{{}, identity_access(shape), shape};
  for (const Node& view : chain) {
    std::optional<Access> next = compose(folded.access, folded.shape, view);
    if (!next) return std::nullopt;
    folded.access = std::move(*next);
    folded.shape = view.shape;
  }
  folded.chain = ChainWriter(shape, folded.access, folded.shape).write();
  for (Node& view : folded.chain) view.where = chain.back().where;
  return folded;
}

}  // namespace accrue
