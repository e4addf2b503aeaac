#include "src/cpu/isa/tree_fold.h"

namespace accrue::ACCRUE_ISA_NS {

constinit const FoldTable tree_wide = tree_columns<11, 12>();

}  // namespace accrue::ACCRUE_ISA_NS
