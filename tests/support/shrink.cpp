#include "tests/support/shrink.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "accrue/text.hpp"
#include "graph/graph.h"
#include "graph/reference.h"
#include "tests/support/runners.h"

namespace accrue::test {
namespace {

using Fails = std::function<bool(const Sample&)>;
using Clock = std::chrono::steady_clock;

/// How a sample is copied: which outputs stay, which nodes become inputs (with the values that they have),
/// and the inputs' new values, of new shapes perhaps.
struct Change {
  std::vector<NamedExpr> outputs;
  std::map<NodeId, Array> cuts;
  std::map<std::string, Array> values;
};

std::vector<bool> needed_nodes(const Arena& arena, const Change& change) {
  std::vector<bool> needed(arena.size(), false);
  for (const NamedExpr& output : change.outputs) needed[output.expr.id()] = true;
  for (std::size_t id = arena.size(); id-- > 0;)
    if (needed[id] && !change.cuts.contains(static_cast<NodeId>(id)))
      for (const NodeId input : arena[static_cast<NodeId>(id)].inputs) needed[input] = true;
  return needed;
}

/// A broadcast's or whole slice's shape follows its operand's where the two agreed before.
void adapt_shape(Node& node, const Shape& before, const Shape& now) {
  if (node.kind != Kind::view || before.size() > node.shape.size()) return;
  const std::size_t added = node.shape.size() - before.size();
  for (std::size_t dim = 0; dim < before.size(); ++dim)
    if (node.shape[added + dim] == before[dim]) node.shape[added + dim] = now[dim];
}

/// throws Error: an operation does not take the new shapes
Sample changed(const Sample& sample, const Change& change) {
  const Arena& from = *sample.graph.arena();
  const std::vector<bool> needed = needed_nodes(from, change);
  Sample to{sample.seed, Graph(from.name), {}, {}};
  std::vector<NodeId> moved(from.size(), no_node);
  const auto add_input = [&](const std::string& name, const Array& value) {
    to.inputs[name] = value;
    return to.graph.input(name, value.dtype, value.shape).id();
  };
  for (NodeId id = 0; id < from.size(); ++id) {
    if (!needed[id]) continue;
    Node node = from[id];
    if (const auto cut = change.cuts.find(id); cut != change.cuts.end()) {
      moved[id] = add_input("v" + std::to_string(id), cut->second);
    } else if (node.kind == Kind::input) {
      const auto value = change.values.find(node.name);
      moved[id] =
          add_input(node.name, value != change.values.end() ? value->second : sample.inputs.at(node.name));
    } else {
      for (NodeId& input : node.inputs) {
        adapt_shape(node, from[input].shape, (*to.graph.arena())[moved[input]].shape);
        input = moved[input];
      }
      node.where = {};
      moved[id] = to.graph.arena()->add(std::move(node));
    }
  }
  for (const NamedExpr& output : change.outputs)
    to.outputs.push_back({output.name, Expr(to.graph.arena(), moved[output.expr.id()])});
  return to;
}

class Shrinker {
 public:
  Shrinker(const Sample& sample, const Fails& fails, Clock::duration time)
      : best_(sample), fails_(fails), end_(Clock::now() + time) {}

  Sample run() {
    for (std::size_t before = 0; before != weight();) {
      before = weight();
      keep_one_output();
      cut_above();
      move_output_down();
      shorten_dims();
      clear_elements();
    }
    return best_;
  }

 private:
  std::size_t nodes() const { return best_.graph.arena()->size(); }

  /// What there is to read of the sample.
  std::size_t weight() const {
    std::size_t total = nodes() + best_.outputs.size();
    for (const auto& [name, value] : best_.inputs)
      total += static_cast<std::size_t>(elements(value.shape)) +
               static_cast<std::size_t>(std::count_if(value.bytes.begin(), value.bytes.end(),
                                                      [](std::byte b) { return b != std::byte{0}; }));
    return total;
  }

  bool is_over() const { return tries_ >= 2000 || Clock::now() >= end_; }

  bool accept(const Change& change) {
    if (is_over()) return false;
    ++tries_;
    try {
      Sample smaller = changed(best_, change);
      if (!fails_(smaller)) return false;
      best_ = std::move(smaller);
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  void keep_one_output() {
    if (best_.outputs.size() > 1)
      for (const NamedExpr& output : std::vector<NamedExpr>(best_.outputs))
        if (accept({{output}, {}, {}})) return;
    accept({best_.outputs, {}, {}});  // without what no output needs
  }

  /// Each node from the last one on: an input of the same value in its place.
  void cut_above() {
    for (std::size_t id = nodes(); id-- > 0 && !is_over();) {
      if (id >= nodes()) continue;  // an accepted change numbers anew
      const auto node = static_cast<NodeId>(id);
      const Kind kind = (*best_.graph.arena())[node].kind;
      if (kind == Kind::input || kind == Kind::constant) continue;
      accept({best_.outputs, {{node, value_of(node)}}, {}});
    }
  }

  Array value_of(NodeId node) const {
    const Expr value(best_.graph.arena(), node);
    return to_array(run_reference(best_.graph, {{"value", value}}, bind(best_.inputs))[0]);
  }

  void move_output_down() {
    for (bool moved = true; moved;) {
      moved = false;
      if (best_.outputs.size() != 1) return;
      const Arena& arena = *best_.graph.arena();
      const auto operands = arena[best_.outputs[0].expr.id()].inputs;
      for (const NodeId operand : operands)
        if (!moved && accept({{{"y0", Expr(best_.graph.arena(), operand)}}, {}, {}})) moved = true;
    }
  }

  /// Every input dim: to 1, to half, to one less.
  void shorten_dims() {
    for (const auto& [name, value] : std::map<std::string, Array>(best_.inputs))
      for (std::size_t dim = 0; dim < value.shape.size(); ++dim)
        for (bool shorter = true; shorter;) {
          const std::int64_t n = best_.inputs.at(name).shape[dim];
          shorter = false;
          for (const std::int64_t wanted : {std::int64_t{1}, n / 2, n - 1})
            if (!shorter && wanted > 0 && wanted < n) shorter = accept_length(name, dim, wanted);
        }
  }

  /// One input's dim cut, or every input's dims of that length.
  bool accept_length(const std::string& name, std::size_t dim, std::int64_t wanted) {
    const std::int64_t length = best_.inputs.at(name).shape[dim];
    if (accept({best_.outputs, {}, {{name, cut(best_.inputs.at(name), dim, wanted)}}})) return true;
    Change all{best_.outputs, {}, {}};
    for (const auto& [other, value] : best_.inputs) {
      Array shorter = value;
      for (std::size_t d = 0; d < value.shape.size(); ++d)
        if (value.shape[d] == length) shorter = cut(shorter, d, wanted);
      all.values[other] = shorter;
    }
    return accept(all);
  }

  static Array cut(const Array& value, std::size_t dim, std::int64_t wanted) {
    Node slice;
    slice.kind = Kind::view;
    slice.view = View::slice;
    slice.dtype = value.dtype;
    slice.shape = value.shape;
    slice.shape[dim] = wanted;
    slice.dims = Dims(value.shape.size(), 0);
    slice.steps = Dims(value.shape.size(), 1);
    return evaluate_node(slice, {&value});
  }

  /// Runs of elements to 0: all, halves, quarters, ... single ones.
  void clear_elements() {
    for (const auto& [name, value] : std::map<std::string, Array>(best_.inputs)) {
      const std::size_t width = byte_width(value.dtype), count = value.bytes.size() / width;
      for (std::size_t run = count; run > 0; run /= 2)
        for (std::size_t first = 0; first < count && !is_over(); first += run)
          clear(name, first * width, std::min(first + run, count) * width);
    }
  }
  void clear(const std::string& name, std::size_t first, std::size_t end) {
    Array cleared = best_.inputs.at(name);
    std::fill(cleared.bytes.begin() + static_cast<std::ptrdiff_t>(first),
              cleared.bytes.begin() + static_cast<std::ptrdiff_t>(end), std::byte{0});
    if (cleared.bytes != best_.inputs.at(name).bytes) accept({best_.outputs, {}, {{name, cleared}}});
  }

  Sample best_;
  const Fails& fails_;
  Clock::time_point end_;
  int tries_ = 0;
};

std::string elements_text(const Array& a) {
  std::string text;
  const std::int64_t count = elements(a.shape), shown = std::min<std::int64_t>(count, 64);
  for (std::int64_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + element_text(a, i);
  return text + (shown < count ? ", ..." : "");
}

}  // namespace

Sample shrink(const Sample& sample, const Fails& fails, Clock::duration time) {
  return Shrinker(sample, fails, time).run();
}

std::string script_of(const Sample& sample) {
  std::string text = "# seed " + std::to_string(sample.seed) + "\n" + print(sample.graph, sample.outputs);
  for (const auto& [name, value] : sample.inputs) text += "# " + name + " = " + elements_text(value) + "\n";
  return text;
}

}  // namespace accrue::test
