#include "src/cuda/spread_state.h"

namespace accrue::gpu {

SpreadState::SpreadState(const Kernel& kernel, const Layout& layout, const LineGroups& groups)
    : kernel_(kernel) {
  constexpr std::int64_t node_children = 32;
  const std::int64_t lines = (layout.columns + groups.lines - 1) / groups.lines * groups.lines;
  const std::int64_t tiles = (layout.rows + groups.tile_rows - 1) / groups.tile_rows;
  for (std::int64_t of_level = tiles; of_level > 0; of_level /= node_children) nodes_ += of_level * lines;
  for (const Instr& instr : kernel.code)
    results_.push_back(instr.op == Instr::Op::reduce ? reserve(layout.columns * 8) : Launch::Pointer{});
}

void SpreadState::add_phase(Parameters& parameters, const std::vector<std::int32_t>& body,
                            const std::vector<std::int32_t>& values) {
  const auto at = [&](std::int32_t id) -> const Instr& { return kernel_.code[static_cast<std::size_t>(id)]; };
  parameters.add_pointer("u32", "counter", reserve(4), "");
  for (const std::int32_t id : body) {
    if (!is_fold(at(id))) continue;
    const std::size_t words = (state_bytes(at(id), at(at(id).args[0]).dtype) + 3) / 4;
    parameters.add_pointer("u64", published_name(id), reserve(nodes_ * static_cast<std::int64_t>(8 * words)),
                           "");
  }
  for (const std::int32_t id : values)
    if (at(id).op == Instr::Op::reduce)
      parameters.add_pointer(std::string(type_name(at(id).dtype)), result_name(id),
                             results_[static_cast<std::size_t>(id)], "");
}

Launch::Pointer SpreadState::reserve(std::int64_t bytes) {
  const auto offset = static_cast<std::int64_t>(bytes_);
  bytes_ += (static_cast<std::size_t>(bytes) + 15) / 16 * 16;
  return {0, Launch::state_buffer, offset};
}

}  // namespace accrue::gpu
