#include "tests/support/sample_properties.h"

#include <exception>

#include "graph/graph.h"
#include "graph/pipeline.h"
#include "graph/reference.h"
#include "src/cpu/isa.h"
#include "src/cpu/scratch.h"
#include "src/pool.h"
#include "tests/support/accuracy.h"
#include "tests/support/random_layout.h"
#include "tests/support/runners.h"
#include "tests/support/same_graph.h"
#include "tests/support/shrink.h"

namespace accrue::test {
namespace {

std::vector<Array> values_of(const Sample& sample, const CompileOptions& options) {
  std::vector<Array> values;
  for (const Tensor& t : run_compiled(options, sample.graph, sample.outputs, bind(sample.inputs)))
    values.push_back(to_array(t));
  return values;
}

/// The plainest way to run: one thread, row-major tensors. Other ways are compared with it.
std::vector<Array> plain_values(const Sample& sample) { return values_of(sample, {.threads = 1}); }

std::string first_difference(const Sample& sample, const std::vector<Array>& actual,
                             const std::vector<Array>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i)
    if (const std::string found = difference(actual[i], expected[i]); !found.empty())
      return sample.outputs[i].name + " is " + found;
  return {};
}

std::string instruction_set(const host::IsaBuild& build) { return std::string(build.name); }

/// A change of the inputs to tensors of random layouts, some of them broadcast, and back to what they hold.
Sample with_repeats(const Sample& sample, Random& random) {
  Sample changed = sample;
  for (auto& [name, value] : changed.inputs)
    for (std::size_t dim = 0; dim < value.shape.size(); ++dim)
      if (value.shape[dim] > 1 && random.chance(5)) value = repeated(value, dim);
  return changed;
}

/// One run with inputs and outs of random layouts.
class LaidOutRun {
 public:
  LaidOutRun(const Sample& sample, Random& random) : sample_(sample) {
    for (const auto& [name, value] : sample.inputs) {
      names_.push_back(name);
      inputs_.push_back(random_layout(random, value));
    }
    outs_.resize(sample.outputs.size());
    in_place_.assign(inputs_.size(), false);
    for (std::size_t i = 0; i < outs_.size(); ++i)
      if (random.chance(75)) outs_[i] = out_for(sample.outputs[i].expr, random);
  }

  std::string run(const CompileOptions& options, const std::vector<Array>& expected) {
    std::vector<NamedTensor> inputs, outs;
    for (std::size_t i = 0; i < inputs_.size(); ++i) inputs.push_back({names_[i], inputs_[i].tensor()});
    for (std::size_t i = 0; i < outs_.size(); ++i)
      if (outs_[i]) outs.push_back({sample_.outputs[i].name, outs_[i]->tensor()});
    std::vector<Array> actual;
    for (const auto& [name, tensor] : compile(sample_.graph, sample_.outputs, options).run(inputs, outs))
      actual.push_back(to_array(tensor));
    std::string found = first_difference(sample_, actual, expected);
    for (std::size_t i = 0; i < inputs_.size() && found.empty(); ++i) {
      if (!inputs_[i].gaps_intact()) found = "bytes beside input " + names_[i] + " were written";
      const bool kept = in_place_[i] || !options.donate.empty();
      if (!kept) found = difference(to_array(inputs_[i].tensor()), sample_.inputs.at(names_[i]));
    }
    for (std::size_t i = 0; i < outs_.size() && found.empty(); ++i)
      if (outs_[i] && !outs_[i]->gaps_intact())
        found = "bytes beside out " + sample_.outputs[i].name + " were written";
    return found;
  }

 private:
  /// An input's tensor that fits, where there is one, or a fresh one.
  GuardedTensor out_for(const Expr& output, Random& random) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      const Tensor& t = inputs_[i].tensor();
      if (in_place_[i] || t.dtype() != output.dtype() || t.shape() != output.shape()) continue;
      if (random.chance(40)) continue;
      in_place_[i] = true;
      return inputs_[i];
    }
    return {output.dtype(), output.shape(), random_strides(random, output.shape())};
  }

  const Sample& sample_;
  std::vector<std::string> names_;
  std::vector<GuardedTensor> inputs_;
  std::vector<bool> in_place_;
  std::vector<std::optional<GuardedTensor>> outs_;
};

std::string counts_text(const char* what, std::size_t actual, std::size_t planned) {
  return std::string(what) + ": " + std::to_string(actual) + ", planned " + std::to_string(planned);
}

/// What does not hold of the sample; an exception is such a thing too.
std::string fault(const Property& property, const Sample& sample) {
  try {
    return property(sample);
  } catch (const std::exception& e) {
    return std::string("an exception: ") + e.what();
  }
}

}  // namespace

std::string equals_reference(const Sample& sample) {
  const Arena& arena = *sample.graph.arena();
  Sample watched = sample;  // its inexact values are outputs too
  std::map<NodeId, std::size_t> output_of;
  std::vector<bool> needed(arena.size(), false);
  for (const NamedExpr& output : sample.outputs) needed[output.expr.id()] = true;
  for (std::size_t i = arena.size(); i-- > 0;) {
    const auto id = static_cast<NodeId>(i);
    if (!needed[id]) continue;
    for (const NodeId input : arena[id].inputs) needed[input] = true;
    if (is_exact(arena[id])) continue;
    output_of[id] = watched.outputs.size();
    watched.outputs.push_back({"inexact" + std::to_string(id), Expr(sample.graph.arena(), id)});
  }
  const std::vector<Array> actual = plain_values(watched);
  std::vector<Array> values;
  values.reserve(arena.size());  // operands point into it
  for (NodeId id = 0; id < arena.size(); ++id) {
    const Node& node = arena[id];
    values.emplace_back();
    if (!needed[id]) continue;
    std::vector<const Array*> operands;
    for (const NodeId input : node.inputs) operands.push_back(&values[input]);
    values[id] = node.kind == Kind::input ? sample.inputs.at(node.name) : evaluate_node(node, operands);
    const auto inexact = output_of.find(id);
    if (inexact == output_of.end()) continue;
    const std::string found = inaccuracy(node, operands, actual[inexact->second], values[id]);
    if (!found.empty()) return std::string(op_name(node)) + " of node " + std::to_string(id) + " is " + found;
    values[id] = actual[inexact->second];
  }
  std::vector<Array> expected;
  for (const NamedExpr& output : sample.outputs) expected.push_back(values[output.expr.id()]);
  return first_difference(sample, actual, expected);
}

std::string same_for_any_threads(const Sample& sample) {
  const std::vector<Array> expected = plain_values(sample);
  for (const int threads : {2, 3, 8}) {
    const CompileOptions options{.threads = threads, .parallel_elements = 1};
    const std::string found = first_difference(sample, values_of(sample, options), expected);
    if (!found.empty()) return "with " + std::to_string(threads) + " threads " + found;
  }
  return {};
}

std::string same_for_any_instruction_set(const Sample& sample) {
  const std::vector<Array> expected = plain_values(sample);
  for (const host::IsaBuild& build : host::usable_isa_builds()) {
    const CompileOptions options{.threads = 1, .instruction_set = instruction_set(build), .stream_bytes = 1};
    const std::string found = first_difference(sample, values_of(sample, options), expected);
    if (!found.empty()) return "on " + options.instruction_set + " " + found;
  }
  return {};
}

std::string same_without_any_stage(const Sample& sample) {
  const std::vector<Array> expected = plain_values(sample);
  std::vector<std::vector<std::string>> choices(1);
  for (const std::string_view stage : optional_stages()) {
    choices[0].emplace_back(stage);
    choices.push_back({std::string(stage)});
  }
  for (const std::vector<std::string>& disabled : choices) {
    const std::vector<Array> actual = values_of(sample, {.threads = 1, .disable = disabled});
    const std::string found = first_difference(sample, actual, expected);
    if (!found.empty()) return "without " + (disabled.size() == 1 ? disabled[0] : "any stage") + " " + found;
  }
  return {};
}

std::string same_where_rewrites_are_skipped(const Sample& sample) {
  Arena graph = drop_dead(select(sample.graph, sample.outputs));
  for (const Rewrite& rewrite : rewrites()) {
    Arena next = drop_dead(rewrite.apply(graph));
    if (first_to_apply(graph, {&rewrite, 1}) == 1 && !same_graph(graph, next))
      return std::string(rewrite.name) + " would be skipped, but changes the graph";
    graph = std::move(next);
  }
  return {};
}

std::string same_for_any_layout(const Sample& sample) {
  Random random(sample.seed);
  for (int tries = 0; tries < 2; ++tries) {
    const Sample changed = with_repeats(sample, random);
    CompileOptions options{.threads = random.one_of({1, 2, 8}), .parallel_elements = 1};
    options.instruction_set = instruction_set(random.one_of(host::usable_isa_builds()));
    options.stream_bytes = random.one_of({0, 1});
    for (const auto& [name, value] : changed.inputs)
      if (random.chance(20)) options.donate.push_back(name);
    const std::string found = LaidOutRun(changed, random).run(options, plain_values(changed));
    if (!found.empty()) return "with " + options.instruction_set + " and other layouts " + found;
  }
  return {};
}

std::string allocates_as_planned(const Sample& sample) {
  const Program program = compile(sample.graph, sample.outputs, {.threads = 1});
  const MemoryReport& planned = program.memory();
  const std::vector<NamedTensor> inputs = bind(sample.inputs);
  RunStats stats;
  const Pool::Stats before = host_pool().stats();
  const Tensors results = program.run(inputs, {}, &stats);
  const Pool::Stats after = host_pool().stats();
  if (stats.arena_bytes != planned.arena_bytes)
    return counts_text("bytes of temporaries", stats.arena_bytes, planned.arena_bytes);
  if (stats.output_bytes != planned.output_bytes)
    return counts_text("bytes of outputs", stats.output_bytes, planned.output_bytes);
  const std::size_t taken = after.live_bytes - before.live_bytes;
  if (taken != planned.arena_bytes + planned.output_bytes)
    return counts_text("bytes of the pool", taken, planned.arena_bytes + planned.output_bytes);

  std::vector<NamedTensor> outs;
  for (const auto& [name, tensor] : results) outs.push_back({name, tensor});
  const std::size_t scratch = host::scratch_allocations();
  program.run(inputs, outs, &stats);
  const Pool::Stats again = host_pool().stats();
  if (stats.arena_bytes + stats.output_bytes != 0)
    return counts_text("bytes of a second run", stats.arena_bytes + stats.output_bytes, 0);
  if (again.fresh_allocations + again.reused_allocations !=
      after.fresh_allocations + after.reused_allocations)
    return "a second run took memory from the pool";
  return host::scratch_allocations() == scratch ? "" : "a second run allocated working memory";
}

std::string reads_back(const Sample& sample) { return round_trip_difference(sample.graph, sample.outputs); }

std::string counterexample(const Property& property, std::uint64_t first, std::uint64_t count,
                           const std::function<Sample(std::uint64_t seed)>& sample_of) {
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const Sample sample = sample_of(seed);
    std::string found = fault(property, sample);
    if (found.empty()) continue;
    const Sample small = shrink(sample, [&](const Sample& s) {
      const std::string still = fault(property, s);
      if (!still.empty()) found = still;
      return !still.empty();
    });
    return found + "\n" + script_of(small);
  }
  return {};
}

}  // namespace accrue::test
