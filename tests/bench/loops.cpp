#include "tests/bench/loops.h"

#include "src/cpu/isa.h"

// The build names the sets that it compiles, as for src/cpu/isa.cpp.
#define SET(name)                       \
  namespace accrue::bench::isa_##name { \
    extern const Loops set_loops;       \
  }
ACCRUE_ISA_SETS
#undef SET

namespace accrue::bench {

const Loops& loops() {
  const std::string_view chosen = host::select_isa_build("").name;
  const Loops* found = nullptr;
#define SET(name) \
  if (chosen == #name) found = &isa_##name::set_loops;
  ACCRUE_ISA_SETS
#undef SET
  return *found;
}

}  // namespace accrue::bench
