#include "src/cpu/isa/tree_fold.h"

namespace accrue::ACCRUE_ISA_NS {

constinit const FoldTable tree_narrow = tree_columns<9, 10>();

}  // namespace accrue::ACCRUE_ISA_NS
