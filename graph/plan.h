// Where every byte lives, and from when to when.
#pragma once

#include <string>
#include <vector>

#include "accrue/compile.hpp"
#include "graph/kernel.h"

namespace accrue {

/// A place that holds one buffer after another.
struct Slot {
  enum class Kind : std::uint8_t { input, out, temporary, constant };
  struct Use {
    int buffer;
    int first, last;  // kernels, inclusive; an input lives from 0, an output to the last kernel
  };
  Kind kind = Kind::temporary;
  std::size_t bytes = 0;
  std::size_t offset = 0;  // temporary: in the arena
  std::vector<Use> uses;
  std::string reason;  // why it is shared, or why a reuse was refused
};

/// Whether an output may be written over an input's own storage (same geometry).
struct InPlace {
  int input;  // buffers
  int output;
  bool allowed;
  std::string reason;
};

struct Plan {
  KernelGraph kernels;
  std::vector<Slot> slots;
  std::vector<int> slot_of;  // by buffer
  std::vector<InPlace> in_place;
  MemoryReport memory;
};

/// Places the buffers: temporaries by lifetime in one arena (greedy by size), inputs and outputs each in a
/// slot of their own, a donated input's shared with an output where in place is proven.
///   never  lets a kernel write a byte that it, or a later kernel, still reads as something else
Plan plan(KernelGraph kernels, const std::vector<std::string>& donate = {});

/// Throws InternalError where two values that live at once share bytes.
void verify(const Plan& plan);

std::string print(const Plan& plan);

inline constexpr std::size_t slot_alignment = 64;  // bytes

}  // namespace accrue
