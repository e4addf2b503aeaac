// Says with one scan what was said with a scan and the moves around it.
//
//   flip(scan(flip(x, d), d), d)                   scan(x, d, reverse): the other direction
//   concat((identity, scan(x, d)[:-1]), d)         scan(x, d, exclusive)
//   concat((scan(x, d, reverse)[1:], identity), d) scan(x, d, reverse, exclusive)
//
//   expects     views composed (fold_views), so that a flip or a slice is one node on the scan
//   guarantees  the same bits: a reverse scan numbers the elements from the far end, and an exclusive one
//               is the inclusive one shifted, in the definition of both (graph/README.md, "The prefix tree")
//   never       adds a pass over memory: a scan with other readers, which would run beside its mirror image,
//               stays; takes -0.0 for the 0 that a sum starts from
#include "graph/rewrite.h"
#include "graph/rewrites/constants.h"

namespace accrue {

namespace {

/// Whether the node is the slice of its input that takes `length` elements along `dim`, from `start` by
/// `step`, and all of every other dim.
bool slices_only(const Arena& graph, const Node& node, std::int64_t dim, std::int64_t start,
                 std::int64_t step, std::int64_t length) {
  if (node.kind != Kind::view || node.view != View::slice) return false;
  const Shape& whole = graph[node.inputs[0]].shape;
  for (std::size_t d = 0; d < whole.size(); ++d) {
    const bool here = static_cast<std::int64_t>(d) == dim;
    if (node.dims[d] != (here ? start : 0) || node.steps[d] != (here ? step : 1)) return false;
    if (node.shape[d] != (here ? length : whole[d])) return false;
  }
  return true;
}

bool flips_only(const Arena& graph, const Node& node, std::int64_t dim) {
  if (node.kind != Kind::view) return false;
  const Shape& shape = graph[node.inputs[0]].shape;
  if (static_cast<std::size_t>(dim) >= shape.size()) return false;
  const std::int64_t length = shape[static_cast<std::size_t>(dim)];
  return slices_only(graph, node, dim, length - 1, -1, length);
}

/// flip(scan(flip(x))) as a scan of x.
std::optional<Node> mirrored(const Arena& graph, const Node& node) {
  if (node.kind != Kind::view || graph[node.inputs[0]].kind != Kind::scan) return std::nullopt;
  Node scan = graph[node.inputs[0]];
  if (!flips_only(graph, node, scan.dims[0])) return std::nullopt;
  const Node& inner = graph[scan.inputs[0]];
  if (!flips_only(graph, inner, scan.dims[0])) return std::nullopt;
  scan.inputs = inner.inputs;
  scan.reverse = !scan.reverse;
  return scan;
}

/// A concat of two that is a scan moved on by one place, as an exclusive scan.
std::optional<Node> shifted(const Arena& graph, const Node& node) {
  if (node.kind != Kind::concat || node.inputs.size() != 2) return std::nullopt;
  const std::int64_t axis = node.dims[0];
  const std::int64_t length = node.shape[static_cast<std::size_t>(axis)];
  for (const bool reverse : {false, true}) {
    const Node& start = graph[node.inputs[reverse ? 1 : 0]];
    const Node& rest = graph[node.inputs[reverse ? 0 : 1]];
    if (!slices_only(graph, rest, axis, reverse ? 1 : 0, 1, length - 1)) continue;
    Node scan = graph[rest.inputs[0]];
    if (scan.kind != Kind::scan || scan.dims[0] != axis || scan.exclusive || scan.reverse != reverse)
      continue;
    if (!(scan.shape == node.shape) || uniform_bits(start) != identity_bits(scan.fold, scan.dtype)) continue;
    scan.exclusive = true;
    return scan;
  }
  return std::nullopt;
}

}  // namespace

bool concerns_scan_algebra(const Arena& graph, const Node& node) {
  return shifted(graph, node) || mirrored(graph, node);
}

Arena scan_algebra(const Arena& graph) {
  const std::vector<std::uint32_t> readers = count_readers(graph);
  return rebuild(graph, [&](Arena& to, const Node& node, NodeId old) -> std::optional<NodeId> {
    std::optional<Node> scan = shifted(to, node);
    if (!scan && !node.inputs.empty() && readers[graph[old].inputs[0]] == 1) scan = mirrored(to, node);
    if (!scan) return std::nullopt;
    scan->where = node.where;
    return to.add(std::move(*scan));
  });
}

}  // namespace accrue
