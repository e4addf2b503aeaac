// Which build of the steps this processor runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "src/cpu/steps.h"

namespace accrue::host {

struct IsaBuild {
  std::string_view name;  // "v2", "v3", "v4"; "base" on other processors
  const StepTables* tables;
};

/// The builds that this processor can run, the best last.
const std::vector<IsaBuild>& usable_isa_builds();

/// The build of that name; empty: ACCRUE_ISA's, else the best there is.
///   throws  Error: the processor cannot run it, or there is none of that name; it lists those it can run
const IsaBuild& select_isa_build(const std::string& name);

}  // namespace accrue::host
