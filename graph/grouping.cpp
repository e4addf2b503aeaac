#include "graph/grouping.h"

#include <algorithm>
#include <string>

namespace accrue {

namespace {

constexpr std::size_t max_members =
    512;  // nodes of one kernel: bounds its registers, its text and its compile time

std::string_view too_many_members() {
  static const std::string text =
      "the kernel would have more than " + std::to_string(max_members) + " operations";
  return text;
}

bool computes(const Node& n) {
  return n.kind == Kind::map || n.kind == Kind::cast || n.kind == Kind::scan || n.kind == Kind::reduce;
}

/// Whether the order of the elements along the axis decides the result's bits.
Direction direction_of(const Node& n) {
  if (n.kind == Kind::scan) return n.reverse ? Direction::reverse : Direction::forward;
  if (n.kind != Kind::reduce) return Direction::any;
  const bool ordered =
      spec(n.fold).result == scalar::FoldResult::index || (spec(n.fold).rounds && is_floating(n.dtype));
  return ordered ? Direction::forward : Direction::any;
}

/// The natural space of a node: the long dims of what it loops over, and which dim of its value each is.
void natural_space(const Arena& graph, const Node& n, Group& group, Dims& dims) {
  const Shape& loop = n.kind == Kind::reduce ? graph[n.inputs[0]].shape : n.shape;
  Dims space_dim(loop.size(), -1);
  for (std::size_t d = 0; d < loop.size(); ++d) {
    if (loop[d] == 1) continue;
    space_dim[d] = static_cast<std::int64_t>(group.space.size());
    group.space.push_back(loop[d]);
  }
  std::uint32_t reduced = 0;  // dims of the loop
  if (n.kind == Kind::scan || n.kind == Kind::reduce) {
    group.has_axis = true;
    group.direction = direction_of(n);
    for (std::int64_t d : n.dims) {
      const auto i = static_cast<std::size_t>(d);
      if (i >= loop.size()) continue;  // dim 0 of a 0-d value
      if (n.kind == Kind::reduce) reduced |= std::uint32_t{1} << i;
      if (space_dim[i] >= 0) group.axis.push_back(space_dim[i]);
    }
  }
  for (std::size_t d = 0; d < loop.size(); ++d) {
    if ((reduced >> d & 1) == 0)
      dims.push_back(space_dim[d]);
    else if (n.keepdim)
      dims.push_back(-1);
  }
}

/// Whether the access walks its base element by element: only then can reader and base share a loop.
bool is_elementwise(const Access& a, const Shape& base, const Shape& value) {
  if (!(a.view == base)) return false;
  for (std::size_t v = 0; v < a.view.size(); ++v) {
    if (a.view[v] == 1) continue;
    if (a.dim[v] < 0 || a.start[v] != 0 || a.step[v] != 1) return false;
    if (value[static_cast<std::size_t>(a.dim[v])] != a.view[v]) return false;
  }
  return true;
}

}  // namespace

void Group::clear() {
  space.clear();
  axis.clear();
  has_axis = false;
  direction = Direction::any;
  members.clear();
  reads.clear();
  readers.clear();
  stored_reads.clear();
}

Grouping::Grouping(const Arena& graph, bool fuse_nodes)
    : graph_(graph),
      fuse_nodes_(fuse_nodes),
      base_(graph.size()),
      home_(graph.size(), -1),
      copied_(graph.size()) {
  // First all reaches: what has to be copied is then known before its first reader is placed.
  for (NodeId id = 0; id < graph.size(); ++id) {
    base_[id] = id;
    if (graph[id].kind == Kind::view) resolve_view(id);
  }
  for (NodeId id = 0; id < graph.size(); ++id) {
    const Node& n = graph[id];
    if (computes(n) || is_copy(id)) place(id);
    if (n.kind == Kind::matmul) link_matmul(id);
    if (n.kind == Kind::concat)
      for (NodeId part : n.inputs) copy(part);
  }
  for (const auto& output : graph.outputs) copy(output.node);
  for (const auto& binding : graph.outs) copy(binding.node);
}

int Grouping::find(int g) const {
  auto i = static_cast<std::size_t>(g);
  while (parent_[i] != static_cast<int>(i)) {
    parent_[i] = parent_[static_cast<std::size_t>(parent_[i])];
    i = static_cast<std::size_t>(parent_[i]);
  }
  return static_cast<int>(i);
}

void Grouping::resolve_view(NodeId id) {
  const Node& n = graph_[id];
  const NodeId input = n.inputs[0];
  const Shape& shape = graph_[input].shape;
  auto access = compose(access_of(input), shape, n);
  if (!access) {  // the view that is read has to be stored first; from there it starts anew
    set_copy_source(input);
    base_[input] = input;
    access = compose(access_of(input), shape, n);
  }
  base_[id] = base_of(input);
  views_.emplace(id, std::move(*access));
}

Access Grouping::access_of(NodeId id) const {
  const Access* view = view_of(id);
  return view != nullptr ? *view : identity_access(graph_[id].shape);
}

void Grouping::set_copy_source(NodeId id) {
  copied_[id] = true;
  copy_source_.try_emplace(id, Reach{base_of(id), access_of(id)});
}

int Grouping::add_group(NodeId id) {
  const int g = group_count();
  if (spare_.empty()) {
    groups_.push_back(std::make_unique<Group>());
  } else {
    groups_.push_back(std::move(spare_.back()));
    spare_.pop_back();
  }
  parent_.push_back(g);
  dims_.emplace_back();
  home_[id] = g;
  group_at(g).members.push_back(id);
  return g;
}

/// Whether readers of this base depend on a kernel: inputs and constants are there from the start.
bool Grouping::made_in_kernel(NodeId base) const {
  const Kind kind = graph_[base].kind;
  return is_member(base) && kind != Kind::input && kind != Kind::constant && kind != Kind::iota;
}

/// Gives a node that no kernel makes a kernel that copies it.
void Grouping::copy(NodeId id) {
  if (is_member(id) || graph_[id].kind == Kind::concat) return;
  set_copy_source(id);
  place(id);
}

void Grouping::link_matmul(NodeId id) {
  for (NodeId input : graph_[id].inputs) {
    const NodeId base = base_of(input);
    const Node& b = graph_[base];
    if (b.kind == Kind::iota || (b.kind == Kind::constant && b.data == nullptr)) copy(base);
  }
  const int g = add_group(id);
  for (NodeId input : graph_[id].inputs) link(g, base_of(input));
}

void Grouping::place(NodeId id) {
  const Node& n = graph_[id];
  const int g = add_group(id);
  natural_space(graph_, n, group_at(g), dims_at(id));
  if (!computes(n)) {
    link(g, copy_source_.at(id).base);
    return;
  }
  for (NodeId input : n.inputs) link(g, base_of(input));
  fuse_with_producers(id);
  if (fuse_nodes_) fuse_with_sibling(id);
}

/// Notes that group `reader` reads what the base is made by: of a concat, its parts, from memory.
void Grouping::link(int reader, NodeId base) {
  const Node& n = graph_[base];
  if (n.kind != Kind::concat)
    return link_source(reader, base, !computes(n) || !computes(graph_[group(reader).members[0]]));
  SmallVector<NodeId, 3> sources{base};
  while (!sources.empty()) {
    const NodeId source = sources.back();
    sources.pop_back();
    if (graph_[source].kind == Kind::concat)
      for (NodeId part : graph_[source].inputs) sources.push_back(part);
    link_source(reader, source, true);
  }
}

void Grouping::link_source(int reader, NodeId source, bool from_memory) {
  if (!is_member(source) || group_of(source) == reader) return;
  const int g = group_of(source);
  group_at(reader).reads.push_back(g);
  auto& readers = group_at(g).readers;
  if (readers.empty() || readers.back() != reader) readers.push_back(reader);
  if (from_memory) read_from_memory(reader, g);
}

void Grouping::read_from_memory(int reader, int producer) {
  group_at(reader).stored_reads.push_back(producer);
}

Dims Grouping::operand_dims(NodeId id, std::size_t i) const {
  const Node& node = graph_[id];
  const Shape& operand = graph_[node.inputs[i]].shape;
  const Dims& own = dims_of(id);
  Dims dims(operand.size(), -1);
  if (node.kind != Kind::reduce) {
    const std::size_t added = node.shape.size() - operand.size();  // a map's operand may have fewer dims
    for (std::size_t d = 0; d < operand.size(); ++d)
      if (operand[d] != 1) dims[d] = own[d + added];
    return dims;
  }
  const Group& g = group(group_of(id));
  std::size_t kept = 0, along = 0, next = 0;
  for (std::size_t d = 0; d < operand.size(); ++d) {
    const bool reduced = next < node.dims.size() && node.dims[next] == static_cast<std::int64_t>(d);
    if (reduced) {
      ++next;
      kept += node.keepdim ? 1 : 0;
      if (operand[d] != 1) dims[d] = g.axis[along++];
    } else {
      dims[d] = own[kept++];
    }
  }
  return dims;
}

Access Grouping::read_access(const Reading& r) const {
  return with_dims(access_of(graph_[r.reader].inputs[r.operand]), operand_dims(r.reader, r.operand));
}

void Grouping::fuse_with_producers(NodeId id) {
  const Node& n = graph_[id];
  SmallVector<NodeId, 3> bases;  // that kernels compute; the latest first
  for (NodeId input : n.inputs)
    if (const NodeId base = base_of(input); made_in_kernel(base)) bases.push_back(base);
  std::sort(bases.begin(), bases.end(), [&](NodeId a, NodeId b) { return group_of(a) > group_of(b); });
  for (std::size_t i = 0; i < bases.size(); ++i) {
    const int producer = group_of(bases[i]), reader = group_of(id);
    if (producer == reader) continue;
    std::string_view refused = fuse_nodes_ ? "" : "fusion is switched off";
    Dims to_producer;
    if (refused.empty()) refused = map_dims(id, producer, to_producer);
    if (refused.empty()) refused = merge(producer, reader, to_producer);
    if (refused.empty()) continue;
    refusals_.push_back({bases[i], id, refused});
    read_from_memory(reader, producer);
  }
}

/// The producer's space dim behind each space dim of the node's group, as all operands made there have it.
std::string_view Grouping::map_dims(NodeId id, int producer, Dims& to_producer) const {
  const Node& n = graph_[id];
  to_producer = Dims(group(group_of(id)).space.size(), -1);
  for (std::size_t i = 0; i < n.inputs.size(); ++i) {
    const NodeId base = base_of(n.inputs[i]);
    if (!made_in_kernel(base) || group_of(base) != producer) continue;
    if (graph_[base].kind == Kind::matmul) return "a matmul is a kernel of its own";
    if (!computes(graph_[base])) return "it is a copy, made for a view of it";
    const Access* view = view_of(n.inputs[i]);
    if (view != nullptr && !is_elementwise(*view, graph_[base].shape, graph_[n.inputs[i]].shape))
      return "it is read through a view that moves elements";
    const Dims read = operand_dims(id, i), &made = dims_of(base);
    for (std::size_t v = 0; v < made.size(); ++v) {
      const std::int64_t d = view != nullptr ? view->dim[v] : static_cast<std::int64_t>(v);
      if (d < 0 || made[v] < 0) continue;
      auto& target = to_producer[static_cast<std::size_t>(read[static_cast<std::size_t>(d)])];
      if (target >= 0 && target != made[v]) return "it is read in two different orders";
      target = made[v];
    }
  }
  return {};
}

/// Kernels that read the same values in the same order share the reading.
void Grouping::fuse_with_sibling(NodeId id) {
  const Node& n = graph_[id];
  for (std::size_t i = 0; i < n.inputs.size(); ++i) {
    const NodeId base = base_of(n.inputs[i]);
    const Node& b = graph_[base];
    const bool loaded = b.kind != Kind::iota && (b.kind != Kind::constant || b.data != nullptr);
    if (!loaded || elements(b.shape) == 1 || (is_member(base) && group_of(base) == group_of(id))) continue;
    const Reading reading{id, i};
    const auto [last, first_time] = last_reading_.try_emplace(base, reading);
    if (first_time) continue;
    const int sibling = group_of(last->second.reader), own = group_of(id);
    const Access theirs = read_access(last->second), ours = read_access(reading);
    last->second = reading;
    if (sibling == own ||
        !(theirs.view == ours.view && theirs.start == ours.start && theirs.step == ours.step))
      continue;
    Dims to_sibling(group(own).space.size(), -1);
    for (std::size_t v = 0; v < ours.dim.size(); ++v)
      if (ours.dim[v] >= 0) to_sibling[static_cast<std::size_t>(ours.dim[v])] = theirs.dim[v];
    if (group(sibling).space.size() == to_sibling.size()) merge(sibling, own, to_sibling);
  }
}

/// Makes one group of two; b's dims are a's dims to_a (-1: still to be matched). Returns the reason where it
/// cannot.
std::string_view Grouping::merge(int a, int b, Dims to_a) {
  const std::string_view refused = match(group(a), group(b), to_a);
  if (!refused.empty()) return refused;
  if (reads_stored(a, b) || reads_stored(b, a)) return "another value of that kernel is read from memory";
  const int position = merged_position(a, b);
  if (position < 0) return "another kernel has to run between the two";
  absorb(a, b, to_a, position);
  return {};
}

/// Completes to_a, and checks that one loop nest serves both groups.
std::string_view Grouping::match(const Group& a, const Group& b, Dims& to_a) const {
  if (a.members.size() + b.members.size() > max_members) return too_many_members();
  // What reads a row's value all along the row: the dims that the value lacks are the axis.
  std::size_t along = 0;
  for (auto& d : to_a)
    if (d < 0 && a.has_axis && along < a.axis.size()) d = a.axis[along++];
  std::uint32_t covered = 0;  // dims of a's space
  for (std::size_t d = 0; d < to_a.size(); ++d) {
    const auto target = static_cast<std::size_t>(to_a[d]);
    if (to_a[d] < 0 || a.space[target] != b.space[d] || (covered >> target & 1) != 0)
      return "its reader loops over more elements: it would be computed once for each";
    covered |= std::uint32_t{1} << target;
  }
  Dims missing;
  for (std::size_t d = 0; d < a.space.size(); ++d)
    if ((covered >> d & 1) == 0) missing.push_back(static_cast<std::int64_t>(d));
  if (!missing.empty()) {  // b is about rows: one value for each
    Dims axis = a.axis;
    std::sort(axis.begin(), axis.end());
    if (!a.has_axis || !(missing == axis) || b.has_axis) return "its reader runs along another axis";
  }
  if (a.has_axis && b.has_axis && missing.empty()) {
    Dims b_axis;
    for (std::int64_t d : b.axis) b_axis.push_back(to_a[static_cast<std::size_t>(d)]);
    if (!(b_axis == a.axis)) return "its reader runs along another axis";
  }
  if (a.direction != Direction::any && b.direction != Direction::any && a.direction != b.direction)
    return "one runs forward, the other in reverse";
  return {};
}

bool Grouping::reads_stored(int reader, int producer) const {
  const auto& reads = group(reader).stored_reads;
  return std::any_of(reads.begin(), reads.end(), [&](int g) { return find(g) == producer; });
}

/// Where the union of two groups can stand in the order: at the earlier place if the later one reads nothing
/// made in between, at the later place if nothing in between reads the earlier one; else -1.
int Grouping::merged_position(int a, int b) const {
  constexpr std::size_t readers_looked_at = 64;  // bounds the work; beyond it the answer is no
  const int early = std::min(a, b), late = std::max(a, b);
  const auto& reads = group(late).reads;
  if (std::all_of(reads.begin(), reads.end(), [&](int g) { return find(g) <= early || find(g) == late; }))
    return early;
  const auto& readers = group(early).readers;
  const bool free =
      readers.size() <= readers_looked_at &&
      std::all_of(readers.begin(), readers.end(), [&](int g) { return find(g) >= late || find(g) == early; });
  return free ? late : -1;
}

void Grouping::absorb(int a, int b, const Dims& to_a, int position) {
  std::unique_ptr<Group> larger = std::move(groups_[static_cast<std::size_t>(a)]);
  std::unique_ptr<Group> smaller = std::move(groups_[static_cast<std::size_t>(b)]);
  Dims renumber = to_a;
  if (larger->members.size() < smaller->members.size() && larger->space.size() == smaller->space.size()) {
    for (std::size_t d = 0; d < to_a.size(); ++d)
      renumber[static_cast<std::size_t>(to_a[d])] = static_cast<std::int64_t>(d);
    std::swap(larger, smaller);  // renumber the smaller one
  }
  Group &into = *larger, &from = *smaller;
  const auto renumbered = [&](Dims dims) {
    for (auto& d : dims)
      if (d >= 0) d = renumber[static_cast<std::size_t>(d)];
    return dims;
  };
  for (NodeId member : from.members) dims_at(member) = renumbered(std::move(dims_at(member)));
  if (from.has_axis && !into.has_axis) into.has_axis = true, into.axis = renumbered(from.axis);
  if (into.direction == Direction::any) into.direction = from.direction;
  into.members.insert(into.members.end(), from.members.begin(), from.members.end());
  into.reads.insert(into.reads.end(), from.reads.begin(), from.reads.end());
  into.stored_reads.insert(into.stored_reads.end(), from.stored_reads.begin(), from.stored_reads.end());
  into.readers.insert(into.readers.end(), from.readers.begin(), from.readers.end());
  from.clear();
  spare_.push_back(std::move(smaller));
  groups_[static_cast<std::size_t>(position)] = std::move(larger);
  parent_[static_cast<std::size_t>(position == a ? b : a)] = position;
}

}  // namespace accrue
