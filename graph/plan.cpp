#include "graph/plan.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace accrue {

namespace {

constexpr std::size_t slots_looked_at = 256;  // bounds the search for a slot to reuse

struct Life {
  int first = -1, last = -1;
};

std::size_t aligned(std::size_t bytes) {
  return (bytes + slot_alignment - 1) / slot_alignment * slot_alignment;
}

std::vector<Life> lifetimes(const KernelGraph& graph) {
  std::vector<Life> lives(graph.buffers.size());
  const int end = std::max(0, static_cast<int>(graph.kernels.size()) - 1);
  for (int k = 0; k <= end && k < static_cast<int>(graph.kernels.size()); ++k)
    for (const Instr& i : graph.kernels[static_cast<std::size_t>(k)].code) {
      if (i.buffer < 0) continue;
      Life& life = lives[static_cast<std::size_t>(i.buffer)];
      if (life.first < 0) life.first = k;
      life.last = k;
    }
  for (std::size_t b = 0; b < lives.size(); ++b) {
    const Buffer::Kind kind = graph.buffers[b].kind;
    if (lives[b].first < 0) lives[b] = {0, 0};
    if (kind == Buffer::Kind::input || kind == Buffer::Kind::constant) lives[b].first = 0;
    if (kind == Buffer::Kind::output) lives[b].last = end;
  }
  return lives;
}

/// Why kernel k must not write `out` over `in`; empty where each element is read before it is written: every
/// load of `in` walks it exactly as every store walks `out`, and no phase after the store's loads it.
std::string in_place_refusal(const KernelGraph& graph, int k, int in, int out) {
  const Kernel& kernel = graph.kernels[static_cast<std::size_t>(k)];
  const Buffer& a = graph.buffers[static_cast<std::size_t>(in)];
  const Buffer& b = graph.buffers[static_cast<std::size_t>(out)];
  const std::string kernel_name = "k" + std::to_string(k);
  if (kernel.kind == Kernel::Kind::matmul)
    return kernel_name + " is a matmul, which reads its operands many times";
  if (byte_width(a.dtype) != byte_width(b.dtype))
    return "elements of " + std::to_string(byte_width(a.dtype)) + " and " +
           std::to_string(byte_width(b.dtype)) + " bytes";
  if (!(a.shape == b.shape)) return "the shapes differ";
  // The last phase that needs each value; one may be computed anew in each such phase, its loads with it.
  int last_use = 0;
  std::vector<int> needed_in(kernel.code.size(), 0);
  for (std::size_t i = kernel.code.size(); i-- > 0;) {
    const Instr& instr = kernel.code[i];
    const bool computed_once = instr.op == Instr::Op::reduce;
    needed_in[i] = computed_once ? instr.phase : std::max(needed_in[i], instr.phase);
    for (std::int32_t arg : instr.args) {
      auto& needed = needed_in[static_cast<std::size_t>(arg)];
      needed = std::max(needed, needed_in[i]);
    }
    if (instr.op == Instr::Op::load && instr.buffer == in) last_use = std::max(last_use, needed_in[i]);
  }
  for (const Instr& load : kernel.code) {
    if (load.op != Instr::Op::load || load.buffer != in) continue;
    for (const Instr& store : kernel.code) {
      if (store.op != Instr::Op::store || store.buffer != out) continue;
      if (!(load.access == store.access)) return kernel_name + " reads it in another order than it writes";
      if (store.phase < last_use) return kernel_name + " reads it again in a later phase";
    }
  }
  return {};
}

class Planner {
 public:
  Planner(KernelGraph kernels, const std::vector<std::string>& donate) {
    plan_.kernels = std::move(kernels);
    lives_ = lifetimes(plan_.kernels);
    plan_.slot_of.assign(graph().buffers.size(), -1);
    find_in_place();
    for (std::size_t b = 0; b < graph().buffers.size(); ++b) place_fixed(static_cast<int>(b), donate);
    place_temporaries();
    report();
  }
  Plan take() { return std::move(plan_); }

 private:
  const KernelGraph& graph() const { return plan_.kernels; }
  const Buffer& buffer(int b) const { return graph().buffers[static_cast<std::size_t>(b)]; }
  const Life& life(int b) const { return lives_[static_cast<std::size_t>(b)]; }

  void find_in_place() {
    for (std::size_t k = 0; k < graph().kernels.size(); ++k) {
      std::vector<int> inputs, outputs;
      for (const Instr& i : graph().kernels[k].code) {
        if (i.op == Instr::Op::load && buffer(i.buffer).kind == Buffer::Kind::input)
          inputs.push_back(i.buffer);
        if (i.op == Instr::Op::store && buffer(i.buffer).kind == Buffer::Kind::output)
          outputs.push_back(i.buffer);
      }
      for (auto* list : {&inputs, &outputs}) {
        std::sort(list->begin(), list->end());
        list->erase(std::unique(list->begin(), list->end()), list->end());
      }
      for (int out : outputs)
        for (int in : inputs)
          if (buffer(in).shape == buffer(out).shape) decide_in_place(static_cast<int>(k), in, out);
    }
  }

  void decide_in_place(int k, int in, int out) {
    std::string refusal = in_place_refusal(graph(), k, in, out);
    if (refusal.empty() && life(in).last > k)
      refusal = "k" + std::to_string(life(in).last) + " reads it later";
    if (refusal.empty() && life(out).first < k)
      refusal = "k" + std::to_string(life(out).first) + " writes it earlier";
    const bool allowed = refusal.empty();
    plan_.in_place.push_back(
        {in, out, allowed, allowed ? "each element is read before it is written" : refusal});
  }

  int add_slot(Slot::Kind kind, int b, std::string reason) {
    plan_.slots.push_back(
        {kind, buffer(b).bytes(), 0, {{b, life(b).first, life(b).last}}, std::move(reason)});
    return plan_.slot_of[static_cast<std::size_t>(b)] = static_cast<int>(plan_.slots.size()) - 1;
  }

  void place_fixed(int b, const std::vector<std::string>& donate) {
    switch (buffer(b).kind) {
      case Buffer::Kind::input: add_slot(Slot::Kind::input, b, ""); return;
      case Buffer::Kind::constant: add_slot(Slot::Kind::constant, b, "kept with the program"); return;
      case Buffer::Kind::temporary: return;
      case Buffer::Kind::output: break;
    }
    for (const InPlace& p : plan_.in_place) {
      if (p.output != b || !p.allowed) continue;
      Slot& slot = plan_.slots[static_cast<std::size_t>(plan_.slot_of[static_cast<std::size_t>(p.input)])];
      const bool donated = std::find(donate.begin(), donate.end(), buffer(p.input).name) != donate.end();
      if (!donated || slot.uses.size() > 1) continue;
      slot.uses.push_back({b, life(b).first, life(b).last});
      slot.reason = "donated: " + p.reason;
      plan_.slot_of[static_cast<std::size_t>(b)] = plan_.slot_of[static_cast<std::size_t>(p.input)];
      return;
    }
    add_slot(Slot::Kind::out, b, "the caller's tensor, or new for each run");
  }

  /// Whether two buffers may have the same bytes.
  bool disjoint(const Slot::Use& a, const Slot::Use& b, std::string& reason) const {
    if (a.last < b.first || b.last < a.first) return true;
    const bool a_first = a.last == b.first, b_first = b.last == a.first;
    if (a_first == b_first) return false;  // they overlap in more than the last use of one
    const int in = a_first ? a.buffer : b.buffer, out = a_first ? b.buffer : a.buffer;
    const int k = a_first ? a.last : b.last;
    const std::string refusal = in_place_refusal(graph(), k, in, out);
    if (refusal.empty()) return true;
    if (reason.empty())
      reason =
          "not over b" + std::to_string(in) + ", which k" + std::to_string(k) + " still reads: " + refusal;
    return false;
  }

  /// The neighbours in time are the only uses of a slot that a new one can meet.
  bool fits(const std::map<int, Slot::Use>& uses, const Slot::Use& use, std::string& reason) const {
    auto after = uses.lower_bound(use.first);
    for (auto it = after; it != uses.end() && it->first <= use.last; ++it)
      if (!disjoint(use, it->second, reason)) return false;
    return after == uses.begin() || disjoint(use, std::prev(after)->second, reason);
  }

  void place_temporaries() {
    std::vector<int> order;
    for (std::size_t b = 0; b < graph().buffers.size(); ++b)
      if (graph().buffers[b].kind == Buffer::Kind::temporary) order.push_back(static_cast<int>(b));
    std::stable_sort(order.begin(), order.end(),
                     [&](int a, int b) { return buffer(a).bytes() > buffer(b).bytes(); });
    std::vector<std::map<int, Slot::Use>> uses;  // of each temporary slot, by first kernel
    const std::size_t first_slot = plan_.slots.size();
    for (int b : order) {
      const Slot::Use use{b, life(b).first, life(b).last};
      std::string refused;
      std::size_t s = 0;
      const std::size_t looked_at = std::min(uses.size(), slots_looked_at);
      while (s < looked_at && (uses[s].contains(use.first) || !fits(uses[s], use, refused))) ++s;
      if (s == looked_at) {
        s = uses.size();
        uses.emplace_back();
        add_slot(Slot::Kind::temporary, b, refused);
      }
      uses[s].emplace(use.first, use);
      plan_.slot_of[static_cast<std::size_t>(b)] = static_cast<int>(first_slot + s);
    }
    std::size_t offset = 0;
    for (std::size_t s = 0; s < uses.size(); ++s) {
      Slot& slot = plan_.slots[first_slot + s];
      slot.offset = offset;
      offset += aligned(slot.bytes);
      slot.uses.clear();
      for (const auto& [first, use] : uses[s]) slot.uses.push_back(use);
      if (slot.uses.size() > 1)
        slot.reason = "shared by " + std::to_string(slot.uses.size()) + " values, one after another" +
                      (slot.reason.empty() ? "" : "; " + slot.reason);
    }
    plan_.memory.arena_bytes = offset;
  }

  void report() {
    MemoryReport& m = plan_.memory;
    for (const Slot& slot : plan_.slots) {
      if (slot.kind == Slot::Kind::input) m.input_bytes += slot.bytes;
      if (slot.kind == Slot::Kind::out) m.output_bytes += slot.bytes;
      if (slot.kind == Slot::Kind::constant) m.constant_bytes += slot.bytes;
    }
    m.planned_peak_bytes = m.input_bytes + m.output_bytes + m.constant_bytes + m.arena_bytes;
  }

  Plan plan_;
  std::vector<Life> lives_;
};

}  // namespace

Plan plan(KernelGraph kernels, const std::vector<std::string>& donate) {
  return Planner(std::move(kernels), donate).take();
}

void verify(const Plan& plan) {
  const auto broken = [&](const std::string& what) {
    throw InternalError("a fault of accrue's own, not of the graph: " + what + "\n" + print(plan));
  };
  for (std::size_t s = 0; s < plan.slots.size(); ++s) {
    const Slot& slot = plan.slots[s];
    for (std::size_t i = 0; i < slot.uses.size(); ++i) {
      const Buffer& b = plan.kernels.buffers[static_cast<std::size_t>(slot.uses[i].buffer)];
      if (b.bytes() > slot.bytes) broken("slot s" + std::to_string(s) + " is too small");
      if (i > 0 && slot.uses[i].first < slot.uses[i - 1].last)
        broken("two values live at once in slot s" + std::to_string(s));
    }
    if (slot.kind == Slot::Kind::temporary && slot.offset + slot.bytes > plan.memory.arena_bytes)
      broken("slot s" + std::to_string(s) + " ends beyond the arena");
  }
}

}  // namespace accrue
