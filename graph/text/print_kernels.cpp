// Kernels and plans as text. They are printed, not parsed.
#include "graph/plan.h"
#include "graph/text/numbers.h"

namespace accrue {

namespace {

std::string number_text(DType dtype, std::uint64_t bits) {
  std::string text;
  append_number(text, dtype, bits);
  return text;
}

std::string buffer_text(const KernelGraph& graph, int b) {
  const Buffer& buffer = graph.buffers[static_cast<std::size_t>(b)];
  const std::string label = buffer.name.empty() ? "b" + std::to_string(b) : buffer.name;
  return label + ": " + type_text(buffer.dtype, buffer.shape);
}

/// How the access differs from reading the whole buffer in the kernel's order; empty where it does not.
std::string access_text(const Instr& instr, const Shape& whole) {
  const Access& a = *instr.access;
  std::string text;
  if (!(a.view == whole)) text += " as " + to_string(a.view);
  text += " at [";
  for (std::size_t v = 0; v < a.view.size(); ++v) {
    std::string index = a.start[v] == 0 && a.dim[v] >= 0 ? "" : std::to_string(a.start[v]);
    if (a.dim[v] >= 0) {
      const std::string step = a.step[v] == 1 ? "" : std::to_string(a.step[v]) + "*";
      index += (index.empty() ? "" : " + ") + step + "i" + std::to_string(a.dim[v]);
    }
    text += (v == 0 ? "" : ", ") + index;
  }
  return text + "]";
}

std::string args_text(const Instr& instr) {
  std::string text = "(";
  for (std::size_t i = 0; i < instr.args.size(); ++i)
    text += (i == 0 ? "v" : ", v") + std::to_string(instr.args[i]);
  return text + ")";
}

std::string instr_text(const KernelGraph& graph, const Instr& instr) {
  switch (instr.op) {
    case Instr::Op::load:
      return "load " + buffer_text(graph, instr.buffer) +
             access_text(instr, graph.buffers[static_cast<std::size_t>(instr.buffer)].shape);
    case Instr::Op::store:
      return "store " + args_text(instr) + " to " + buffer_text(graph, instr.buffer) +
             access_text(instr, graph.buffers[static_cast<std::size_t>(instr.buffer)].shape);
    case Instr::Op::constant: return "constant " + number_text(instr.dtype, instr.bits);
    case Instr::Op::iota: return "iota" + access_text(instr, instr.access->view);
    case Instr::Op::map: return std::string(info(instr.fn).name) + args_text(instr);
    case Instr::Op::cast: return "cast" + args_text(instr);
    case Instr::Op::scan:
      return std::string(spec(instr.fold).scan) + args_text(instr) + (instr.exclusive ? " exclusive" : "");
    case Instr::Op::reduce: return std::string(spec(instr.fold).reduce) + args_text(instr);
  }
  return {};
}

std::string kernel_text(const KernelGraph& graph, std::size_t k) {
  const Kernel& kernel = graph.kernels[k];
  const Traffic bytes = traffic(graph, kernel);
  std::string text = "kernel k" + std::to_string(k) + ": ";
  if (kernel.kind == Kernel::Kind::matmul) {
    text += "matmul over " + to_string(kernel.space);
  } else if (kernel.has_axis()) {
    text += "outer " + std::to_string(kernel.outer()) + " x axis " + std::to_string(kernel.axis()) +
            " x inner " + std::to_string(kernel.inner()) + (kernel.reverse ? ", in reverse" : "");
    if (kernel.phases() > 1) text += ", " + std::to_string(kernel.phases()) + " phases";
  } else {
    text += "elementwise over " + to_string(kernel.space);
  }
  text += "; reads " + std::to_string(bytes.read) + " bytes, writes " + std::to_string(bytes.written) +
          " bytes\n";
  if (!kernel.reason.empty()) text += "  # " + kernel.reason + "\n";
  for (std::size_t i = 0; i < kernel.code.size(); ++i) {
    const Instr& instr = kernel.code[i];
    text += "  ";
    if (kernel.phases() > 1) text += "phase " + std::to_string(instr.phase) + "  ";
    if (instr.op != Instr::Op::store) {
      text += "v" + std::to_string(i) + ": " + std::string(to_string(instr.dtype)) +
              (instr.row ? " row" : "") + " = ";
    }
    text += instr_text(graph, instr) + "\n";
  }
  return text;
}

std::string_view kind_text(Slot::Kind kind) {
  constexpr std::string_view names[] = {"input", "out", "temporary", "constant"};
  return names[static_cast<int>(kind)];
}

}  // namespace

std::string print(const KernelGraph& graph) {
  std::string text;
  for (std::size_t k = 0; k < graph.kernels.size(); ++k) text += kernel_text(graph, k);
  for (const NotFused& n : graph.not_fused)
    text += "# %" + std::to_string(n.node) + " (" + std::string(op_name((*graph.graph)[n.node])) + ") " +
            n.reason + "\n";
  return text;
}

std::string print(const Plan& plan) {
  std::string text;
  for (std::size_t s = 0; s < plan.slots.size(); ++s) {
    const Slot& slot = plan.slots[s];
    text += "slot s" + std::to_string(s) + ": " + std::string(kind_text(slot.kind)) + ", " +
            std::to_string(slot.bytes) + " bytes";
    if (slot.kind == Slot::Kind::temporary) text += " at " + std::to_string(slot.offset);
    for (const Slot::Use& use : slot.uses) {
      text += "\n  " + buffer_text(plan.kernels, use.buffer) + ", k" + std::to_string(use.first) + " to k" +
              std::to_string(use.last);
    }
    text += slot.reason.empty() ? "\n" : "\n  # " + slot.reason + "\n";
  }
  for (const InPlace& p : plan.in_place) {
    text += "# " + plan.kernels.buffers[static_cast<std::size_t>(p.output)].name + " over " +
            plan.kernels.buffers[static_cast<std::size_t>(p.input)].name + ": " +
            (p.allowed ? "in place" : "not in place, the input would be copied") + ": " + p.reason + "\n";
  }
  const MemoryReport& m = plan.memory;
  text += "memory: " + std::to_string(m.planned_peak_bytes) + " bytes at most: inputs " +
          std::to_string(m.input_bytes) + ", outputs " + std::to_string(m.output_bytes) + ", constants " +
          std::to_string(m.constant_bytes) + ", arena " + std::to_string(m.arena_bytes) + "\n";
  return text;
}

}  // namespace accrue
