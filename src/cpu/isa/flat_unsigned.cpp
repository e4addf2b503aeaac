#include "src/cpu/isa/flat_fold.h"

namespace accrue::ACCRUE_ISA_NS {

constinit const FoldTable flat_unsigned = flat_columns<5, 8>();

}  // namespace accrue::ACCRUE_ISA_NS
