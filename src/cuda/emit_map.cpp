// Kernels without an axis: maps and casts of elements, each on its own.
#include <algorithm>

#include "src/cuda/emit_code.h"

namespace accrue::gpu {
namespace {

using Op = Instr::Op;

constexpr int threads_per_block = 256;
constexpr std::size_t most_operands_of_runs = 32;
constexpr std::int64_t most_blocks_of_grid = INT32_MAX;
constexpr int blocks_per_multiprocessor = 32;  // at most; beyond that each thread takes several runs

std::vector<std::string> index_names(const Layout& layout) {
  std::vector<std::string> names;
  for (std::size_t d = 0; d < layout.row_dims.size(); ++d) names.push_back("r" + std::to_string(d));
  names.push_back("c");
  return names;
}

/// Emits one kernel. A thread computes runs of consecutive elements of a row, the columns; rows are all other
/// dims.
class MapEmitter {
 public:
  MapEmitter(const KernelGraph& graph, std::size_t kernel, const Layout& layout, const Target& target)
      : graph_(graph),
        kernel_(graph.kernels[kernel]),
        layout_(layout),
        entry_("k" + std::to_string(kernel)),
        run_(elements_of_run()),
        runs_of_row_((layout.columns + run_ - 1) / run_),
        runs_(runs_of_row_ * layout.rows),
        offsets_("at", index_names(layout)) {
    std::size_t operand = 0;
    for (const Instr& instr : kernel_.code) {
      offset_.push_back(-1);
      if (!is_operand(instr)) continue;
      const Movement& movement = layout.operands[operand++];
      Dims strides = movement.row_strides;
      strides.push_back(movement.column_strides.back());
      offset_.back() = offsets_.add(strides);
    }
    first_reader_.assign(kernel_.code.size(), kernel_.code.size());
    for (std::size_t i = kernel_.code.size(); i-- > 0;)
      for (const std::int32_t arg : kernel_.code[i].args) first_reader_[static_cast<std::size_t>(arg)] = i;
    blocks_ = (runs_ + threads_per_block - 1) / threads_per_block;
    is_looped_ = operand <= most_operands_of_runs || blocks_ > most_blocks_of_grid;
    if (is_looped_)
      blocks_ =
          std::min(blocks_, std::int64_t{target.multiprocessors} * std::int64_t{blocks_per_multiprocessor});
  }

  Launch emit() {
    Parameters parameters;
    add_parameters(parameters);
    Code code;
    describe(code, kernel_, entry_);
    parameters.declare(code, parameters_name(entry_));
    code.line("");
    code.open(signature(entry_, "BLOCK_OF(" + std::to_string(threads_per_block) + ")"));
    if (is_looped_)
      code.open("for (i64 run = this_thread(); run < k.runs; run += all_threads())");
    else
      code.open("if (const i64 run = this_thread(); run < k.runs)");
    emit_indices(code);
    if (run_ > 1) emit_loads(code);
    emit_elements(code);
    emit_stores(code);
    code.close();
    code.close();

    Launch launch;
    launch.source = std::make_shared<const Source>(Source{code.text(), entry_, threads_per_block});
    launch.grid[0] = static_cast<std::uint32_t>(blocks_);
    launch.block[0] = threads_per_block;
    parameters.fill(launch);
    return launch;
  }

 private:
  /// As many as fill 16 bytes of the widest operand whose elements lie side by side, 4 at least; one where
  /// there are more operands than registers for such runs.
  std::int64_t elements_of_run() const {
    std::size_t widest = 0, operand = 0;
    for (const Instr& instr : kernel_.code) {
      if (!is_operand(instr)) continue;
      const bool side_by_side = layout_.operands[operand++].column_strides.back() == 1;
      if (instr.op != Op::iota && side_by_side) widest = std::max(widest, byte_width(instr.dtype));
    }
    if (widest == 0 || operand > most_operands_of_runs) return 1;
    const auto run = static_cast<std::int64_t>(std::max<std::size_t>(16 / widest, 4));
    return layout_.columns < run ? 1 : run;
  }

  static std::string stored_name(std::size_t instr) { return "s" + std::to_string(instr); }
  const Instr& at(std::size_t i) const { return kernel_.code[i]; }
  bool has_rows() const { return layout_.rows > 1; }
  std::size_t column_dim() const { return layout_.row_dims.size(); }
  std::int64_t column_stride(std::size_t instr) const {
    return offsets_.strides(offset_[instr])[column_dim()];
  }
  /// A load that is the same for all of a run.
  bool is_uniform(std::size_t instr) const { return run_ == 1 || column_stride(instr) == 0; }

  void add_parameters(Parameters& parameters) const {
    add_operands(parameters, graph_, kernel_, layout_);
    parameters.add_number("runs", runs_);
    parameters.add_number("columns", layout_.columns);
    if (has_rows()) parameters.add_number("runs_of_row", runs_of_row_);
    for (std::size_t d = 1; d < layout_.row_dims.size(); ++d)
      parameters.add_number("rows" + std::to_string(d), layout_.row_dims[d]);
    offsets_.add_parameters(parameters);
  }

  void emit_indices(Code& code) const {
    const std::string elements = std::to_string(run_);
    if (has_rows()) {
      // Division of 64 bits is slow.
      code.line(std::string(runs_ < std::int64_t{1} << 32 ? "u32" : "u64") + " rest = run;");
      code.line("const i64 c = next_index(rest, k.runs_of_row) * " + elements + ";");
      std::vector<std::string> names = index_names(layout_), lengths;
      names.pop_back();
      for (std::size_t d = 0; d < names.size(); ++d) lengths.push_back("k.rows" + std::to_string(d));
      declare_indices(code, names, lengths);
    } else {
      code.line("const i64 c = run * " + elements + ";");
    }
    if (run_ > 1) code.line("const i64 left = k.columns - c;");
    for (int o = 0; o < static_cast<int>(offsets_.size()); ++o)
      code.line("const i64 " + offsets_.name(o) + " = " + offsets_.sum(o) + ";");
  }

  /// "k.p0 + at0", and for elements that lie apart the stride.
  std::string place(std::size_t instr) const {
    std::string text = "k." + operand_name(static_cast<int>(instr)) + " + " + offsets_.name(offset_[instr]);
    if (column_stride(instr) != 1) text += ", " + offsets_.stride(offset_[instr], column_dim());
    return text;
  }

  void emit_loads(Code& code) const {
    for (std::size_t i = 0; i < kernel_.code.size(); ++i)
      if (at(i).op == Op::load) emit_load(code, i);
  }
  void emit_load(Code& code, std::size_t i) const {
    const std::string type(type_name(at(i).dtype)), name = value_name(kernel_, static_cast<int>(i));
    if (is_uniform(i)) {
      code.line("const " + type + " " + name + " = k." + operand_name(static_cast<int>(i)) + "[" +
                offsets_.name(offset_[i]) + "];");
    } else {
      code.line(type + " " + name + "[" + std::to_string(run_) + "] = {};");
      code.line("load(" + name + ", " + place(i) + ", left);");
    }
  }

  std::string element(std::int32_t value) const {
    const auto i = static_cast<std::size_t>(value);
    return value_name(kernel_, value) + (at(i).op == Op::load && !is_uniform(i) ? "[e]" : "");
  }

  void emit_elements(Code& code) const {
    if (run_ > 1) {
      for (std::size_t i = 0; i < kernel_.code.size(); ++i)
        if (at(i).op == Op::store)
          code.line(std::string(type_name(at(i).dtype)) + " " + stored_name(i) + "[" + std::to_string(run_) +
                    "];");
      code.open("UNROLL for (int e = 0; e < " + std::to_string(run_) + "; ++e)");
    }
    for (std::size_t i = 0; i < kernel_.code.size(); ++i) {
      if (run_ == 1) emit_loads_of(code, i);
      emit_element(code, i);
    }
    if (run_ > 1) code.close();
  }

  void emit_element(Code& code, std::size_t i) const {
    const Instr& instr = at(i);
    if (instr.op == Op::store && run_ > 1)
      code.line(stored_name(i) + "[e] = " + element(instr.args[0]) + ";");
    if (instr.op == Op::load || instr.op == Op::constant || instr.op == Op::store) return;
    std::vector<std::string> args;
    for (const std::int32_t arg : instr.args) args.push_back(element(arg));
    std::string index;
    if (instr.op == Op::iota) {
      index = "k." + operand_name(static_cast<int>(i)) + " + " + offsets_.name(offset_[i]);
      if (run_ > 1) index += " + e * " + offsets_.stride(offset_[i], column_dim());
    }
    code.line("const " + std::string(type_name(instr.dtype)) + " " +
              value_name(kernel_, static_cast<int>(i)) + " = " + expression(kernel_, instr, args, index) +
              ";" + node_comment(graph_, instr));
  }

  /// Those of which the instruction is the first reader: however many loads there are, few are kept.
  void emit_loads_of(Code& code, std::size_t reader) const {
    const auto& args = at(reader).args;
    for (auto arg = args.begin(); arg != args.end(); ++arg) {
      const auto load = static_cast<std::size_t>(*arg);
      if (at(load).op != Op::load || first_reader_[load] != reader) continue;
      if (std::find(args.begin(), arg, *arg) == arg) emit_load(code, load);
    }
  }

  /// Last, as an output may lie over an input.
  void emit_stores(Code& code) const {
    for (std::size_t i = 0; i < kernel_.code.size(); ++i) {
      if (at(i).op != Op::store) continue;
      if (run_ > 1)
        code.line("store(" + stored_name(i) + ", " + place(i) + ", left);");
      else
        code.line("k." + operand_name(static_cast<int>(i)) + "[" + offsets_.name(offset_[i]) +
                  "] = " + element(at(i).args[0]) + ";");
    }
  }

  const KernelGraph& graph_;
  const Kernel& kernel_;
  const Layout& layout_;
  const std::string entry_;
  const std::int64_t run_, runs_of_row_, runs_;
  std::int64_t blocks_ = 0;
  bool is_looped_ = true;    // of many operands, compilers would keep what is the same in each round
  std::vector<int> offset_;  // by instruction, or -1
  std::vector<std::size_t> first_reader_;  // by instruction
  Offsets offsets_;
};

}  // namespace

KernelLaunches lower_map(const KernelGraph& graph, std::size_t kernel, const Layout& layout,
                         const Target& target) {
  KernelLaunches result;
  if (layout.rows * layout.columns > 0)
    result.launches.push_back(MapEmitter(graph, kernel, layout, target).emit());
  return result;
}

}  // namespace accrue::gpu
