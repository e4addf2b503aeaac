#include "src/cpu/isa/flat_fold.h"

namespace accrue::ACCRUE_ISA_NS {

constinit const FoldTable flat_floating = flat_columns<9, 12>();

}  // namespace accrue::ACCRUE_ISA_NS
