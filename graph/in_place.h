// Whether a kernel may write one buffer over another.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "graph/kernel.h"

namespace accrue {

/// How one kernel walks its buffers; refers to the graph's kernels, which must stay where they are.
class KernelWalks {
 public:
  /// cost  linear in the kernel's code
  KernelWalks(const KernelGraph& graph, int kernel);

  const std::vector<int>& loaded() const { return loaded_; }  // buffers, in the order of their first load
  const std::vector<int>& stored() const { return stored_; }

  /// Why the kernel must not write `out` over `in`; empty where each element is read before it is written:
  /// every load of `in` walks it exactly as every store walks `out`, and no phase after the store's loads it.
  ///   cost  the loads of `in` times the stores to `out`
  std::string in_place_refusal(int in, int out) const;

 private:
  struct Loads {
    std::vector<const Access*> accesses;
    int last_phase = 0;  // that needs one of them
  };

  const KernelGraph& graph_;
  int kernel_;
  std::unordered_map<int, Loads> loads_;
  std::unordered_map<int, std::vector<const Instr*>> stores_;
  std::vector<int> loaded_, stored_;
};

}  // namespace accrue
