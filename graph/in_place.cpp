#include "graph/in_place.h"

#include <algorithm>

namespace accrue {

KernelWalks::KernelWalks(const KernelGraph& graph, int kernel) : graph_(graph), kernel_(kernel) {
  const std::vector<Instr>& code = graph.kernels[static_cast<std::size_t>(kernel)].code;
  for (const Instr& instr : code) {
    if (instr.op == Instr::Op::load) {
      const auto [loads, is_first] = loads_.try_emplace(instr.buffer);
      if (is_first) loaded_.push_back(instr.buffer);
      loads->second.accesses.push_back(instr.access.get());
    } else if (instr.op == Instr::Op::store) {
      std::vector<const Instr*>& stores = stores_[instr.buffer];
      if (stores.empty()) stored_.push_back(instr.buffer);
      stores.push_back(&instr);
    }
  }
  // The last phase that needs each value; one may be computed anew in each such phase, its loads with it.
  std::vector<int> needed_in(code.size(), 0);
  for (std::size_t i = code.size(); i-- > 0;) {
    const Instr& instr = code[i];
    const bool computed_once = instr.op == Instr::Op::reduce;
    needed_in[i] = computed_once ? instr.phase : std::max(needed_in[i], instr.phase);
    for (std::int32_t arg : instr.args) {
      auto& needed = needed_in[static_cast<std::size_t>(arg)];
      needed = std::max(needed, needed_in[i]);
    }
    if (instr.op != Instr::Op::load) continue;
    int& last_phase = loads_.at(instr.buffer).last_phase;
    last_phase = std::max(last_phase, needed_in[i]);
  }
}

std::string KernelWalks::in_place_refusal(int in, int out) const {
  const Buffer& a = graph_.buffers[static_cast<std::size_t>(in)];
  const Buffer& b = graph_.buffers[static_cast<std::size_t>(out)];
  const std::string kernel_name = "k" + std::to_string(kernel_);
  if (graph_.kernels[static_cast<std::size_t>(kernel_)].kind == Kernel::Kind::matmul)
    return kernel_name + " is a matmul, which reads its operands many times";
  if (byte_width(a.dtype) != byte_width(b.dtype))
    return "elements of " + std::to_string(byte_width(a.dtype)) + " and " +
           std::to_string(byte_width(b.dtype)) + " bytes";
  if (!(a.shape == b.shape)) return "the shapes differ";
  const auto loads = loads_.find(in);
  const auto stores = stores_.find(out);
  if (loads == loads_.end() || stores == stores_.end()) return {};
  for (const Access* load : loads->second.accesses) {
    for (const Instr* store : stores->second) {
      if (!(*load == *store->access)) return kernel_name + " reads it in another order than it writes";
      if (store->phase < loads->second.last_phase) return kernel_name + " reads it again in a later phase";
    }
  }
  return {};
}

}  // namespace accrue
