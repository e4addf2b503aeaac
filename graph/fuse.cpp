// From groups of nodes to kernels: which values are stored, and the instructions of each kernel.
#include <algorithm>
#include <deque>

#include "graph/grouping.h"

namespace accrue {

namespace {

/// A place that a node's value is stored to: a buffer, or a part of a concat's buffer.
struct Target {
  int buffer;
  Dims start;  // per dim of the buffer
};

constexpr int cheap_operations = 3;  // recomputing that many from inputs is dearer than no store and load

class Emitter {
 public:
  Emitter(std::shared_ptr<const Arena> graph, bool fuse_nodes)
      : graph_(*graph),
        groups_(graph_, fuse_nodes),
        stored_(graph_.size()),
        reshaped_(graph_.size()),
        target_list_(graph_.size(), -1),
        read_buffer_(graph_.size(), -1),
        kernel_of_(graph_.size(), -1),
        needed_(graph_.size()),
        instr_of_(graph_.size(), -1),
        last_load_(graph_.size(), -1) {
    out_.graph = std::move(graph);
    decide_stores();
    make_buffers();
    for (int g = 0; g < groups_.group_count(); ++g)
      if (groups_.is_group(g)) emit_group(g);
    explain_refusals();
  }
  KernelGraph take() { return std::move(out_); }

 private:
  // ------------------------------------------------------------------ which values are stored

  bool is_loop_node(const Node& n) const {
    return n.kind == Kind::map || n.kind == Kind::cast || n.kind == Kind::scan || n.kind == Kind::reduce;
  }

  /// The operations it takes to recompute a value from inputs and constants, or more than cheap_operations.
  int operations(NodeId id, int budget = cheap_operations) const {
    const Node& n = graph_[id];
    if (n.kind != Kind::map && n.kind != Kind::cast)
      return n.kind == Kind::input || n.kind == Kind::constant || n.kind == Kind::iota ? 0 : budget + 1;
    if (n.kind == Kind::map && !info(n.fn).spec.exact) return budget + 1;
    int total = 1, loads = 0;
    for (NodeId input : n.inputs) {
      if (total > budget) break;
      const NodeId base = groups_.base_of(input);
      loads += elements(graph_[base].shape) > 1 && graph_[base].kind != Kind::constant ? 1 : 0;
      total += operations(base, budget - total);
    }
    return loads > 1 ? budget + 1 : total;
  }

  /// Whether a reader in another kernel computes the value again instead of loading it.
  bool recomputed(NodeId base, const Access* view, const Shape& shape) const {
    if (!is_loop_node(graph_[base]) || reshapes(view, base)) return false;
    for (std::size_t v = 0; view != nullptr && v < view->dim.size(); ++v) {
      if (view->view[v] == 1) continue;
      if (view->dim[v] < 0 || view->start[v] != 0 || view->step[v] != 1) return false;
      if (shape[static_cast<std::size_t>(view->dim[v])] != view->view[v]) return false;
    }
    return fused_ && operations(base) <= cheap_operations;
  }

  bool reshapes(const Access* view, NodeId base) const {
    return view != nullptr && !(view->view == graph_[base].shape);
  }

  /// A value of that shape is read: the base through the view, or (null) the base itself.
  void note_read(int reader, NodeId base, const Access* view, const Shape& shape) {
    const Node& b = graph_[base];
    if (b.kind == Kind::input || b.kind == Kind::constant || b.kind == Kind::iota) return;
    if (groups_.is_member(base) && groups_.group_of(base) == reader) return;
    if (recomputed(base, view, shape)) return;
    stored_[base] = true;
    if (reshapes(view, base)) reshaped_[base] = true;
  }

  void decide_stores() {
    fused_ = groups_.fuses();
    for (NodeId id = 0; id < graph_.size(); ++id) {
      const Node& n = graph_[id];
      if (n.data != nullptr) tensor_constants_.push_back(id);
      if (n.kind == Kind::concat) concats_.push_back(id);
      if (!groups_.is_member(id)) continue;
      const int g = groups_.group_of(id);
      if (groups_.is_copy(id)) {
        const Reach& source = groups_.copy_source(id);
        note_read(g, source.base, &source.access, n.shape);
      } else {
        for (NodeId input : n.inputs) {
          const NodeId base = groups_.base_of(input);
          const Access* view = groups_.view_of(input);
          if (n.kind == Kind::matmul) {
            stored_[base] = graph_[base].kind != Kind::input && graph_[base].data == nullptr;
            if (reshapes(view, base)) reshaped_[base] = true;
          } else {
            note_read(g, base, view, graph_[input].shape);
          }
        }
      }
    }
  }

  // ------------------------------------------------------------------ buffers

  int add_buffer(Buffer::Kind kind, NodeId node, std::string name) {
    out_.buffers.push_back({kind, node, graph_[node].dtype, graph_[node].shape, std::move(name)});
    return static_cast<int>(out_.buffers.size()) - 1;
  }

  const std::vector<Target>& targets(NodeId id) const {
    static const std::vector<Target> none;
    return target_list_[id] < 0 ? none : target_lists_[static_cast<std::size_t>(target_list_[id])];
  }

  void add_target(NodeId id, Target target) {
    if (target_list_[id] < 0) {
      target_list_[id] = static_cast<int>(target_lists_.size());
      target_lists_.emplace_back();
    }
    target_lists_[static_cast<std::size_t>(target_list_[id])].push_back(std::move(target));
  }

  void add_whole_target(NodeId id, int buffer) { add_target(id, {buffer, Dims(graph_[id].shape.size(), 0)}); }

  void make_buffers() {
    for (NodeId id : graph_.inputs()) read_buffer_[id] = add_buffer(Buffer::Kind::input, id, graph_[id].name);
    for (NodeId id : tensor_constants_) read_buffer_[id] = add_buffer(Buffer::Kind::constant, id, "");
    std::vector<int> output_of(graph_.size(), -1);
    const auto add_output = [&](NodeId id, std::string name) {
      const int buffer = add_buffer(Buffer::Kind::output, id, std::move(name));
      out_.outputs.push_back(buffer);
      add_whole_target(id, buffer);
      if (output_of[id] < 0) output_of[id] = buffer;
    };
    for (const auto& output : graph_.outputs) add_output(output.node, output.name);
    for (const auto& binding : graph_.outs)
      add_output(binding.node, "out of %" + std::to_string(binding.node));
    for (NodeId id = 0; id < graph_.size(); ++id) {
      if (!stored_[id] || read_buffer_[id] >= 0) continue;
      // An output's strides are the caller's: it can be read in its own shape, but not in another.
      read_buffer_[id] = output_of[id];
      if (output_of[id] >= 0 && !reshaped_[id]) continue;
      read_buffer_[id] = add_buffer(Buffer::Kind::temporary, id, "");
      add_whole_target(id, read_buffer_[id]);
    }
    for (std::size_t i = concats_.size(); i-- > 0;) add_part_targets(concats_[i]);
  }

  /// The parts of a concat are stored straight into its places.
  void add_part_targets(NodeId id) {
    const auto axis = static_cast<std::size_t>(graph_[id].dims[0]);
    for (const Target& whole : targets(id)) {
      Target part = whole;
      for (NodeId input : graph_[id].inputs) {
        add_target(input, part);
        part.start[axis] += graph_[input].shape[axis];
      }
    }
  }

  // ------------------------------------------------------------------ one kernel

  struct Clone {
    NodeId node;
    Dims dims;
    int instr;
  };

  void emit_group(int g) {
    const Group& group = groups_.group(g);
    const std::vector<NodeId> members = live_members(g);
    if (members.empty()) return;
    if (graph_[members[0]].kind == Kind::matmul) return emit_matmul(members[0]);
    clones_.clear();
    set_space(group);
    kernel_.code.reserve(most_instructions(g, members));
    for (NodeId id : members) instr_of_[id] = emit_member(id);
    for (NodeId id : members)
      for (const Target& target : targets(id))
        emit_store(id, instr_of_[id], target, kernel_dims(groups_.dims_of(id)));
    kernel_.reason = reason(members);
    for (NodeId id : members) instr_of_[id] = -1, kernel_of_[id] = static_cast<int>(out_.kernels.size());
    for (const Instr& instr : kernel_.code) last_load_[instr.node] = -1;
    finish_kernel();
  }

  void finish_kernel() {
    out_.kernels.push_back(std::move(kernel_));
    kernel_ = Kernel{};
    previous_load_.clear();
  }

  bool is_made_in(int g, NodeId base) const { return groups_.is_member(base) && groups_.group_of(base) == g; }

  /// Without those of clones: one for each member, store and operand that is loaded.
  std::size_t most_instructions(int g, const std::vector<NodeId>& members) const {
    std::size_t count = 0;
    for (NodeId id : members) {
      count += 1 + targets(id).size();
      for (NodeId input : graph_[id].inputs) count += is_made_in(g, groups_.base_of(input)) ? 0 : 1;
    }
    return count;
  }

  /// The members that a store needs, in topological order.
  std::vector<NodeId> live_members(int g) {
    std::vector<NodeId> members = groups_.group(g).members, live;
    std::sort(members.begin(), members.end());
    for (std::size_t i = members.size(); i-- > 0;) {
      const NodeId id = members[i];
      if (targets(id).empty() && !needed_[id]) continue;
      live.push_back(id);
      if (groups_.is_copy(id)) continue;
      for (NodeId input : graph_[id].inputs) {
        const NodeId base = groups_.base_of(input);
        if (is_made_in(g, base)) needed_[base] = true;
      }
    }
    std::reverse(live.begin(), live.end());
    return live;
  }

  /// The kernel's dims: the group's, those of the axis together behind the outer ones.
  void set_space(const Group& group) {
    const auto is_axis = [&](std::int64_t d) {
      return std::find(group.axis.begin(), group.axis.end(), d) != group.axis.end();
    };
    const auto rank = static_cast<std::int64_t>(group.space.size());
    const std::int64_t last =
        group.axis.empty() ? rank : *std::max_element(group.axis.begin(), group.axis.end());
    kernel_dim_ = Dims(group.space.size(), -1);
    const auto add = [&](std::int64_t d) {
      kernel_dim_[static_cast<std::size_t>(d)] = static_cast<std::int64_t>(kernel_.space.size());
      kernel_.space.push_back(group.space[static_cast<std::size_t>(d)]);
    };
    for (std::int64_t d = 0; d < last; ++d)
      if (!is_axis(d)) add(d);
    kernel_.axis_begin = static_cast<int>(kernel_.space.size());
    for (std::int64_t d : group.axis) add(d);
    if (group.has_axis && group.axis.empty()) kernel_.space.push_back(1);
    kernel_.axis_end = static_cast<int>(kernel_.space.size());
    for (std::int64_t d = last + 1; d < rank; ++d) add(d);
    kernel_.reverse = group.direction == Direction::reverse;
  }

  Dims kernel_dims(const Dims& space_dims) const {
    Dims dims;
    for (std::int64_t d : space_dims) dims.push_back(d < 0 ? -1 : kernel_dim_[static_cast<std::size_t>(d)]);
    return dims;
  }

  bool along_axis(const Access& a) const {
    return std::any_of(a.dim.begin(), a.dim.end(),
                       [&](std::int64_t d) { return d >= kernel_.axis_begin && d < kernel_.axis_end; });
  }

  Instr& add_instr(Instr::Op op, DType dtype, NodeId node) {
    Instr& instr = kernel_.code.emplace_back();
    instr.op = op;
    instr.dtype = dtype;
    instr.node = node;
    return instr;
  }

  /// Decides when the latest instruction runs, from its arguments and access.
  int settle(Instr& instr) {
    if (instr.op != Instr::Op::load && instr.op != Instr::Op::constant && instr.op != Instr::Op::iota) {
      instr.row = kernel_.has_axis();
      for (std::int32_t a : instr.args) {
        const Instr& arg = kernel_.code[static_cast<std::size_t>(a)];
        instr.row = instr.row && arg.row;
        instr.phase = std::max(instr.phase, arg.phase + (arg.op == Instr::Op::reduce ? 1 : 0));
      }
      if (instr.op == Instr::Op::scan) instr.row = false;
      if (instr.op == Instr::Op::reduce) instr.row = true;
      if (instr.op == Instr::Op::store && along_axis(*instr.access)) instr.row = false;
    } else {
      instr.row = kernel_.has_axis() && !(instr.access != nullptr && along_axis(*instr.access));
    }
    return static_cast<int>(kernel_.code.size()) - 1;
  }

  int emit_member(NodeId id) {
    const Node& n = graph_[id];
    if (groups_.is_copy(id)) {
      const Reach& source = groups_.copy_source(id);
      return value_of(source.base,
                      [&] { return with_dims(source.access, kernel_dims(groups_.dims_of(id))); });
    }
    Arguments args;
    for (std::size_t i = 0; i < n.inputs.size(); ++i)
      args.push_back(value_of(groups_.base_of(n.inputs[i]), [&] {
        return with_dims(groups_.access_of(n.inputs[i]), kernel_dims(groups_.operand_dims(id, i)));
      }));
    return add_operation(id, args);
  }

  using Arguments = decltype(Instr::args);
  int add_operation(NodeId id, const Arguments& args) {
    const Node& n = graph_[id];
    const Instr::Op op = n.kind == Kind::map    ? Instr::Op::map
                         : n.kind == Kind::cast ? Instr::Op::cast
                         : n.kind == Kind::scan ? Instr::Op::scan
                                                : Instr::Op::reduce;
    Instr& instr = add_instr(op, n.dtype, id);
    instr.fn = n.fn;
    instr.fold = n.fold;
    instr.exclusive = n.exclusive;
    instr.args = args;
    return settle(instr);
  }

  /// The instruction that has the base's value, as reached through an access of kernel dims. The access is
  /// made where it is needed: most values are there.
  template <class MakeAccess>
  int value_of(NodeId base, const MakeAccess& access) {
    const Node& b = graph_[base];
    const bool is_source = b.kind == Kind::input || b.kind == Kind::constant || b.kind == Kind::iota;
    if (!is_source && instr_of_[base] >= 0) return instr_of_[base];
    if (!is_source && !stored_[base]) return clone(base, access());
    if (b.kind == Kind::constant && b.data == nullptr)
      return last_load_[base] >= 0 ? last_load_[base] : load(base, nullptr);
    const Access wanted = access();
    for (int i = last_load_[base]; i >= 0; i = previous_load_[static_cast<std::size_t>(i)])
      if (*kernel_.code[static_cast<std::size_t>(i)].access == wanted) return i;
    return load(base, std::make_shared<const Access>(wanted));
  }

  /// access: null for a number.
  int load(NodeId base, std::shared_ptr<const Access> access) {
    const Node& b = graph_[base];
    Instr& instr = add_instr(b.kind == Kind::iota ? Instr::Op::iota
                             : access == nullptr  ? Instr::Op::constant
                                                  : Instr::Op::load,
                             b.dtype, base);
    instr.bits = b.bits;
    instr.step_bits = b.step_bits;
    instr.access = std::move(access);
    if (instr.op == Instr::Op::load) instr.buffer = read_buffer_[base];
    const int added = settle(instr);
    previous_load_.resize(static_cast<std::size_t>(added) + 1, -1);
    previous_load_.back() = last_load_[base];
    return last_load_[base] = added;
  }

  /// Computes a cheap value of another kernel once more.
  int clone(NodeId id, const Access& access) {
    const Node& n = graph_[id];
    Dims dims(n.shape.size(), -1);
    for (std::size_t v = 0; v < access.dim.size(); ++v) dims[v] = access.dim[v];
    for (const Clone& c : clones_)
      if (c.node == id && c.dims == dims) return c.instr;
    Arguments args;
    for (NodeId input : n.inputs) {
      const Shape& operand = graph_[input].shape;
      Dims operand_dims(operand.size(), -1);
      for (std::size_t d = 0; d < operand.size(); ++d)
        if (operand[d] != 1) operand_dims[d] = dims[d + n.shape.size() - operand.size()];
      args.push_back(value_of(groups_.base_of(input),
                              [&] { return with_dims(groups_.access_of(input), operand_dims); }));
    }
    clones_.push_back({id, dims, add_operation(id, args)});
    return clones_.back().instr;
  }

  void emit_store(NodeId id, int value, const Target& target, const Dims& dims) {
    const Buffer& buffer = out_.buffers[static_cast<std::size_t>(target.buffer)];
    Instr& store = add_instr(Instr::Op::store, buffer.dtype, id);
    store.buffer = target.buffer;
    store.args.push_back(value);
    Access access = with_dims(identity_access(buffer.shape), dims);
    access.start = target.start;
    store.access = std::make_shared<const Access>(std::move(access));
    settle(store);
  }

  // ------------------------------------------------------------------ matmul

  void emit_matmul(NodeId id) {
    const Node& n = graph_[id];
    kernel_.kind = Kernel::Kind::matmul;
    const std::size_t batch = n.shape.size() - 2;
    const Shape& a = graph_[n.inputs[0]].shape;
    for (std::size_t d = 0; d < batch; ++d) kernel_.space.push_back(n.shape[d]);
    kernel_.space.push_back(n.shape[batch]);
    kernel_.space.push_back(a.back());
    kernel_.space.push_back(n.shape[batch + 1]);
    kernel_.axis_begin = kernel_.axis_end = static_cast<int>(kernel_.space.size());
    const auto rows = static_cast<std::int64_t>(batch), inner = rows + 1, columns = rows + 2;
    const auto operand_dims = [&](const Shape& shape, std::int64_t first, std::int64_t second) {
      Dims dims;
      for (std::size_t d = 0; d + 2 < shape.size(); ++d) {
        const std::size_t own = d + batch + 2 - shape.size();
        dims.push_back(shape[d] == 1 ? -1 : static_cast<std::int64_t>(own));
      }
      dims.push_back(first);
      dims.push_back(second);
      return dims;
    };
    for (std::size_t i = 0; i < 2; ++i) {
      const NodeId base = groups_.base_of(n.inputs[i]);
      const Dims dims =
          operand_dims(graph_[n.inputs[i]].shape, i == 0 ? rows : inner, i == 0 ? inner : columns);
      Instr& load = add_instr(Instr::Op::load, n.dtype, base);
      load.buffer = read_buffer_[base];
      load.access = std::make_shared<const Access>(with_dims(groups_.access_of(n.inputs[i]), dims));
      settle(load);
    }
    kernel_.reason = "a matrix product is one library call";
    const auto kernel = static_cast<int>(out_.kernels.size());
    const Dims store_dims = operand_dims(n.shape, rows, columns);
    const Target first = targets(id).at(0);
    emit_store(id, 0, first, store_dims);
    kernel_.code.back().args.push_back(1);
    finish_kernel();
    kernel_of_[id] = kernel;
    for (std::size_t i = 1; i < targets(id).size(); ++i) emit_copy(id, first, targets(id)[i]);
  }

  /// A matmul's further places are copied from its first.
  void emit_copy(NodeId id, const Target& from, const Target& to) {
    kernel_.space = graph_[id].shape;
    kernel_.axis_begin = kernel_.axis_end = static_cast<int>(kernel_.space.size());
    Instr& load = add_instr(Instr::Op::load, graph_[id].dtype, id);
    load.buffer = from.buffer;
    Access whole = identity_access(out_.buffers[static_cast<std::size_t>(from.buffer)].shape);
    whole.start = from.start;
    load.access = std::make_shared<const Access>(std::move(whole));
    const int value = settle(load);
    emit_store(id, value, to, identity_access(kernel_.space).dim);
    kernel_.reason = "copies a matrix product to its second place";
    finish_kernel();
  }

  // ------------------------------------------------------------------ reasons

  std::string reason(const std::vector<NodeId>& members) const {
    constexpr std::size_t names_shown = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(members.size(), names_shown); ++i)
      text += (i == 0 ? "" : ", ") +
              std::string(groups_.is_copy(members[i]) ? "copy" : op_name(graph_[members[i]]));
    if (members.size() > names_shown)
      text += " and " + std::to_string(members.size() - names_shown) + " more";
    const int phases = kernel_.phases();
    if (kernel_.has_axis())
      text +=
          phases > 1 ? ": " + std::to_string(phases) + " phases along one axis" : ": one pass along the axis";
    else
      text += members.size() > 1 ? ": one pass over the elements" : "";
    return text;
  }

  void explain_refusals() {
    for (const Refusal& r : groups_.refusals()) {
      const int reader = kernel_of_[r.reader];
      if (reader < 0) continue;
      std::string text = "not fused into k" + std::to_string(reader) + ": ";
      text += r.reason;
      const int cost = operations(r.value);
      if (stored_[r.value])
        text += "; stored once";
      else
        text += "; recomputed there, " + std::to_string(cost) + (cost == 1 ? " operation" : " operations");
      out_.not_fused.push_back({r.value, std::move(text)});
    }
  }

  const Arena& graph_;
  Grouping groups_;
  bool fused_ = true;
  std::vector<bool> stored_;      // read from memory by another kernel
  std::vector<bool> reshaped_;    // ... in another shape
  std::vector<int> target_list_;  // by node; -1: it is stored nowhere
  std::deque<std::vector<Target>> target_lists_;
  std::vector<NodeId> tensor_constants_, concats_;
  std::vector<int> read_buffer_;
  std::vector<int> kernel_of_;
  std::vector<bool> needed_;  // by another member of its group that is live
  KernelGraph out_;

  Kernel kernel_;  // being emitted
  Dims kernel_dim_;
  std::vector<int> instr_of_;       // by node
  std::vector<int> last_load_;      // by node, or -1: its latest load, constant or iota
  std::vector<int> previous_load_;  // by such an instruction: the one before it of the same node
  std::vector<Clone> clones_;
};

}  // namespace

KernelGraph fuse(std::shared_ptr<const Arena> graph, bool fuse_nodes) {
  return Emitter(std::move(graph), fuse_nodes).take();
}

}  // namespace accrue
