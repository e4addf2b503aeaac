#include "src/cpu/isa/flat_fold.h"
#include "src/cpu/isa/fold_steps.h"
#include "src/cpu/isa/tree_fold.h"

namespace accrue::ACCRUE_ISA_NS {
namespace {

constexpr int index_of_sum() {
  int index = 0;
  for_each_index<0, scalar_fold_count>([&]<int fold>() {
    if constexpr (same_type<typename ScalarFold<fold>::type, fold_sum>::value) index = fold;
  });
  return index;
}

constexpr DTypeTable<FoldSteps, dtypes> all_cast_sums() {
  DTypeTable<FoldSteps, dtypes> table{};
  constexpr int sum = index_of_sum();
  // The conversions that scans are given most: they are one or two vector instructions on the way in.
  for_each_index<0, dtypes>([&]<int from>() {
    using From = storage_t<from>;
    if constexpr (!Traits<compute_t<From>>::floating && sizeof(From) < sizeof(i64))
      table.entries[from][4] = FlatFold<sum, i64, From>::steps();
  });
  table.entries[11][3] = FlatFold<sum, i32, float>::steps();
  table.entries[3][11] = tree_steps<sum, float, i32>();
  table.entries[9][11] = tree_steps<sum, float, f16>();
  table.entries[10][11] = tree_steps<sum, float, bf16>();
  return table;
}

}  // namespace

constinit const DTypeTable<FoldSteps, dtypes> cast_sums = all_cast_sums();

}  // namespace accrue::ACCRUE_ISA_NS
