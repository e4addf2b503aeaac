#include "graph/plan.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_set>

#include "graph/in_place.h"

namespace accrue {

namespace {

constexpr const char* may_be_in_place = "each element is read before it is written";
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

class Planner {
 public:
  Planner(KernelGraph kernels, const std::vector<std::string>& donate) {
    plan_.kernels = std::move(kernels);
    lives_ = lifetimes(plan_.kernels);
    for (std::size_t k = 0; k < graph().kernels.size(); ++k)
      walks_.emplace_back(graph(), static_cast<int>(k));
    plan_.slot_of.assign(graph().buffers.size(), -1);
    const std::unordered_set<std::string_view> names(donate.begin(), donate.end());
    for (const Buffer& b : graph().buffers)
      donated_.push_back(b.kind == Buffer::Kind::input && names.contains(b.name));
    donors_.resize(graph().buffers.size());
    find_in_place();
    for (std::size_t b = 0; b < graph().buffers.size(); ++b) place_fixed(static_cast<int>(b));
    place_temporaries();
    report();
  }
  Plan take() { return std::move(plan_); }

 private:
  const KernelGraph& graph() const { return plan_.kernels; }
  const Buffer& buffer(int b) const { return graph().buffers[static_cast<std::size_t>(b)]; }
  const Life& life(int b) const { return lives_[static_cast<std::size_t>(b)]; }

  void find_in_place() {
    for (std::size_t k = 0; k < walks_.size(); ++k) {
      const std::vector<int> inputs = of_kind(walks_[k].loaded(), Buffer::Kind::input);
      for (int out : of_kind(walks_[k].stored(), Buffer::Kind::output))
        for (int in : inputs)
          if (buffer(in).shape == buffer(out).shape) decide_in_place(static_cast<int>(k), in, out);
    }
  }

  std::vector<int> of_kind(const std::vector<int>& buffers, Buffer::Kind kind) const {
    std::vector<int> found;
    for (int b : buffers)
      if (buffer(b).kind == kind) found.push_back(b);
    std::sort(found.begin(), found.end());
    return found;
  }

  std::string in_place_refusal(int k, int in, int out) const {
    return walks_[static_cast<std::size_t>(k)].in_place_refusal(in, out);
  }

  void decide_in_place(int k, int in, int out) {
    std::string refusal = in_place_refusal(k, in, out);
    if (refusal.empty() && life(in).last > k)
      refusal = "k" + std::to_string(life(in).last) + " reads it later";
    if (refusal.empty() && life(out).first < k)
      refusal = "k" + std::to_string(life(out).first) + " writes it earlier";
    const bool allowed = refusal.empty();
    plan_.in_place.push_back({in, out, allowed, allowed ? may_be_in_place : refusal});
    if (allowed && donated_[static_cast<std::size_t>(in)])
      donors_[static_cast<std::size_t>(out)].push_back(in);
  }

  int add_slot(Slot::Kind kind, int b, std::string reason) {
    plan_.slots.push_back(
        {kind, buffer(b).bytes(), 0, {{b, life(b).first, life(b).last}}, std::move(reason)});
    return plan_.slot_of[static_cast<std::size_t>(b)] = static_cast<int>(plan_.slots.size()) - 1;
  }

  void place_fixed(int b) {
    switch (buffer(b).kind) {
      case Buffer::Kind::input: add_slot(Slot::Kind::input, b, ""); return;
      case Buffer::Kind::constant: add_slot(Slot::Kind::constant, b, "kept with the program"); return;
      case Buffer::Kind::temporary: return;
      case Buffer::Kind::output: break;
    }
    for (int input : donors_[static_cast<std::size_t>(b)]) {
      const int s = plan_.slot_of[static_cast<std::size_t>(input)];
      Slot& slot = plan_.slots[static_cast<std::size_t>(s)];
      if (slot.uses.size() > 1) continue;
      slot.uses.push_back({b, life(b).first, life(b).last});
      slot.reason = std::string("donated: ") + may_be_in_place;
      plan_.slot_of[static_cast<std::size_t>(b)] = s;
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
    const std::string refusal = in_place_refusal(k, in, out);
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
  std::vector<Life> lives_;               // by buffer
  std::vector<KernelWalks> walks_;        // by kernel
  std::vector<bool> donated_;             // by buffer
  std::vector<std::vector<int>> donors_;  // by output: donated inputs that it may be written over
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
