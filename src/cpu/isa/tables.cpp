#include "src/cpu/isa/fold_steps.h"
#include "src/cpu/isa/map_steps.h"
#include "src/cpu/isa/matmul_steps.h"
#include "src/cpu/isa/move_steps.h"

namespace accrue::ACCRUE_ISA_NS {
namespace {

/// The tables that are compiled in several files, as one; a step stands in at most one of them.
struct Merged {
  MapColumns map;
  FoldTable fold;

  Merged() {
    for (int op = 0; op < scalar_op_count; ++op)
      for (int dtype = 0; dtype < dtypes; ++dtype)
        map.entries[op][dtype] = dtype <= 4   ? map_signed.entries[op][dtype]
                                 : dtype <= 8 ? map_unsigned.entries[op][dtype]
                                              : map_floating.entries[op][dtype];
    const FoldTable* const parts[] = {&tree_narrow, &tree_wide, &flat_signed, &flat_unsigned, &flat_floating};
    for (const FoldTable* part : parts)
      for (int index = 0; index < scalar_fold_count; ++index)
        for (int dtype = 0; dtype < dtypes; ++dtype)
          if (part->entries[index][dtype].fold != nullptr)
            fold.entries[index][dtype] = part->entries[index][dtype];
  }
};

}  // namespace

extern const StepTables& step_tables();
const StepTables& step_tables() {
  static const Merged merged;
  static const StepTables tables{merged.map.entries, cast_steps.entries, merged.fold.entries,
                                 cast_sums.entries,  matmul_steps,       iota_steps,
                                 copy_steps,         fill_steps};
  return tables;
}

}  // namespace accrue::ACCRUE_ISA_NS
