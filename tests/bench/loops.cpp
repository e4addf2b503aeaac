#include "tests/bench/loops.h"

#include "src/cpu/isa.h"

namespace accrue::bench {

#ifdef __x86_64__
namespace isa_v2 {
extern const Loops set_loops;
}
namespace isa_v3 {
extern const Loops set_loops;
}
namespace isa_v4 {
extern const Loops set_loops;
}

const Loops& loops() {
  const std::string_view name = host::select_isa_build("").name;
  return name == "v4" ? isa_v4::set_loops : name == "v3" ? isa_v3::set_loops : isa_v2::set_loops;
}
#else
namespace isa_base {
extern const Loops set_loops;
}

const Loops& loops() { return isa_base::set_loops; }
#endif

}  // namespace accrue::bench
