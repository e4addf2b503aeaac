#include "src/cpu/passes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

namespace accrue::host {
namespace {

using Op = Instr::Op;

/// Constants and values of rows that stay in a whole register for all tiles, at most: each takes a tile of
/// cache.
constexpr int most_kept = 8;

/// What every pass of a kernel shares.
struct Lowering {
  const Kernel& kernel;
  const StepTables& tables;
  LoopKernel result;
  std::vector<int> operand;       // by instruction: of the layout
  std::vector<int> row_register;  // by instruction; -1 where it has none yet

  const Instr& at(int id) const { return kernel.code[static_cast<std::size_t>(id)]; }
  bool is_full(int id) const { return !at(id).row && at(id).op != Op::constant && at(id).op != Op::reduce; }

  Register row_register_of(int id) {
    int& found = row_register[static_cast<std::size_t>(id)];
    if (found < 0) {
      found = static_cast<int>(result.row_register_bytes.size());
      result.row_register_bytes.push_back(static_cast<int>(byte_width(at(id).dtype)));
    }
    return host::row_register(found);
  }
};

std::uint8_t width_of(DType dtype) { return static_cast<std::uint8_t>(std::countr_zero(byte_width(dtype))); }
std::size_t index_of(DType dtype) { return static_cast<std::size_t>(dtype); }

/// Builds one pass: the steps in order, with registers given by lifetime.
class PassBuilder {
 public:
  PassBuilder(Lowering& lowering, bool whole)
      : all_(lowering),
        whole_(whole),
        place_(all_.kernel.code.size(), none),
        last_use_(place_.size(), -1),
        steps_(place_.size()),
        keeps_register_(place_.size()),
        read_by_others_(place_.size()) {}

  /// instructions: those of the body, ascending. rows: those done once per block of columns.
  Pass build(const std::vector<int>& rows, const std::vector<int>& instructions) {
    pass_.body.reserve(instructions.size());
    for (const int id : instructions)
      for (const int arg : all_.at(id).args) {
        last_use_[static_cast<std::size_t>(arg)] = id;
        if (all_.at(id).op != Op::map) read_by_others_[static_cast<std::size_t>(arg)] = true;
      }
    for (const int id : rows) add_row(id, pass_.row);
    for (const int id : instructions) {
      if (all_.is_full(id) || all_.at(id).op == Op::reduce)
        add_full(id);
      else
        add_row(id, pass_.body);
    }
    settle_memory(instructions);
    return std::move(pass_);
  }

 private:
  static constexpr Register none = -1;

  // ---- registers

  Register fresh(DType dtype, Repeats repeats = Repeats::never) {
    pass_.register_bytes.push_back(static_cast<int>(byte_width(dtype)));
    pass_.repeats.push_back(repeats);
    return static_cast<Register>(pass_.register_bytes.size()) - 1;
  }
  Register take(DType dtype) {
    std::vector<Register>& free = free_[width_of(dtype)];
    if (free.empty()) return fresh(dtype);
    const Register found = free.back();
    free.pop_back();
    return found;
  }
  void give(Register r, DType dtype) { free_[width_of(dtype)].push_back(r); }

  /// Frees the registers of arguments that nothing later reads; a result of their width may then take their
  /// place.
  void free_dying_arguments(int id) {
    const Instr& instr = all_.at(id);
    for (std::size_t i = 0; i < instr.args.size(); ++i) {
      const auto arg = static_cast<std::size_t>(instr.args[i]);
      if (last_use_[arg] != id || place_[arg] == none) continue;
      if (!keeps_register_[arg]) give(place_[arg], all_.at(instr.args[i]).dtype);
      place_[arg] = none;
    }
  }

  // ---- loads and stores without a copy

  /// The steps of the body that make an instruction's full value and read it.
  struct Steps {
    int made_by = -1;
    int last_reader = -1;
    bool read_packed = false;  // some reader takes the tile's elements as one run
    bool read_again = false;   // some reader is no store, or not the only one
  };
  Steps& steps_of(int id) { return steps_[static_cast<std::size_t>(id)]; }
  int next_step() const { return static_cast<int>(pass_.body.size()); }
  Step& step_at(int index) { return pass_.body[static_cast<std::size_t>(index)]; }

  /// The step that comes next reads these values.
  void note_readers(const Instr& instr, bool packed) {
    for (const int arg : instr.args) {
      Steps& value = steps_of(arg);
      value.read_again |= instr.op != Op::store || value.last_reader >= 0;
      value.last_reader = next_step();
      value.read_packed |= packed;
    }
  }

  /// Which results are written where they are stored, and which loads may be the memory itself even where an
  /// output is written over an input.
  void settle_memory(const std::vector<int>& instructions) {
    int first_stored = next_step();
    for (const int id : instructions) {
      const Instr& instr = all_.at(id);
      if (instr.op != Op::store || !all_.is_full(instr.args[0])) continue;
      const Steps& value = steps_of(instr.args[0]);
      if (value.made_by < 0 || step_at(value.made_by).op == Step::Op::load) continue;
      Step& made = step_at(value.made_by);
      if (made.direct >= 0) continue;
      made.direct = all_.operand[static_cast<std::size_t>(id)];
      made.strided = made.op == Step::Op::scan && !value.read_packed;
      made.streamable = !value.read_again;
      first_stored = std::min(first_stored, value.made_by);
    }
    for (const int id : instructions) {
      if (all_.at(id).op != Op::load || steps_of(id).made_by < 0) continue;
      Step& load = step_at(steps_of(id).made_by);
      load.strided = !steps_of(id).read_packed;
      load.early = steps_of(id).last_reader <= first_stored;
    }
  }

  // ---- operands

  Register row_operand(int id, std::vector<Step>& steps) {
    const bool first = all_.row_register[static_cast<std::size_t>(id)] < 0;
    const Register r = all_.row_register_of(id);
    if (all_.at(id).op == Op::constant && first) steps.push_back(fill(id, r, true));
    return r;
  }

  /// The register that holds an argument for every element of the tile.
  Register full_operand(int id) {
    Register& r = place_[static_cast<std::size_t>(id)];
    if (r != none) return r;
    const bool constant = all_.at(id).op == Op::constant;
    const bool repeats = !read_by_others_[static_cast<std::size_t>(id)];
    const bool keep = (constant || !whole_) && (repeats || kept_++ < most_kept);
    const DType dtype = all_.at(id).dtype;
    if (repeats)
      r = fresh(dtype, constant ? Repeats::always : Repeats::one_column);
    else
      r = keep ? fresh(dtype) : take(dtype);
    keeps_register_[static_cast<std::size_t>(id)] = keep || repeats;
    std::vector<Step>& steps = keep ? pass_.expand : pass_.body;
    if (constant) {
      steps.push_back(fill(id, r, false));
    } else {
      Step step{.op = Step::Op::expand, .width = width_of(all_.at(id).dtype), .dst = r};
      step.args[0] = row_operand(id, steps);
      steps.push_back(step);
    }
    return r;
  }

  Step fill(int id, Register dst, bool row) const {
    return {.op = Step::Op::fill,
            .row = row,
            .width = width_of(all_.at(id).dtype),
            .dst = dst,
            .bits = all_.at(id).bits};
  }

  // ---- steps

  [[noreturn]] void fail(const Instr& instr, const char* what) const {
    throw InternalError("the CPU backend has no " + std::string(what) + " for " +
                        std::string(to_string(instr.dtype)) + " in this kernel: " + all_.kernel.reason);
  }

  Step transfer(int id, Step::Op op, bool row) const {
    return {.op = op,
            .row = row,
            .width = width_of(all_.at(id).dtype),
            .operand = all_.operand[static_cast<std::size_t>(id)]};
  }

  /// The step of a load, iota, map or cast whose operands are given.
  Step simple(int id, bool row, const Register* args) const {
    const Instr& instr = all_.at(id);
    Step step = transfer(id, Step::Op::load, row);
    std::copy_n(args, instr.args.size(), step.args);
    std::fill(step.args + instr.args.size(), std::end(step.args), args[0]);  // read by nobody, but there
    if (instr.op == Op::iota) {
      step.op = Step::Op::iota;
      step.iota = all_.tables.iota[index_of(instr.dtype)];
      step.bits = instr.bits;
      step.step_bits = instr.step_bits;
    } else if (instr.op == Op::map) {
      step.op = Step::Op::map;
      step.map =
          all_.tables.map[static_cast<std::size_t>(instr.fn)][index_of(all_.at(instr.args.back()).dtype)];
      if (step.map == nullptr) fail(instr, info(instr.fn).name.data());
    } else if (instr.op == Op::cast) {
      step.op = Step::Op::cast;
      step.cast = all_.tables.cast[index_of(all_.at(instr.args[0]).dtype)][index_of(instr.dtype)];
    } else if (instr.op != Op::load) {
      fail(instr, "step");
    }
    return step;
  }

  void add_row(int id, std::vector<Step>& steps) {
    const Instr& instr = all_.at(id);
    if (instr.op == Op::constant) return;  // filled in where it is read
    Register args[3] = {};
    for (std::size_t i = 0; i < instr.args.size(); ++i) args[i] = row_operand(instr.args[i], steps);
    if (instr.op == Op::store) {
      Step step = transfer(id, Step::Op::store, true);
      step.args[0] = args[0];
      steps.push_back(step);
      return;
    }
    Step step = simple(id, true, args);
    step.dst = all_.row_register_of(id);
    steps.push_back(step);
  }

  void add_full(int id) {
    const Instr& instr = all_.at(id);
    if (instr.op == Op::scan || instr.op == Op::reduce) return add_fold(id);
    Register args[3] = {};
    for (std::size_t i = 0; i < instr.args.size(); ++i) args[i] = full_operand(instr.args[i]);
    free_dying_arguments(id);
    note_readers(instr, instr.op != Op::store);
    if (instr.op == Op::store) {
      Step step = transfer(id, Step::Op::store, false);
      step.args[0] = args[0];
      pass_.body.push_back(step);
      return;
    }
    steps_of(id).made_by = next_step();
    Step step = simple(id, false, args);
    step.dst = place_[static_cast<std::size_t>(id)] = take(instr.dtype);
    pass_.body.push_back(step);
  }

  void add_fold(int id) {
    const Instr& instr = all_.at(id);
    const DType from = all_.at(instr.args[0]).dtype;
    const DType elements = fold_dtype(instr, from);
    const FoldSteps* steps = &all_.tables.fold[static_cast<std::size_t>(instr.fold)][index_of(elements)];
    if (steps->fold == nullptr || (instr.op == Op::scan && steps->scan == nullptr)) fail(instr, "fold");
    Register in = full_operand(instr.args[0]);
    free_dying_arguments(id);
    note_readers(instr, false);
    if (const FoldSteps& converting = all_.tables.cast_sum[index_of(from)][index_of(elements)];
        instr.fold == reduce_fold("sum") && converting.fold != nullptr) {
      steps = &converting;
    } else if (from != elements) {
      note_readers(instr, true);
      Step cast{.op = Step::Op::cast,
                .width = width_of(elements),
                .dst = take(elements),
                .cast = all_.tables.cast[index_of(from)][index_of(elements)]};
      cast.args[0] = in;
      pass_.body.push_back(cast);
      in = cast.dst;
      give(in, elements);
    }
    Step step{.op = Step::Op::fold,
              .exclusive = instr.exclusive,
              .width = width_of(instr.dtype),
              .fold = static_cast<int>(pass_.folds.size())};
    step.args[0] = in;
    pass_.folds.push_back(steps);
    if (instr.op == Op::scan) {
      step.op = Step::Op::scan;
      steps_of(id).made_by = next_step();
      step.dst = place_[static_cast<std::size_t>(id)] = take(instr.dtype);
      pass_.body.push_back(step);
      return;
    }
    pass_.body.push_back(step);
    step.op = Step::Op::finish;
    step.dst = all_.row_register_of(id);
    (whole_ ? pass_.body : pass_.finish).push_back(step);
  }

  Lowering& all_;
  const bool whole_;
  Pass pass_;
  std::vector<Register> place_;       // by instruction: its full register
  std::vector<int> last_use_;         // by instruction: the last of the body that reads it
  std::vector<Steps> steps_;          // by instruction
  std::vector<bool> keeps_register_;  // by instruction: nothing else ever lies in its register
  std::vector<bool> read_by_others_;  // by instruction: by steps that are no maps
  int kept_ = 0;                      // whole registers kept for all tiles
  std::array<std::vector<Register>, widths> free_;
};

/// The full values that a phase's stores and reductions need, and these; row values in `rows`.
Pass build_phase(Lowering& lowering, int phase) {
  const int count = static_cast<int>(lowering.kernel.code.size());
  std::vector<char> needed(static_cast<std::size_t>(count), 0);
  std::vector<int> rows, body;
  for (int id = count - 1; id >= 0; --id) {
    const Instr& instr = lowering.at(id);
    const bool root =
        instr.phase == phase && (instr.op == Op::reduce || (instr.op == Op::store && !instr.row));
    if (!root && needed[static_cast<std::size_t>(id)] == 0) continue;
    body.push_back(id);
    for (const int arg : instr.args)
      if (lowering.is_full(arg)) needed[static_cast<std::size_t>(arg)] = 1;
  }
  std::reverse(body.begin(), body.end());
  for (int id = 0; id < count; ++id)
    if (lowering.at(id).row && lowering.at(id).op != Op::reduce && lowering.at(id).phase == phase)
      rows.push_back(id);
  return PassBuilder(lowering, false).build(rows, body);
}

Pass build_whole(Lowering& lowering) {
  std::vector<int> all;
  for (int id = 0; id < static_cast<int>(lowering.kernel.code.size()); ++id)
    if (lowering.at(id).op != Op::constant) all.push_back(id);
  return PassBuilder(lowering, true).build({}, all);
}

}  // namespace

Index Pass::tile_bytes_per_element() const {
  Index total = 0;
  for (std::size_t r = 0; r < register_bytes.size(); ++r)
    if (repeats[r] != Repeats::always) total += register_bytes[r];
  return std::max<Index>(total, 1);
}

LoopKernel lower_loop(const Kernel& kernel, const StepTables& tables) {
  Lowering lowering{kernel, tables, {}, {}, std::vector<int>(kernel.code.size(), -1)};
  LoopKernel& result = lowering.result;
  result.kernel = &kernel;
  int phases = 1;
  for (const Instr& instr : kernel.code) {
    const bool moves = instr.op == Op::load || instr.op == Op::store || instr.op == Op::iota;
    lowering.operand.push_back(static_cast<int>(result.operand_buffers.size()));
    if (moves) result.operand_buffers.push_back(instr.op == Op::iota ? -1 : instr.buffer);
    if (instr.op == Op::load) result.loaded.push_back(instr.buffer);
    if (instr.op == Op::store) result.stored.push_back(instr.buffer);
    phases = std::max(phases, instr.phase + 1);
  }
  for (std::vector<int>* buffers : {&result.loaded, &result.stored}) {
    std::sort(buffers->begin(), buffers->end());
    buffers->erase(std::unique(buffers->begin(), buffers->end()), buffers->end());
  }
  if (phases > 1) {
    result.passes.push_back(build_whole(lowering));
    const Index least_columns = std::min<Index>(kernel.inner(), 16);  // a cache line of them
    const Index bytes = result.passes[0].tile_bytes_per_element();
    result.whole_rows = kernel.axis() <= whole_row_bytes / bytes / std::max<Index>(least_columns, 1);
    if (result.whole_rows) return std::move(result);
    result.passes.clear();
    result.row_register_bytes.clear();
    lowering.row_register.assign(kernel.code.size(), -1);
  }
  for (int phase = 0; phase < phases; ++phase) result.passes.push_back(build_phase(lowering, phase));
  return std::move(result);
}

}  // namespace accrue::host
