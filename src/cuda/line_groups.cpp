#include "src/cuda/line_groups.h"

#include <algorithm>
#include <cstdlib>

#include "src/cuda/emit_code.h"

namespace accrue::gpu {
namespace {

constexpr std::int64_t leaf_elements = 8;
constexpr std::int64_t node_children = 32;
constexpr std::int64_t node_elements = leaf_elements * node_children;  // what a warp folds at once
constexpr std::int64_t tile_elements = node_elements * node_children;  // what a large block folds at once
constexpr std::int64_t warp_lanes = 32;
constexpr std::int64_t leaves_of_thread = 2;    // in large blocks
constexpr std::int64_t threads_of_block = 512;  // at most; a multiprocessor has room for two such blocks

std::int64_t quotient_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

std::int64_t power_of_two_from(std::int64_t n) {
  std::int64_t power = 1;
  while (power < n) power *= 2;
  return power;
}

std::string type_text(const std::string& name, std::initializer_list<std::int64_t> arguments) {
  std::string text;
  for (const std::int64_t argument : arguments) text += (text.empty() ? "" : ", ") + std::to_string(argument);
  return name + "<" + text + ">";
}

/// The bytes of all that the kernel's folds carry, once.
std::int64_t carried_bytes(const Kernel& kernel) {
  std::size_t bytes = 0;
  for (const Instr& instr : kernel.code)
    if (is_fold(instr))
      bytes += state_bytes(instr, kernel.code[static_cast<std::size_t>(instr.args[0])].dtype);
  return static_cast<std::int64_t>(bytes);
}

/// Whether most operands lie in memory with the lines side by side, not the rows.
bool has_lines_side_by_side(const Kernel& kernel, const Layout& layout) {
  int lines = 0, rows = 0;
  std::size_t operand = 0;
  for (const Instr& instr : kernel.code) {
    if (!is_operand(instr)) continue;
    const Movement& movement = layout.operands[operand++];
    if (instr.row || instr.op == Instr::Op::iota) continue;
    lines += std::abs(movement.column_strides.back()) == 1 ? 1 : 0;
    rows += std::abs(movement.row_strides.back()) == 1 ? 1 : 0;
  }
  return lines > rows;
}

/// Lines side by side: a block takes 32, or those of one stretch of memory where they are fewer and fill two
/// warps.
LineGroups column_groups(const Kernel& kernel, const Layout& layout, const Target& target) {
  const std::int64_t leaves =
      std::min(power_of_two_from(quotient_up(layout.rows, leaf_elements)), node_children);
  const std::int64_t together = layout.column_dims.back();
  const bool is_narrow = together < warp_lanes && together * leaves >= 2 * warp_lanes;
  const std::int64_t columns = is_narrow ? together : warp_lanes;
  const std::int64_t per_thread = columns * leaves > threads_of_block ? leaves_of_thread : 1;
  const std::int64_t warps = quotient_up(columns * leaves / per_thread, warp_lanes);
  const std::int64_t strips = quotient_up(layout.columns, columns);
  LineGroups groups;
  groups.threads = static_cast<int>(warps * warp_lanes);
  groups.lines = columns;
  groups.tile_rows = leaves * leaf_elements;
  groups.is_narrow = is_narrow;
  groups.is_spread = layout.rows > node_elements &&
                     strips * groups.threads < threads_of_block * std::int64_t{target.multiprocessors};
  std::int64_t of_line = 4, of_leaf = 1;  // states in shared memory
  if (groups.is_spread) {
    groups.type = type_text("SpreadColumns", {columns, per_thread});
    of_line += 2 * 8;
    of_leaf += 1;
  } else {
    std::int64_t levels = 1;  // above the tiles
    for (std::int64_t tiles = layout.rows / node_elements; tiles >= node_children; tiles /= node_children)
      ++levels;
    groups.type = type_text("BlockColumns", {columns, leaves, per_thread, levels});
    of_line += node_children * levels;
  }
  const std::int64_t places = ((groups.threads - 1) / columns + 1) * per_thread * (columns | 1);
  const std::int64_t states = of_line * columns + of_leaf * places;
  groups.shared_bytes = static_cast<std::size_t>(states * carried_bytes(kernel));
  return groups;
}

/// The way where there is a Stage. Only what lies close together gains by one: single elements of a thread
/// are then parts of the same sectors and lines.
Way staged_way(const LineGroups& groups, const Instr& instr, const Movement& movement) {
  constexpr std::int64_t sector_bytes = 32, cache_line_bytes = 128;
  if (instr.op == Instr::Op::iota || instr.row || movement.row_strides.size() > 1) return Way::alone;
  const std::int64_t stride = movement.row_strides[0],
                     width = static_cast<std::int64_t>(byte_width(instr.dtype));
  if (groups.is_narrow) {
    if (std::abs(stride) != groups.lines || movement.column_strides.back() != 1) return Way::alone;
    if (groups.lines * width >= cache_line_bytes) return Way::alone;
    return stride > 0 ? Way::packed : Way::packed_backwards;
  }
  return groups.lanes > 1 && std::abs(stride) * width < sector_bytes ? Way::by_lanes : Way::alone;
}

LineGroups row_groups(const Kernel& kernel, const Layout& layout, const Target& target) {
  const std::int64_t rows = layout.rows;
  LineGroups groups;
  std::int64_t states = 0;  // in shared memory
  if (rows <= node_elements) {
    constexpr std::int64_t warps = 4;
    groups.lanes = power_of_two_from(quotient_up(rows, leaf_elements));
    groups.type = type_text("WarpLines", {warps, groups.lanes});
    groups.threads = warps * warp_lanes;
    groups.lines = warps * warp_lanes / groups.lanes;
    groups.tile_rows = groups.lanes * leaf_elements;
    states = groups.lines;
  } else {
    const std::int64_t nodes = std::min(quotient_up(rows, node_elements), node_children);
    const std::int64_t warps = power_of_two_from(quotient_up(nodes, leaves_of_thread));
    groups.is_spread = rows > tile_elements && layout.columns < 2 * std::int64_t{target.multiprocessors};
    groups.threads = static_cast<int>(warps * warp_lanes);
    groups.lanes = warp_lanes;
    groups.tile_rows = warps * leaves_of_thread * node_elements;
    states = 2 * node_children + 4 + (groups.is_spread ? 0 : 7 * node_children);
    const std::int64_t with_threads = states + groups.threads * leaves_of_thread;
    const bool spares_registers =
        with_threads * carried_bytes(kernel) <= static_cast<std::int64_t>(target.shared_bytes_per_block);
    if (spares_registers) states = with_threads;
    groups.type = type_text(groups.is_spread ? "SpreadLine" : "BlockLine",
                            {warps, leaves_of_thread, spares_registers ? 1 : 0});
  }
  groups.shared_bytes = static_cast<std::size_t>(states * carried_bytes(kernel));
  return groups;
}

/// Gives a Stage to groups that have the shared memory for it.
void add_stage(LineGroups& groups, const Kernel& kernel, const Layout& layout, const Target& target) {
  std::size_t operand = 0, width = 0;
  for (const Instr& instr : kernel.code) {
    if (!is_operand(instr)) continue;
    const Movement& movement = layout.operands[operand++];
    if (staged_way(groups, instr, movement) != Way::alone) width = std::max(width, byte_width(instr.dtype));
  }
  const std::int64_t elements =
      groups.is_narrow ? groups.tile_rows * groups.lines : groups.threads * leaf_elements;
  groups.shared_bytes += static_cast<std::size_t>(elements) * width +
                         static_cast<std::size_t>(elements / 32) * std::max<std::size_t>(width, 4);
  if (groups.shared_bytes <= target.shared_bytes_per_block) groups.stage_width = static_cast<int>(width);
}

}  // namespace

DType accumulator(const Instr& fold, DType argument) {
  const DType element = fold_dtype(fold, argument);
  if (element == DType::float16 || element == DType::bfloat16) return DType::float32;
  return spec(fold.fold).rounds && element == DType::float32 ? DType::float64 : element;
}

std::size_t state_bytes(const Instr& fold, DType argument) {
  return is_indexed(fold) ? 16 : byte_width(accumulator(fold, argument));
}

LineGroups choose_line_groups(const Kernel& kernel, const Layout& layout, const Target& target) {
  LineGroups groups;
  if (layout.rows > leaf_elements && has_lines_side_by_side(kernel, layout))
    groups = column_groups(kernel, layout, target);
  if (groups.threads == 0 || groups.shared_bytes > target.shared_bytes_per_block)
    groups = row_groups(kernel, layout, target);
  add_stage(groups, kernel, layout, target);
  return groups;
}

Way way_of(const LineGroups& groups, const Instr& instr, const Movement& movement) {
  return groups.stage_width > 0 ? staged_way(groups, instr, movement) : Way::alone;
}

}  // namespace accrue::gpu
