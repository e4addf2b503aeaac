#include "src/cpu/isa/map_steps.h"

namespace accrue::ACCRUE_ISA_NS {

constinit const MapColumns map_signed = map_columns<0, 4>();

}  // namespace accrue::ACCRUE_ISA_NS
