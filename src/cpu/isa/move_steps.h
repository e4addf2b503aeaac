// Casts, copies between strided memory and registers, fills and iotas.
#pragma once

#include "src/cpu/isa/types.h"

namespace accrue::ACCRUE_ISA_NS {

extern const DTypeTable<CastStep, dtypes> cast_steps;
extern const IotaStep iota_steps[dtypes];
extern const CopyStep copy_steps[widths];
extern const FillStep fill_steps[widths];

}  // namespace accrue::ACCRUE_ISA_NS
