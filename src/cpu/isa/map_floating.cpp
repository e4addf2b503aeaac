#include "src/cpu/isa/map_steps.h"

namespace accrue::ACCRUE_ISA_NS {

constinit const MapColumns map_floating = map_columns<9, 12>();

}  // namespace accrue::ACCRUE_ISA_NS
