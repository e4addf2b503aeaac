#include "src/cpu/isa/fold_steps.h"
#include "src/cpu/isa/tree_fold.h"

namespace accrue::ACCRUE_ISA_NS {
namespace {

constexpr FoldTable all_tree_folds() {
  FoldTable table{};
  for_each_index<0, scalar_fold_count>([&]<int fold>() {
    for_each_index<0, dtypes>([&]<int dtype>() {
      using S = storage_t<dtype>;
      if constexpr (is_tree_fold<fold, S> && folds<S>(ScalarFold<fold>::spec))
        table.entries[fold][dtype] = tree_steps<fold, S>();
    });
  });
  return table;
}

}  // namespace

constinit const FoldTable tree_folds = all_tree_folds();

}  // namespace accrue::ACCRUE_ISA_NS
