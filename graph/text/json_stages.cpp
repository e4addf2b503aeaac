// Kernels, plans and stages as JSON (examples/README.md says what each key means).
#include <algorithm>
#include <cstdio>

#include "graph/text/json_text.h"
#include "graph/text/stages.h"

namespace accrue {
namespace {

std::string buffer_label(const KernelGraph& graph, int b) {
  const Buffer& buffer = graph.buffers[static_cast<std::size_t>(b)];
  return buffer.name.empty() ? "b" + std::to_string(b) : buffer.name;
}

// The graph nodes whose values the kernel computes, ascending.
std::string nodes_of(const Kernel& kernel) {
  std::vector<NodeId> ids;
  for (const Instr& i : kernel.code)
    if (i.op != Instr::Op::load && i.op != Instr::Op::constant && i.op != Instr::Op::iota)
      ids.push_back(i.node);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return json_list(ids, [](NodeId id) { return std::to_string(id); });
}

std::string accesses(const KernelGraph& graph, const Kernel& kernel, Instr::Op op) {
  std::vector<const Instr*> found;
  for (const Instr& i : kernel.code)
    if (i.op == op) found.push_back(&i);
  return json_list(found, [&](const Instr* i) {
    return "{\"buffer\": " + json_string(buffer_label(graph, i->buffer)) +
           ", \"dtype\": " + json_string(to_string(i->dtype)) + ", \"view\": " + to_string(i->access->view) +
           ", \"start\": " + to_string(i->access->start) + ", \"step\": " + to_string(i->access->step) +
           ", \"dim\": " + to_string(i->access->dim) + "}";
  });
}

std::string kernel_json(const KernelGraph& graph, std::size_t k) {
  const Kernel& kernel = graph.kernels[k];
  const Traffic bytes = traffic(graph, kernel);
  return "{\"id\": \"k" + std::to_string(k) + "\", \"nodes\": " + nodes_of(kernel) +
         ",\n     \"loads\": " + accesses(graph, kernel, Instr::Op::load) +
         ",\n     \"stores\": " + accesses(graph, kernel, Instr::Op::store) +
         ",\n     \"space\": {\"dims\": " + to_string(kernel.space) +
         ", \"outer\": " + std::to_string(kernel.outer()) + ", \"axis\": " + std::to_string(kernel.axis()) +
         ", \"inner\": " + std::to_string(kernel.inner()) +
         ", \"reverse\": " + (kernel.reverse ? "true" : "false") +
         "}, \"phases\": " + std::to_string(kernel.phases()) +
         ", \"bytes_read\": " + std::to_string(bytes.read) +
         ", \"bytes_written\": " + std::to_string(bytes.written) +
         ",\n     \"reason\": " + json_string(kernel.reason) + "}";
}

std::string slot_json(const Plan& plan, std::size_t s) {
  constexpr std::string_view kinds[] = {"input", "out", "temporary", "constant"};
  const Slot& slot = plan.slots[s];
  const std::string values = json_list(slot.uses, [&](const Slot::Use& use) {
    const Buffer& buffer = plan.kernels.buffers[static_cast<std::size_t>(use.buffer)];
    return "{\"buffer\": " + json_string(buffer_label(plan.kernels, use.buffer)) +
           ", \"node\": " + std::to_string(buffer.node) + ", \"first\": " + std::to_string(use.first) +
           ", \"last\": " + std::to_string(use.last) + "}";
  });
  return "{\"id\": \"s" + std::to_string(s) + "\", \"bytes\": " + std::to_string(slot.bytes) +
         ", \"offset\": " + std::to_string(slot.offset) +
         ", \"kind\": " + json_string(kinds[static_cast<int>(slot.kind)]) + ",\n     \"values\": " + values +
         ",\n     \"reason\": " + json_string(slot.reason) + "}";
}

}  // namespace

std::string json_members(const KernelGraph& graph) {
  const auto kernel = [&](const Kernel& k) {
    return kernel_json(graph, static_cast<std::size_t>(&k - graph.kernels.data()));
  };
  const auto refusal = [](const NotFused& n) {
    return "{\"nodes\": [" + std::to_string(n.node) + "], \"reason\": " + json_string(n.reason) + "}";
  };
  return "\"kernels\": " + json_lines(graph.kernels, kernel) +
         ",\n  \"not_fused\": " + json_lines(graph.not_fused, refusal);
}

std::string json_members(const Plan& plan) {
  const auto slot = [&](const Slot& s) {
    return slot_json(plan, static_cast<std::size_t>(&s - plan.slots.data()));
  };
  const MemoryReport& m = plan.memory;
  return json_members(plan.kernels) + ",\n  \"slots\": " + json_lines(plan.slots, slot) +
         ",\n  \"memory\": {\"planned_peak_bytes\": " + std::to_string(m.planned_peak_bytes) +
         ", \"input_bytes\": " + std::to_string(m.input_bytes) +
         ", \"out_bytes\": " + std::to_string(m.output_bytes) +
         ", \"constant_bytes\": " + std::to_string(m.constant_bytes) +
         ", \"arena_bytes\": " + std::to_string(m.arena_bytes) + "}";
}

std::string json_members(const std::vector<StageLog>& stages) {
  return "\"stages\": " + json_lines(stages, [](const StageLog& stage) {
           char seconds[32];
           std::snprintf(seconds, sizeof seconds, "%.9f", stage.seconds);
           return "{\"name\": " + json_string(stage.name) + ", \"seconds\": " + seconds +
                  ", \"changed\": " + (stage.changed ? "true" : "false") + "}";
         });
}

}  // namespace accrue
