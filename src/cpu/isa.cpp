#include "src/cpu/isa.h"

#include "accrue/error.hpp"
#include "src/options.h"

#ifdef __x86_64__
namespace accrue::isa_v2 {
extern const host::StepTables& step_tables();
}
namespace accrue::isa_v3 {
extern const host::StepTables& step_tables();
}
namespace accrue::isa_v4 {
extern const host::StepTables& step_tables();
}
#else
namespace accrue::isa_base {
extern const host::StepTables& step_tables();
}
#endif

namespace accrue::host {
namespace {

std::vector<IsaBuild> find_usable_builds() {
  std::vector<IsaBuild> found;
#ifdef __x86_64__
  // The features of a level that not every processor with its vector width has; the rest come with these.
  __builtin_cpu_init();
  const bool v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
  const bool v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  if (v2) found.push_back({"v2", &isa_v2::step_tables()});
  if (v3) found.push_back({"v3", &isa_v3::step_tables()});
  if (v4) found.push_back({"v4", &isa_v4::step_tables()});
#else
  found.push_back({"base", &isa_base::step_tables()});
#endif
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
  if (builds.empty()) throw Error("compile: this processor is older than x86-64-v2, which accrue needs");
  if (!wanted.empty())
    throw Error("compile: instruction set '" + wanted + "' is not one that this processor runs; it has " +
                usable);
  return builds.back();
}

}  // namespace accrue::host
