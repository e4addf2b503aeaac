// Kernels and plans for Graphviz.
#include <set>

#include "graph/text/json_text.h"
#include "graph/text/stages.h"

namespace accrue {
namespace {

std::string buffer_box(const KernelGraph& graph, std::size_t b, const std::string& place) {
  const Buffer& buffer = graph.buffers[b];
  const std::string name = buffer.name.empty() ? "b" + std::to_string(b) : buffer.name;
  return "  b" + std::to_string(b) + " [shape=ellipse, label=" +
         json_string(name + "\n" + type_text(buffer.dtype, buffer.shape) + place) + "];\n";
}

std::string kernel_box(const KernelGraph& graph, std::size_t k) {
  std::string label = "k" + std::to_string(k);
  for (const Instr& i : graph.kernels[k].code)
    if (i.op == Instr::Op::map || i.op == Instr::Op::cast || i.op == Instr::Op::scan ||
        i.op == Instr::Op::reduce)
      label += "\n" + std::string(op_name((*graph.graph)[i.node]));
  if (graph.kernels[k].kind == Kernel::Kind::matmul) label += "\nmatmul";
  return "  k" + std::to_string(k) + " [shape=box, label=" + json_string(label) + "];\n";
}

// One edge for each buffer that the kernel loads, and for each that it stores.
std::string edges(const Kernel& kernel, std::size_t k) {
  std::set<int> loaded, stored;
  for (const Instr& i : kernel.code) {
    if (i.op == Instr::Op::load) loaded.insert(i.buffer);
    if (i.op == Instr::Op::store) stored.insert(i.buffer);
  }
  std::string text;
  for (int b : loaded) text += "  b" + std::to_string(b) + " -> k" + std::to_string(k) + ";\n";
  for (int b : stored) text += "  k" + std::to_string(k) + " -> b" + std::to_string(b) + ";\n";
  return text;
}

// `place` gives what else is known of a buffer.
template <class Place>
std::string digraph(const KernelGraph& graph, const Place& place) {
  std::string text = "digraph " + json_string(graph.graph->name) + " {\n";
  for (std::size_t b = 0; b < graph.buffers.size(); ++b) text += buffer_box(graph, b, place(b));
  for (std::size_t k = 0; k < graph.kernels.size(); ++k)
    text += kernel_box(graph, k) + edges(graph.kernels[k], k);
  return text + "}\n";
}

}  // namespace

std::string dot(const KernelGraph& graph) {
  return digraph(graph, [](std::size_t) { return std::string(); });
}

std::string dot(const Plan& plan) {
  return digraph(plan.kernels, [&](std::size_t b) {
    const int s = plan.slot_of[b];
    const std::string bytes = std::to_string(plan.slots[static_cast<std::size_t>(s)].bytes);
    return "\nslot s" + std::to_string(s) + ", " + bytes + " bytes";
  });
}

}  // namespace accrue
