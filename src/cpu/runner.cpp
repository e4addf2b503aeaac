#include "src/cpu/runner.h"

#include <algorithm>
#include <new>

namespace accrue::host {
namespace {

constexpr Index few_rows = 64;  // up to here columns lie closer than the next leaf

/// Hands out parts of one allocation; without memory it only counts.
class Carver {
 public:
  explicit Carver(std::byte* memory) : memory_(memory) {}
  std::byte* take(std::size_t bytes) {
    std::byte* part = memory_ == nullptr ? nullptr : memory_ + used_;
    used_ += aligned(bytes);
    return part;
  }
  std::size_t used() const { return used_; }

 private:
  std::byte* memory_;
  std::size_t used_ = 0;
};

/// Lays out the values of rows; returns the bytes they take.
std::size_t carve_rows(const BoundLoop& bound, std::byte* memory, std::byte** into) {
  Carver carver(memory);
  for (std::size_t i = 0; i < bound.loop.row_register_bytes.size(); ++i) {
    const int bytes = bound.loop.row_register_bytes[i];
    std::byte* part =
        carver.take(static_cast<std::size_t>(bytes) * static_cast<std::size_t>(bound.tiling.columns));
    if (into != nullptr) into[i] = part;
  }
  return carver.used();
}

}  // namespace

std::size_t Runner::row_memory_bytes(const BoundLoop& bound) { return carve_rows(bound, nullptr, nullptr); }

Runner::Runner(const BoundLoop& bound, const Pass& pass) : bound_(bound), pass_(&pass) {
  const auto elements = static_cast<std::size_t>(bound.tiling.rows * bound.tiling.columns);
  const std::size_t row_bytes = row_memory_bytes(bound);
  const int levels = tree_levels(bound.layout.rows);
  std::size_t largest_state = 0;
  const auto carve = [&](std::byte* memory) {
    Carver carver(memory);
    const std::size_t registers = pass.register_bytes.size() + bound.loop.row_register_bytes.size();
    std::byte* pointers = carver.take((registers + 1) * sizeof(std::byte*));  // one that unused operands name
    std::byte* places = carver.take((pass.register_bytes.size() + 1) * sizeof(Place));
    std::byte* states = carver.take(pass.folds.size() * sizeof(FoldState));
    std::byte* rows = carver.take(row_bytes);
    if (memory != nullptr) {
      full_ = reinterpret_cast<std::byte**>(pointers);
      std::fill_n(full_, registers + 1, nullptr);
      rows_ = full_ + pass.register_bytes.size();
      places_ = reinterpret_cast<Place*>(places);
      std::fill_n(places_, pass.register_bytes.size() + 1, Place{nullptr, 0});
      states_ = reinterpret_cast<FoldState*>(states);
      use_rows(rows);
    }
    for (std::size_t i = 0; i < pass.register_bytes.size(); ++i) {
      const std::size_t held = pass.repeats[i] == Repeats::always ? repeated_elements : elements;
      std::byte* part = carver.take(static_cast<std::size_t>(pass.register_bytes[i]) * held);
      if (memory != nullptr) full_[i] = part;
    }
    for (std::size_t i = 0; i < pass.folds.size(); ++i) {
      const auto bytes = static_cast<std::size_t>(pass.folds[i]->state_bytes(levels, bound.tiling.columns));
      largest_state = std::max(largest_state, bytes);
      std::byte* data = carver.take(bytes);
      if (memory != nullptr) new (&states_[i]) FoldState{data, 0, 0, 0, 0, 1, levels};
    }
    spare_state_ = carver.take(largest_state);
    return carver.used();
  };
  scratch_.emplace(carve(nullptr));
  carve(scratch_->data());
}

void Runner::use_rows(std::byte* row_memory) { carve_rows(bound_, row_memory, rows_); }

FoldState Runner::empty_state(void* data, Index first_row) const {
  const bool reverse = bound_.loop.kernel->reverse;
  const Index index = reverse ? bound_.layout.rows - 1 - first_row : first_row;
  const Index rows = bound_.layout.rows;
  return {data, block_.columns, 0, rows, index, reverse ? -1 : 1, tree_levels(rows)};
}

FoldState Runner::fresh_state(int fold, Index first_row) const {
  const FoldState state = empty_state(spare_state_, first_row);
  pass_->folds[static_cast<std::size_t>(fold)]->begin(state);
  return state;
}

void Runner::begin(const Block& block) {
  block_ = block;
  for (std::size_t r = 0; r < pass_->register_bytes.size(); ++r) places_[r] = {full_[r], block.columns};
  for (std::size_t i = 0; i < pass_->folds.size(); ++i) {
    states_[i] = empty_state(states_[i].data, 0);
    pass_->folds[i]->begin(states_[i]);
  }
  execute(pass_->expand, {0, std::min(bound_.tiling.rows, bound_.layout.rows)}, nullptr);
}

void Runner::run_row_steps(const Block& block) {
  block_ = block;
  execute(pass_->row, {0, 1}, nullptr);
}

void Runner::run_tile(Rows rows, TileFolds* shared) { execute(pass_->body, rows, shared); }

void Runner::finish() { execute(pass_->finish, {0, 0}, nullptr); }

template <class F>
void Runner::for_each_block(const Step& step, Rows rows, const F& f) const {
  const Layout& layout = bound_.layout;
  const Movement& operand = layout.operands[static_cast<std::size_t>(step.operand)];
  const auto along_columns = [&](Index row, Index row_count, Index row_offset) {
    for_each_run(
        layout.column_dims, block_.first_column, block_.columns,
        [&](Index column, Index count, const Index* index) {
          f(row, column, row_offset + offset_at(index, operand.column_strides), Extent2{row_count, count});
        });
  };
  if (step.row) return along_columns(0, 1, 0);
  for_each_run(layout.row_dims, rows.first, rows.count, [&](Index row, Index count, const Index* index) {
    along_columns(row, count, offset_at(index, operand.row_strides));
  });
}

/// The tile's part of an operand where it can stand for a register: one stretch of rows and columns, columns
/// side by side, rows packed (or at any distance, if `strided`); else no place.
Place Runner::place_in_memory(int index, int width, bool strided, const Block& block, Rows rows) const {
  const Layout& layout = bound_.layout;
  const Movement& operand = layout.operands[static_cast<std::size_t>(index)];
  const Index row_stride = operand.row_strides.back(), columns = block.columns;
  if (columns > 1 && operand.column_strides.back() != 1) return {nullptr, 0};
  if (rows.count > 1 && row_stride != columns && !(strided && columns > 1)) return {nullptr, 0};
  if (rows.count == 0) return {nullptr, 0};
  const auto column = offset_of_run(layout.column_dims, operand.column_strides, block.first_column, columns);
  const auto row = offset_of_run(layout.row_dims, operand.row_strides, rows.first, rows.count);
  if (!column || !row) return {nullptr, 0};
  return {bound_.operands[index] + ((*column + *row) << width), row_stride};
}

/// Where a step's result goes: straight into the output that it is stored to, where that can be.
Place Runner::result_place(const Step& step, Rows rows) {
  if (step.dst < 0) return place(step.dst);
  Place& result = places_[step.dst];
  result = {full_[step.dst], block_.columns};
  if (step.direct < 0 || (streams(step) && step.op != Step::Op::scan)) return result;
  const Place memory = place_in_memory(step.direct, step.width, step.strided, block_, rows);
  if (memory.data != nullptr) result = memory;
  return result;
}

/// Where a load lies in memory for the tile that this worker is likely to run after this one; or nowhere.
const std::byte* Runner::next_place(const Step& load, Rows rows) const {
  const Tiling& tiling = bound_.tiling;
  Block block = block_;
  const Index apart = tiling.kind == Tiling::Kind::nodes ? tiling.workers * tiling.rows : tiling.rows;
  Rows next{rows.first + apart, std::min(tiling.rows, bound_.layout.rows - rows.first - apart)};
  if (next.count <= 0) {
    block.first_column += tiling.workers * tiling.columns;
    block.columns = std::min(tiling.columns, bound_.layout.columns - block.first_column);
    next = {0, std::min(tiling.rows, bound_.layout.rows)};
  }
  if (block.columns <= 0) return nullptr;
  return place_in_memory(load.operand, load.width, load.strided, block, next).data;
}

/// What a register holds, for a fold to read, and what it fetches meanwhile. Where it reads memory and runs
/// on there, that is what lies a little further on, of many columns the next leaf's rows; of a single column
/// else, what its worker's next tile will load.
Source Runner::source(const Step& step, Place from, Rows rows) const {
  const Register r = step.args[0];
  Source source{from.data, from.row_stride};
  if (r < 0 || loaded_ == nullptr) return source;
  const bool is_memory = from.data != full_[r];
  const Index width = pass_->register_bytes[static_cast<std::size_t>(r)];
  const Index further = fetched_ahead_bytes / width;
  if (block_.columns > 1) {
    const bool has_leaves = bound_.layout.rows > few_rows;
    if (is_memory) source.ahead = has_leaves ? std::max(further, leaf_rows * from.row_stride) : further;
  } else if (is_memory && bound_.tiling.kind == Tiling::Kind::rows) {
    source.ahead = further * from.row_stride;
  } else if (Index{1} << loaded_->width == width) {
    if (const std::byte* next = next_place(*loaded_, rows)) source.ahead = (next - from.data) / width;
  }
  return source;
}

void Runner::load(const Step& step, Rows rows) {
  if (step.dst >= 0 && (step.early || !bound_.in_place)) {
    const Place memory = place_in_memory(step.operand, step.width, step.strided, block_, rows);
    if (memory.data != nullptr) {
      places_[step.dst] = memory;
      loaded_ = &step;
      return;
    }
  }
  transfer(step, rows, result_place(step, rows));
}

void Runner::store(const Step& step, Rows rows) const {
  const Place value = place(step.args[0]);
  if (step.args[0] >= 0 && value.data == place_in_memory(step.operand, step.width, true, block_, rows).data)
    return;
  transfer(step, rows, value);
}

void Runner::transfer(const Step& step, Rows rows, Place reg) const {
  const Movement& operand = bound_.layout.operands[static_cast<std::size_t>(step.operand)];
  const Stride2 memory_stride{operand.row_strides.back(), operand.column_strides.back()};
  const Stride2 register_stride{reg.row_stride, 1};
  const CopyStep copy = bound_.tables.copy[step.width];
  for_each_block(step, rows, [&](Index row, Index column, Index in_memory, Extent2 extent) {
    std::byte* inside = reg.data + ((row * reg.row_stride + column) << step.width);
    std::byte* outside = bound_.operands[step.operand] + (in_memory << step.width);
    if (step.op == Step::Op::load)
      copy(inside, register_stride, outside, memory_stride, extent, false);
    else
      copy(outside, memory_stride, inside, register_stride, extent, bound_.streams);
  });
}

void Runner::write_iota(const Step& step, Rows rows, std::byte* to) const {
  const Movement& operand = bound_.layout.operands[static_cast<std::size_t>(step.operand)];
  for_each_block(step, rows, [&](Index row, Index column, Index steps, Extent2 extent) {
    const Iota iota{step.bits,
                    step.step_bits,
                    operand.origin + steps,
                    {operand.row_strides.back(), operand.column_strides.back()}};
    step.iota(to + ((row * block_.columns + column) << step.width), block_.columns, iota, extent);
  });
}

bool Runner::repeats(Register r) const {
  if (r < 0) return false;
  const Repeats when = pass_->repeats[static_cast<std::size_t>(r)];
  return when == Repeats::always || (when == Repeats::one_column && block_.columns == 1);
}

/// Of so many elements of a register, those that it holds.
Index Runner::held(Register r, Index count) const {
  return repeats(r) ? std::min(count, repeated_elements) : count;
}

void Runner::map(const Step& step, Rows rows) {
  struct Argument {
    const std::byte* data;
    Index bytes;  // from one element to the next
  } args[3];
  bool any_repeats = false;
  for (int i = 0; i < 3; ++i) {
    const Register r = step.args[i];
    const bool again = repeats(r);
    args[i] = {at(r), again || step.row ? 0 : pass_->register_bytes[static_cast<std::size_t>(r)]};
    any_repeats |= again;
  }
  std::byte* const result = result_place(step, rows).data;  // last: it may be an argument's register
  const Index count = rows.count * block_.columns, run = any_repeats ? repeated_elements : count;
  for (Index i = 0; i < count; i += run) {
    const auto argument = [&](int k) { return args[k].data + i * args[k].bytes; };
    step.map(result + (i << step.width), argument(0), argument(1), argument(2), std::min(run, count - i));
  }
}

void Runner::execute(const std::vector<Step>& steps, Rows rows, TileFolds* shared) {
  loaded_ = nullptr;
  for (const Step& step : steps) {
    const Rows reached = step.row ? Rows{0, 1} : rows;
    const Index count = reached.count * block_.columns;
    const std::byte* a = at(step.args[0]);  // before the result's register, which may be the same
    switch (step.op) {
      case Step::Op::fill:
        bound_.tables.fill[step.width](result_place(step, reached).data, step.bits, held(step.dst, count));
        break;
      case Step::Op::load: load(step, reached); break;
      case Step::Op::store: store(step, reached); break;
      case Step::Op::iota: write_iota(step, reached, result_place(step, reached).data); break;
      case Step::Op::map: map(step, reached); break;
      case Step::Op::cast: step.cast(result_place(step, reached).data, a, count); break;
      case Step::Op::expand:
        bound_.tables.copy[step.width](result_place(step, reached).data, {block_.columns, 1}, a, {0, 1},
                                       {held(step.dst, count) / block_.columns, block_.columns}, false);
        break;
      case Step::Op::scan: {
        const Source in = source(step, place(step.args[0]), reached);
        const Place result = result_place(step, reached);
        const Sink out{result.data, result.row_stride, streams(step) && result.data != full_[step.dst]};
        if (shared != nullptr)
          shared->scan(step, states_[step.fold], in, out, reached);
        else
          fold_of(step).scan(states_[step.fold], in, out, reached.count, step.exclusive);
        break;
      }
      case Step::Op::fold: {
        const Source in = source(step, place(step.args[0]), reached);
        if (shared != nullptr)
          shared->fold(step, states_[step.fold], in, reached);
        else
          fold_of(step).fold(states_[step.fold], in, reached.count);
        break;
      }
      case Step::Op::finish:
        fold_of(step).finish(states_[step.fold], place(step.dst).data, bound_.layout.rows);
        break;
    }
  }
}

}  // namespace accrue::host
