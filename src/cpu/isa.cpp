#include "src/cpu/isa.h"

#include "accrue/error.hpp"
#include "src/options.h"

// The build names the sets that it compiles: ACCRUE_ISA_SETS is SET(v2) SET(v3) SET(v4), or some of them.
#define SET(name)                                 \
  namespace accrue::isa_##name {                  \
    extern const host::StepTables& step_tables(); \
  }
ACCRUE_ISA_SETS
#undef SET

namespace accrue::host {
namespace {

/// What the processor runs; base is a build without flags of its own.
struct Levels {
  bool base = true, v2 = false, v3 = false, v4 = false;
};

Levels processor_levels() {
  Levels levels;
#ifdef __x86_64__
  // The features of a level that not every processor with its vector width has; the rest come with these.
  __builtin_cpu_init();
  levels.v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
  levels.v3 = levels.v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
              __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  levels.v4 = levels.v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl");
#endif
  return levels;
}

std::vector<IsaBuild> find_usable_builds() {
  const Levels levels = processor_levels();
  std::vector<IsaBuild> found;
#define SET(name) \
  if (levels.name) found.push_back({#name, &isa_##name::step_tables()});
  ACCRUE_ISA_SETS
#undef SET
  return found;
}

std::string_view name_of(InstructionSet set) {
  switch (set) {
    case InstructionSet::automatic: return "";
    case InstructionSet::v2: return "v2";
    case InstructionSet::v3: return "v3";
    case InstructionSet::v4: return "v4";
  }
  return "";
}

}  // namespace

const std::vector<IsaBuild>& usable_isa_builds() {
  static const std::vector<IsaBuild> builds = find_usable_builds();
  return builds;
}

const IsaBuild& select_isa_build(const std::string& name) {
  const std::string wanted = name.empty() ? std::string(name_of(options().instruction_set)) : name;
  const std::vector<IsaBuild>& builds = usable_isa_builds();
  std::string usable;
  for (const IsaBuild& build : builds) {
    if (build.name == wanted) return build;
    usable += (usable.empty() ? "" : ", ") + std::string(build.name);
  }
  if (builds.empty())
    throw Error("compile: this processor runs none of the instruction sets that accrue was built for");
  if (!wanted.empty())
    throw Error("compile: instruction set '" + wanted + "' is not one that this processor runs; it has " +
                usable);
  return builds.back();
}

}  // namespace accrue::host
