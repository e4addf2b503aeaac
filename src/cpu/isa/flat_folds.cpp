#include "src/cpu/isa/flat_fold.h"
#include "src/cpu/isa/fold_steps.h"

namespace accrue::ACCRUE_ISA_NS {
namespace {

constexpr FoldTable all_flat_folds() {
  FoldTable table{};
  for_each_index<0, scalar_fold_count>([&]<int fold>() {
    for_each_index<0, dtypes>([&]<int dtype>() {
      using S = storage_t<dtype>;
      if constexpr (!is_tree_fold<fold, S> && folds<S>(ScalarFold<fold>::spec))
        table.entries[fold][dtype] = FlatFold<fold, S>::steps();
    });
  });
  return table;
}

}  // namespace

constinit const FoldTable flat_folds = all_flat_folds();

}  // namespace accrue::ACCRUE_ISA_NS
