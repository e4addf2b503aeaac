#include "src/binding.h"

#include <algorithm>
#include <optional>

#include "accrue/error.hpp"
#include "graph/nearest.h"
#include "src/overlap.h"

namespace accrue {
namespace {

[[noreturn]] void fail(const std::string& what) { throw Error("run: " + what); }

std::string quoted(std::string_view name) { return "\"" + std::string(name) + "\""; }

std::string type_of(const Tensor& t) { return type_text(t.dtype(), t.shape()); }

// The memory of `t` under another dtype of the same width.
Tensor reinterpreted(const Tensor& t, DType dtype) {
  if (t.dtype() == dtype) return t;
  auto owner = std::make_shared<Tensor>(t);
  void* const data = owner->data();
  return Tensor::adopt(std::move(owner), data, dtype, t.shape(), t.strides(), false, t.device());
}

// The outs of a run by address, to find those that a range of bytes touches without looking at all of them.
class OutRanges {
 public:
  void add(std::size_t out, const Tensor& t) {
    if (t.elements() > 0) entries_.push_back({byte_range(t), out, 0});
  }
  void sort() {
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.range.begin < b.range.begin; });
    std::uintptr_t reach = 0;
    for (Entry& e : entries_) e.reach = reach = std::max(reach, e.range.end);
  }

  // Calls use(out) for each out whose range has a byte in common with `range`.
  template <class Use>
  void for_each_touching(ByteRange range, const Use& use) const {
    if (range.begin == range.end) return;
    auto last = std::lower_bound(entries_.begin(), entries_.end(), range.end,
                                 [](const Entry& e, std::uintptr_t end) { return e.range.begin < end; });
    while (last != entries_.begin() && (--last)->reach > range.begin)
      if (last->range.end > range.begin) use(last->out);
  }

 private:
  struct Entry {
    ByteRange range;
    std::size_t out;
    std::uintptr_t reach;  // the farthest end of this entry and those before it
  };
  SmallVector<Entry, 2> entries_;
};

std::string bytes_text(ByteRange range, std::uintptr_t origin) {
  return "bytes " + std::to_string(range.begin - origin) + ".." + std::to_string(range.end - 1 - origin);
}

// "out "y" (bytes 8..39) overlaps input "x" (bytes 0..31)", counted from the lower of the two.
std::string overlap_text(const std::string& a, const Tensor& ta, const std::string& b, const Tensor& tb,
                         Overlap found) {
  const ByteRange range_a = byte_range(ta);
  const ByteRange range_b = byte_range(tb);
  const std::uintptr_t origin = std::min(range_a.begin, range_b.begin);
  return a + " (" + bytes_text(range_a, origin) + ") " +
         (found == Overlap::some ? "overlaps " : "may overlap ") + b + " (" + bytes_text(range_b, origin) +
         ")";
}

}  // namespace

// ------------------------------------------------------------------------------------------------ names

void Binder::Side::add(std::string name, DType dtype, const Shape& shape) {
  signatures.push_back({std::move(name), dtype, shape});
}

void Binder::Side::index() {
  for (std::size_t i = 0; i < signatures.size(); ++i) by_name.emplace(signatures[i].name, i);
}

void Binder::Side::refuse_name(std::string_view name) const {
  constexpr std::size_t shown = 8;
  std::vector<std::string_view> names;
  for (const Signature& s : signatures) names.push_back(s.name);
  const auto nearest = nearest_name(name, names);
  std::string text = "no " + std::string(side_noun) + " is called " + quoted(name);
  if (nearest) fail(text + "; did you mean " + quoted(*nearest) + "?");
  if (names.empty()) fail(text + "; the program has none");
  text += "; there are ";
  for (std::size_t i = 0; i < std::min(names.size(), shown); ++i)
    text += (i > 0 ? ", " : "") + quoted(names[i]);
  fail(text + (names.size() > shown ? ", ..." : ""));
}

// The tensors given, in the order of the signatures; empty ones where none was given.
std::vector<Tensor> Binder::Side::match(std::span<const NamedTensor> given) const {
  std::vector<Tensor> matched(signatures.size());
  for (std::size_t g = 0; g < given.size(); ++g) {
    const auto& [name, tensor] = given[g];
    const std::size_t i = find(name, g);
    if (matched[i]) fail(std::string(noun) + " " + quoted(name) + " is given twice");
    if (!tensor) fail(std::string(noun) + " " + quoted(name) + " is an empty tensor; " + expected(i));
    matched[i] = tensor;
  }
  return matched;
}

// Most calls give tensors in the order of the signatures.
std::size_t Binder::Side::find(std::string_view name, std::size_t likely) const {
  if (likely < signatures.size() && signatures[likely].name == name) return likely;
  const auto found = by_name.find(name);
  if (found == by_name.end()) refuse_name(name);
  return found->second;
}

std::string Binder::Side::expected(std::size_t i) const {
  return "the program " + std::string(verb) + " " + type_text(signatures[i].dtype, signatures[i].shape);
}

// ------------------------------------------------------------------------------------------------ one run

// The steps of one bind(): what is wrong is found first, then what must be copied, then new storage is taken.
class Binder::Call {
 public:
  Call(const Binder& binder, std::span<const NamedTensor> inputs, std::span<const NamedTensor> outs)
      : binder_(binder),
        plan_(*binder.plan_),
        inputs_(binder.inputs_.match(inputs)),
        outs_(binder.outputs_.match(outs)) {
    outs_.insert(outs_.end(), binder.bound_outs_.begin(), binder.bound_outs_.end());
  }

  BoundRun bind() {
    check_inputs();
    check_outs();
    check_outs_apart();
    settle_overlaps();
    copy_unreadable();
    donate();
    return result();
  }

 private:
  std::string input_name(std::size_t i) const {
    return "input " + quoted(binder_.inputs_.signatures[i].name);
  }
  std::string out_name(std::size_t i) const {
    const auto& outputs = binder_.outputs_.signatures;
    return i < outputs.size() ? "out " + quoted(outputs[i].name)
                              : binder_.bound_out_names_[i - outputs.size()];
  }
  int out_buffer(std::size_t out) const { return plan_.kernels.outputs[out]; }

  void check_inputs() const {
    const Side& side = binder_.inputs_;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (!inputs_[i]) fail(input_name(i) + " is missing; " + side.expected(i));
      if (inputs_[i].dtype() != side.signatures[i].dtype || inputs_[i].shape() != side.signatures[i].shape)
        fail(input_name(i) + " is " + type_of(inputs_[i]) + "; " + side.expected(i));
      check_device(input_name(i), inputs_[i]);
    }
  }

  void check_device(const std::string& name, const Tensor& t) const {
    if (t.device() == cpu() || t.device() == binder_.device_) return;
    fail(name + " lies on " + to_string(t.device()) + "; the program runs on " + to_string(binder_.device_) +
         " and takes tensors that lie there" + (binder_.device_ == cpu() ? "" : " or on the host"));
  }

  // Dtype and shape of a bound out were checked when its node was made.
  void check_outs() {
    const Side& side = binder_.outputs_;
    for (std::size_t i = 0; i < outs_.size(); ++i) {
      const Tensor& t = outs_[i];
      if (!t) continue;
      if (i < side.signatures.size() &&
          (t.dtype() != side.signatures[i].dtype || t.shape() != side.signatures[i].shape))
        fail(out_name(i) + " is " + type_of(t) + "; " + side.expected(i) +
             ", and an out is never resized or converted");
      check_device(out_name(i), t);
      if (t.read_only()) fail(out_name(i) + " is read-only; an out is written");
      if (self_overlap(t) != Overlap::none)
        fail(out_name(i) + " has the strides " + to_string(t.strides()) + " for " + type_of(t) +
             ", which give elements the same address; each needs one of its own");
      ranges_.add(i, t);
    }
    ranges_.sort();
  }

  void check_outs_apart() const {
    for (std::size_t i = 0; i < outs_.size(); ++i) {
      if (!outs_[i]) continue;
      ranges_.for_each_touching(byte_range(outs_[i]), [&](std::size_t j) {
        const Overlap found = j < i ? overlap(outs_[j], outs_[i]) : Overlap::none;
        if (found != Overlap::none)
          fail(overlap_text(out_name(i), outs_[i], out_name(j), outs_[j], found) + "; outs must lie apart");
      });
    }
  }

  void settle_overlaps() {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      std::optional<std::string> copy_reason;
      ranges_.for_each_touching(byte_range(inputs_[i]), [&](std::size_t out) {
        if (same_geometry(inputs_[i], outs_[out])) {
          if (auto reason = in_place_refusal(i, out))
            copy_reason = out_name(out) + " is written over it: " + *reason;
          return;
        }
        const Overlap found = overlap(outs_[out], inputs_[i]);
        if (found != Overlap::none)
          fail(overlap_text(out_name(out), outs_[out], input_name(i), inputs_[i], found) +
               "; an out is exactly an input, or lies apart");
      });
      if (copy_reason) copy_input(i, *copy_reason);
    }
  }

  // Why the out may not be written over the input while it is still read, or nothing.
  std::optional<std::string> in_place_refusal(std::size_t input, std::size_t out) const {
    for (const InPlace& p : plan_.in_place) {
      if (p.input != static_cast<int>(input) || p.output != out_buffer(out)) continue;
      return p.allowed ? std::nullopt : std::optional(p.reason);
    }
    return "no kernel reads the one where it writes the other";
  }

  void copy_unreadable() {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].is_contiguous() || inputs_[i].device() != binder_.device_) continue;
      for (const Shape& view : binder_.views_[i]) {
        if (strides_as(inputs_[i].shape(), inputs_[i].strides(), view)) continue;
        copy_input(
            i, "its strides " + to_string(inputs_[i].strides()) + " cannot be read as " + to_string(view));
        break;
      }
    }
  }

  void copy_input(std::size_t i, const std::string& reason) {
    Tensor copy = Tensor::empty(inputs_[i].dtype(), inputs_[i].shape(), inputs_[i].device());
    run_.copies.push_back({inputs_[i], copy, input_name(i) + " was copied: " + reason});
    inputs_[i] = std::move(copy);
  }

  // An output without an out is written over the input whose slot it shares, where nobody else's bytes are
  // there.
  void donate() {
    for (std::size_t out = 0; out < binder_.donor_.size(); ++out) {
      if (binder_.donor_[out] < 0 || outs_[out]) continue;
      const auto donor = static_cast<std::size_t>(binder_.donor_[out]);
      const Tensor& t = inputs_[donor];
      if (t.read_only() || !t.is_contiguous() || t.device() != binder_.device_ || is_shared(donor)) continue;
      outs_[out] = reinterpreted(t, binder_.outputs_.signatures[out].dtype);
    }
  }

  bool is_shared(std::size_t donor) const {
    const Tensor& t = inputs_[donor];
    bool shared = false;
    ranges_.for_each_touching(byte_range(t),
                              [&](std::size_t out) { shared |= overlap(outs_[out], t) != Overlap::none; });
    for (std::size_t i = 0; i < inputs_.size() && !shared; ++i)
      shared = i != donor && overlap(inputs_[i], t) != Overlap::none;
    return shared;
  }

  BoundRun result() {
    run_.buffers = binder_.template_;
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      // No kernel writes an input's buffer; the type of the pointer is what lets one array hold all buffers.
      bind_buffer(static_cast<int>(i), const_cast<void*>(std::as_const(inputs_[i]).data()), inputs_[i]);
    std::vector<Tensors::Item> items;
    items.reserve(binder_.outputs_.signatures.size());
    for (std::size_t i = 0; i < outs_.size(); ++i) {
      const bool returned = i < binder_.outputs_.signatures.size();
      if (!outs_[i]) {
        outs_[i] = Tensor::empty(binder_.outputs_.signatures[i].dtype, binder_.outputs_.signatures[i].shape,
                                 binder_.device_);
        run_.output_bytes += outs_[i].bytes();
      } else if (returned) {
        run_.given_outs.push_back(static_cast<std::uint32_t>(i));
      }
      bind_buffer(out_buffer(i), outs_[i].data(), outs_[i]);
      if (returned) items.push_back({binder_.outputs_.signatures[i].name, std::move(outs_[i])});
    }
    run_.results = Tensors(std::move(items));
    run_.held = std::move(inputs_);
    return std::move(run_);
  }

  void bind_buffer(int buffer, void* data, const Tensor& t) {
    run_.buffers[static_cast<std::size_t>(buffer)] = {static_cast<std::byte*>(data), t.strides(), t.device()};
  }

  const Binder& binder_;
  const Plan& plan_;
  std::vector<Tensor> inputs_;
  std::vector<Tensor> outs_;  // of the outputs, then of the nodes that have one; empty: to be allocated
  OutRanges ranges_;
  BoundRun run_;
};

// ------------------------------------------------------------------------------------------------ one plan

Binder::Binder(std::shared_ptr<const Plan> plan, Device device) : plan_(std::move(plan)), device_(device) {
  const KernelGraph& kernels = plan_->kernels;
  const Arena& graph = *kernels.graph;
  for (const Buffer& b : kernels.buffers) {
    if (b.kind == Buffer::Kind::input) inputs_.add(b.name, b.dtype, b.shape);
    template_.push_back({nullptr, contiguous_strides(b.shape)});
    // The executable reads a constant where the graph keeps it; no kernel writes there.
    if (b.kind == Buffer::Kind::constant)
      template_.back().data = const_cast<std::byte*>(graph[b.node].data->bytes.data());
  }
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const Buffer& b = kernels.buffers[static_cast<std::size_t>(kernels.outputs[i])];
    outputs_.add(graph.outputs[i].name, b.dtype, b.shape);
  }
  for (const Arena::OutBinding& binding : graph.outs) {
    bound_outs_.push_back(binding.out);
    bound_out_names_.push_back("the out of " + std::string(op_name(graph[binding.node])));
  }
  inputs_.index();
  outputs_.index();
  find_views();
  find_donors();
}

void Binder::find_views() {
  views_.resize(inputs_.signatures.size());
  for (const Kernel& kernel : plan_->kernels.kernels) {
    for (const Instr& instr : kernel.code) {
      if (instr.op != Instr::Op::load || static_cast<std::size_t>(instr.buffer) >= views_.size()) continue;
      auto& views = views_[static_cast<std::size_t>(instr.buffer)];
      if (std::find(views.begin(), views.end(), instr.access->view) == views.end())
        views.push_back(instr.access->view);
    }
  }
}

void Binder::find_donors() {
  donor_.assign(outputs_.signatures.size(), -1);
  for (std::size_t i = 0; i < donor_.size(); ++i) {
    const int slot = plan_->slot_of[static_cast<std::size_t>(plan_->kernels.outputs[i])];
    const Slot::Use& first = plan_->slots[static_cast<std::size_t>(slot)].uses.front();
    if (static_cast<std::size_t>(first.buffer) < inputs_.signatures.size()) donor_[i] = first.buffer;
  }
}

BoundRun Binder::bind(std::span<const NamedTensor> inputs, std::span<const NamedTensor> outs) const {
  return Call(*this, inputs, outs).bind();
}

}  // namespace accrue
