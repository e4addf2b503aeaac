#include "src/cpu/isa/flat_fold.h"

namespace accrue::ACCRUE_ISA_NS {

constinit const FoldTable flat_signed = flat_columns<0, 4>();

}  // namespace accrue::ACCRUE_ISA_NS
