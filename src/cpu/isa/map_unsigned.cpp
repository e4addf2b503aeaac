#include "src/cpu/isa/map_steps.h"

namespace accrue::ACCRUE_ISA_NS {

constinit const MapColumns map_unsigned = map_columns<5, 8>();

}  // namespace accrue::ACCRUE_ISA_NS
