// Brings views together and as near to the inputs as they get, where kernels read through them at no cost.
//
//   reshape(permute(slice(x))), ...   as few views as one strided walk over x takes, or none
//   flip(a * cumsum(b, 0), 1)         flip(a, 1) * cumsum(flip(b, 1), 0): a view moves above the maps,
//                                     casts and scans that nothing else reads
//   flip(cumsum(x, 0), 0)             cumsum(flip(x, 0), 0, reverse=True)
//   x + broadcast_to(y, shape of x)   x + y: a map broadcasts by itself
//
//   expects     any graph
//   guarantees  each element computed from the same operands in the same order, so the same bits; a view
//               moves as a whole: it comes to rest on inputs, constants, sequences, other views, concats and
//               matmuls, or stays where it is. It never comes to rest between two operations that could
//               share a kernel
//   never       adds work: a view that repeats elements stays below what computes them, a value with other
//               readers is not computed twice; changes the dim of a scan other than by moving it, or cuts it
//   cost        linear: one walk from the outputs decides, one from the inputs builds
#include <algorithm>
#include <unordered_map>

#include "graph/rewrite.h"
#include "graph/rewrites/view_chain.h"

namespace accrue {

namespace {

/// What lies above a map, cast or scan, as far as a view could move.
struct Passage {
  bool open = false;          // the view can move above it, and come to rest only where it costs nothing
  bool same_shapes = true;    // no operand on the way is broadcast, so a reshape can move
  std::uint32_t scanned = 0;  // dims, in the node's numbering, that a scan on the way runs along
};

using SharedViews = std::shared_ptr<const FoldedViews>;

/// Whether the node is a map of a value that a map broadcasts by itself.
bool reads_broadcast(const Arena& graph, const Node& node) {
  return node.kind == Kind::map && std::any_of(node.inputs.begin(), node.inputs.end(), [&](NodeId id) {
           const Node& operand = graph[id];
           return is_broadcast(operand) ||
                  (operand.kind == Kind::constant && operand.data == nullptr && !operand.shape.empty());
         });
}

bool is_single(const Shape& shape) { return elements(shape) == 1; }

/// The dim of the result that runs along dim `axis` of the value, whole, in order or (flipped) against it; or
/// nothing.
struct WholeDim {
  std::int64_t dim;
  bool flipped;
};
std::optional<WholeDim> whole_dim(const FoldedViews& views, const Shape& value, std::size_t axis) {
  std::int64_t outer = 1, before = 1;
  for (std::size_t d = 0; d < axis; ++d) outer *= value[d];
  const Access& a = views.access;
  std::size_t v = 0;
  while (v < a.view.size() && (before < outer || a.view[v] == 1)) before *= a.view[v++];
  if (v == a.view.size() || before != outer || a.view[v] != value[axis] || a.dim[v] < 0) return std::nullopt;
  const std::int64_t length = value[axis];
  if (views.shape[static_cast<std::size_t>(a.dim[v])] != length) return std::nullopt;
  if (a.start[v] == 0 && a.step[v] == 1) return WholeDim{a.dim[v], false};
  if (a.start[v] == length - 1 && a.step[v] == -1) return WholeDim{a.dim[v], true};
  return std::nullopt;
}

/// Whether the views only select and order dims: those of the value that are longer than 1 are not split or
/// merged.
bool keeps_dims(const FoldedViews& views, const Shape& value) {
  const auto long_dims = [](const Shape& shape) {
    Shape lengths;
    for (std::int64_t length : shape)
      if (length != 1) lengths.push_back(length);
    return lengths;
  };
  return long_dims(views.access.view) == long_dims(value);
}

/// The part of the views that repeats no element; the rest is at most a broadcast after it.
std::optional<FoldedViews> without_broadcast(const Shape& value, const FoldedViews& views) {
  if (views.chain.empty() || !is_broadcast(views.chain.back())) return views;
  ViewChain chain = views.chain;
  chain.pop_back();
  return chain.empty() ? std::optional(FoldedViews{{}, identity_access(value), value})
                       : fold_chain(value, chain);
}

/// The walk from the outputs: which views move, and from where to where.
class ViewMoves {
 public:
  explicit ViewMoves(const Arena& graph)
      : graph_(graph), readers_(count_readers(graph)), passages_(graph.size()), wanted_(graph.size()) {
    for (NodeId id = 0; id < graph.size(); ++id) passages_[id] = passage(graph[id], readers_[id]);
    for (std::size_t id = graph.size(); id-- > 0;)
      if (readers_[id] > 0) decide(static_cast<NodeId>(id));
  }

  /// The views that the node's only reader wants it to have applied already; null for none.
  const SharedViews& wanted(NodeId id) const { return wanted_[id]; }

  /// The views that stand in a view node's place.
  ViewChain chain_at(NodeId id) const {
    const auto moved = chains_.find(id);
    return moved != chains_.end() ? moved->second : ViewChain{plain(graph_[id])};
  }

  /// The views that the i-th operand of a node still needs, because it is not one that applies them itself.
  SharedViews operand_views(NodeId id, std::size_t i) const {
    const NodeId operand = graph_[id].inputs[i];
    if (wanted_[id] == nullptr || applies(operand)) return nullptr;
    return adapted(*wanted_[id], wanted_[id], graph_[id].shape, graph_[operand].shape);
  }

 private:
  static Node plain(Node view) {
    view.inputs.clear();
    return view;
  }

  Passage passage(const Node& node, std::uint32_t readers) const {
    Passage p;
    if (readers != 1) return p;
    if (node.kind != Kind::map && node.kind != Kind::cast && node.kind != Kind::scan) return p;
    for (NodeId input : node.inputs) {
      const Node& operand = graph_[input];
      const Passage& above = passages_[input];
      const bool fused = operand.kind == Kind::map || operand.kind == Kind::cast ||
                         operand.kind == Kind::scan || operand.kind == Kind::reduce;
      if (fused && !above.open) return p;
      p.same_shapes = p.same_shapes && above.same_shapes;
      if (!is_single(operand.shape)) p.same_shapes = p.same_shapes && operand.shape == node.shape;
      p.scanned |= above.scanned << (node.shape.size() - operand.shape.size());
    }
    p.open = true;
    if (node.kind == Kind::scan) {
      const auto axis = static_cast<std::size_t>(node.dims[0]);
      p.open = axis < node.shape.size() && node.shape[axis] > 1;
      p.scanned |= std::uint32_t{1} << axis;
    }
    return p;
  }

  /// Whether the node takes the views that its only reader wants, and applies them itself.
  bool applies(NodeId id) const {
    return readers_[id] == 1 && (graph_[id].kind == Kind::view || passages_[id].open);
  }

  bool can_move_above(NodeId id, const FoldedViews& views) const {
    const Passage& p = passages_[id];
    const Shape& shape = graph_[id].shape;
    if (!p.open || views.chain.empty()) return false;
    if (!p.same_shapes && !keeps_dims(views, shape)) return false;
    for (std::size_t d = 0; d < shape.size(); ++d)
      if ((p.scanned >> d & 1) != 0 && !whole_dim(views, shape, d)) return false;
    return true;
  }

  void decide(NodeId id) {
    if (graph_[id].kind == Kind::view) return decide_view(id);
    if (wanted_[id] == nullptr) return;
    for (NodeId operand : graph_[id].inputs)
      if (applies(operand))
        wanted_[operand] = adapted(*wanted_[id], wanted_[id], graph_[id].shape, graph_[operand].shape);
  }

  void decide_view(NodeId id) {
    const NodeId value = graph_[id].inputs[0];
    ViewChain chain{plain(graph_[id])};
    ViewChain rest;
    if (wanted_[id] != nullptr) rest = wanted_[id]->chain;
    ViewChain all = chain;
    all.insert(all.end(), rest.begin(), rest.end());
    std::optional<FoldedViews> views = fold_chain(graph_[value].shape, all);
    if (!rest.empty()) chains_[id] = all;
    if (views)
      rest.clear();
    else
      views = fold_chain(graph_[value].shape, chain);
    if (!views || !applies(value)) return;
    if (graph_[value].kind == Kind::view) return move(id, value, std::move(*views), std::move(rest));
    std::optional<FoldedViews> moving = without_broadcast(graph_[value].shape, *views);
    if (!moving || !can_move_above(value, *moving)) return;
    if (moving->chain.size() != views->chain.size()) rest.insert(rest.begin(), views->chain.back());
    move(id, value, std::move(*moving), std::move(rest));
  }

  void move(NodeId id, NodeId value, FoldedViews views, ViewChain rest) {
    wanted_[value] = std::make_shared<const FoldedViews>(std::move(views));
    chains_[id] = std::move(rest);
  }

  /// Views of a map's value as views of an operand, which the map broadcasts. They can be written as such:
  /// can_move_above() saw to it.
  static SharedViews adapted(const FoldedViews& views, const SharedViews& shared, const Shape& value,
                             const Shape& operand) {
    if (operand == value) return shared;
    ViewChain chain{broadcast_view(value)};
    chain.insert(chain.end(), views.chain.begin(), views.chain.end());
    std::optional<FoldedViews> folded = fold_chain(operand, chain);
    if (folded) folded = without_broadcast(operand, *folded);
    if (!folded) throw InternalError("fold_views: a view moved above a map that it does not pass");
    return std::make_shared<const FoldedViews>(std::move(*folded));
  }

  const Arena& graph_;
  std::vector<std::uint32_t> readers_;
  std::vector<Passage> passages_;
  std::vector<SharedViews> wanted_;
  std::unordered_map<NodeId, ViewChain> chains_;  // of views that moved, met others, or took some in
};

/// The walk from the inputs: builds what was decided.
class ViewBuilder {
 public:
  ViewBuilder(const Arena& graph, const ViewMoves& moves) : graph_(graph), moves_(moves) {}

  std::optional<NodeId> build(Arena& to, const Node& node, NodeId old) {
    if (node.kind == Kind::view) return viewed(to, node.inputs[0], moves_.chain_at(old));
    const SharedViews& wanted = moves_.wanted(old);
    if (wanted == nullptr && !reads_broadcast(to, node)) return std::nullopt;
    Node built = node;
    if (wanted != nullptr) apply(to, built, old, *wanted);
    if (node.kind == Kind::map) drop_broadcasts(to, built, wanted == nullptr ? node.shape : wanted->shape);
    return to.add(std::move(built));
  }

 private:
  void apply(Arena& to, Node& node, NodeId old, const FoldedViews& wanted) {
    for (std::size_t i = 0; i < node.inputs.size(); ++i)
      if (const SharedViews views = moves_.operand_views(old, i))
        node.inputs[i] = viewed(to, node.inputs[i], views->chain);
    if (node.kind == Kind::map) keep_rank(to, node, wanted.shape);
    if (node.kind != Kind::scan) return;
    const auto axis = whole_dim(wanted, graph_[old].shape, static_cast<std::size_t>(node.dims[0]));
    node.dims[0] = axis.value().dim;
    node.reverse = node.reverse != axis->flipped;
  }

  /// Where every operand of a map has left the leading dims of length 1 to the broadcast, one takes them
  /// back.
  void keep_rank(Arena& to, Node& node, const Shape& shape) {
    NodeId* longest = std::max_element(node.inputs.begin(), node.inputs.end(), [&](NodeId a, NodeId b) {
      return to[a].shape.size() < to[b].shape.size();
    });
    Shape padded = to[*longest].shape;
    if (padded.size() == shape.size()) return;
    while (padded.size() < shape.size()) padded.insert(0, 1);
    Node view = reshape_view(padded);
    view.where = node.where;
    *longest = viewed(to, *longest, {std::move(view)});
  }

  /// Applies views to a value of the new graph, together with the views that it may be itself.
  NodeId viewed(Arena& to, NodeId value, const ViewChain& views) {
    if (views.empty()) return value;
    if (to[value].kind == Kind::constant && to[value].data == nullptr)
      return constant_of_shape(to, to[value], views.back().shape);
    const auto known = base_.find(value);
    const NodeId base = known == base_.end() ? value : known->second;
    ViewChain chain;
    for (NodeId at = value; at != base; at = to[at].inputs[0]) chain.insert(chain.begin(), to[at]);
    chain.insert(chain.end(), views.begin(), views.end());
    if (const auto all = fold_chain(to[base].shape, chain); all && all->chain.size() <= chain.size())
      return append(to, base, all->chain);
    const auto added = fold_chain(to[value].shape, views);
    return append(to, value, added && added->chain.size() < views.size() ? added->chain : views);
  }

  NodeId append(Arena& to, NodeId base, const ViewChain& views) {
    NodeId at = base;
    for (Node view : views) {
      view.inputs = {at};
      at = to.add(std::move(view));
      base_.emplace(at, base);
    }
    return at;
  }

  /// A map reads a broadcast operand as it was before, where its shape stays the same.
  static void drop_broadcasts(Arena& to, Node& node, const Shape& shape) {
    for (NodeId& input : node.inputs) {
      const NodeId before = input;
      const Node& operand = to[input];
      if (is_broadcast(operand))
        input = operand.inputs[0];
      else if (operand.kind == Kind::constant && operand.data == nullptr)
        input = constant_of_shape(to, operand, {});
      if (input == before) continue;
      Node trial = node;
      infer(to, trial);
      if (!(trial.shape == shape)) input = before;
    }
  }

  static NodeId constant_of_shape(Arena& to, Node constant, const Shape& shape) {
    constant.shape = shape;
    return to.add(std::move(constant));
  }

  const Arena& graph_;
  const ViewMoves& moves_;
  std::unordered_map<NodeId, NodeId> base_;  // of each view in the new graph: the value its chain starts from
};

}  // namespace

bool concerns_fold_views(const Arena& graph, const Node& node) {
  return node.kind == Kind::view || reads_broadcast(graph, node);
}

Arena fold_views(const Arena& graph) {
  const ViewMoves moves(graph);
  ViewBuilder builder(graph, moves);
  return rebuild(graph,
                 [&](Arena& to, const Node& node, NodeId old) { return builder.build(to, node, old); });
}

}  // namespace accrue
