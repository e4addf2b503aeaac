#include "src/cpu/isa/move_steps.h"

namespace accrue::ACCRUE_ISA_NS {
namespace {

template <class To, class From>
void cast_step(void* dst, const void* src, Index count) {
  To* out = static_cast<To*>(dst);
  const From* in = static_cast<const From*>(src);
  ACCRUE_INDEPENDENT
  for (Index i = 0; i < count; ++i) out[i] = cast_element<To>(in[i]);
}

constexpr DTypeTable<CastStep, dtypes> all_casts() {
  DTypeTable<CastStep, dtypes> table{};
  for_each_index<0, dtypes>([&]<int from>() {
    for_each_index<0, dtypes>(
        [&]<int to>() { table.entries[from][to] = &cast_step<storage_t<to>, storage_t<from>>; });
  });
  return table;
}

}  // namespace

constinit const DTypeTable<CastStep, dtypes> cast_steps = all_casts();

}  // namespace accrue::ACCRUE_ISA_NS
