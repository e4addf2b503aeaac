// Scans and reductions: the tables of tree folds (tree_fold.h), of order-free ones (flat_fold.h), and of sums
// that convert what they read.
#pragma once

#include "src/cpu/isa/types.h"

namespace accrue::ACCRUE_ISA_NS {

/// Whether a fold of elements stored as S rounds, so that the prefix tree fixes its order.
template <int fold, class S>
inline constexpr bool is_tree_fold = ScalarFold<fold>::spec.rounds&& Traits<compute_t<S>>::floating;

/// Whether the graph can ask for this fold of elements stored as S.
template <class S>
constexpr bool folds(const FoldSpec& spec) {
  constexpr bool is_bool = same_type<S, bool>::value, floats = Traits<compute_t<S>>::floating;
  switch (spec.result) {
    case FoldResult::boolean: return is_bool;
    case FoldResult::real: return floats;
    case FoldResult::index: return true;
    case FoldResult::widen:
    case FoldResult::same: return !is_bool || spec.bool_result;
  }
  return false;
}

using FoldTable = DTypeTable<FoldSteps, scalar_fold_count>;

extern const FoldTable tree_narrow;    // float16, bfloat16
extern const FoldTable tree_wide;      // float32, float64
extern const FoldTable flat_signed;    // bool, int8 .. int64
extern const FoldTable flat_unsigned;  // uint8 .. uint64
extern const FoldTable flat_floating;  // float16 .. float64
extern const DTypeTable<FoldSteps, dtypes>
    cast_sums;  // [from][to]; null where the conversion is a step of its own

}  // namespace accrue::ACCRUE_ISA_NS
