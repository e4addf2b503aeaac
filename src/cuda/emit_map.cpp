// Kernels without an axis: maps and casts of elements, each on its own.
#include <algorithm>

#include "src/cuda/emit_code.h"

namespace accrue::gpu {
namespace {

using Op = Instr::Op;

constexpr int threads_per_block = 256;
constexpr int blocks_per_multiprocessor = 32;  // at most; beyond that each thread takes several runs

/// Emits one kernel. A thread computes runs of consecutive elements of a row, the columns; rows are all other
/// dims.
class MapEmitter {
 public:
  MapEmitter(const KernelGraph& graph, std::size_t kernel, const Layout& layout, const Target& target)
      : graph_(graph),
        kernel_(graph.kernels[kernel]),
        layout_(layout),
        entry_("k" + std::to_string(kernel)),
        run_(elements_of_run()) {
    runs_of_row_ = (layout.columns + run_ - 1) / run_;
    runs_ = runs_of_row_ * layout.rows;
    std::size_t operand = 0;
    for (const Instr& instr : kernel_.code) movements_.push_back(moves(instr) ? add_offset(operand++) : -1);
    blocks_ = std::min((runs_ + threads_per_block - 1) / threads_per_block,
                       std::int64_t{target.multiprocessors} * blocks_per_multiprocessor);
  }

  Launch emit() {
    Code code;
    add_parameters();
    describe(code, kernel_, entry_);
    parameters_.declare(code, "K" + entry_.substr(1));
    code.line("");
    code.open("extern \"C\" __global__ void __launch_bounds__(" + std::to_string(threads_per_block) + ") " +
              entry_ + "(const K" + entry_.substr(1) + " __grid_constant__ k)");
    emit_constants(code);
    code.open("for (i64 run = this_thread(); run < k.runs; run += all_threads())");
    emit_indices(code);
    emit_loads(code);
    emit_elements(code);
    emit_stores(code);
    code.close();
    code.close();

    Launch launch;
    launch.source = std::make_shared<const Source>(Source{code.text(), entry_, threads_per_block, 0});
    launch.grid[0] = static_cast<std::uint32_t>(blocks_);
    launch.block[0] = threads_per_block;
    parameters_.fill(launch);
    return launch;
  }

 private:
  static bool moves(const Instr& i) { return i.op == Op::load || i.op == Op::store || i.op == Op::iota; }

  /// How one or more operands move: those that move alike share an offset.
  struct Offset {
    Dims rows;
    std::int64_t column;
  };

  int add_offset(std::size_t operand) {
    const Movement& movement = layout_.operands[operand];
    origins_.push_back(movement.origin);
    const auto same = std::find_if(offsets_.begin(), offsets_.end(), [&](const Offset& o) {
      return o.rows == movement.row_strides && o.column == movement.column_strides.back();
    });
    if (same != offsets_.end()) return static_cast<int>(same - offsets_.begin());
    offsets_.push_back({movement.row_strides, movement.column_strides.back()});
    return static_cast<int>(offsets_.size()) - 1;
  }

  /// Elements of the widest operand that is read or written side by side fill 16 bytes, of the others no more
  /// than that.
  std::int64_t elements_of_run() const {
    std::size_t widest = 0, operand = 0;
    for (const Instr& instr : kernel_.code) {
      if (!moves(instr)) continue;
      const bool side_by_side = layout_.operands[operand++].column_strides.back() == 1;
      if (instr.op != Op::iota && side_by_side) widest = std::max(widest, byte_width(instr.dtype));
    }
    if (widest == 0) return 1;
    const auto run = static_cast<std::int64_t>(std::max<std::size_t>(16 / widest, 4));
    return layout_.columns < run ? 1 : run;
  }

  std::string offset_name(int offset) const { return "at" + std::to_string(offset); }
  std::string stride_name(int offset, std::size_t dim) const {
    return "step" + std::to_string(offset) + "_" + std::to_string(dim);
  }
  std::string column_stride_name(int offset) const { return "step" + std::to_string(offset) + "_c"; }
  static std::string pointer_name(std::size_t instr) { return "p" + std::to_string(instr); }
  static std::string stored_name(std::size_t instr) { return "s" + std::to_string(instr); }
  bool has_rows() const { return layout_.rows > 1; }
  const Offset& offset_of(std::size_t instr) const {
    return offsets_[static_cast<std::size_t>(movements_[instr])];
  }
  /// A load that is the same for all of a run.
  bool is_uniform(std::size_t instr) const { return offset_of(instr).column == 0; }

  void add_parameters() {
    std::size_t operand = 0;
    for (std::size_t i = 0; i < kernel_.code.size(); ++i) {
      const Instr& instr = kernel_.code[i];
      if (!moves(instr)) continue;
      const std::int64_t origin = origins_[operand++];
      if (instr.op == Op::iota) {
        parameters_.add_number(pointer_name(i), origin);
        continue;
      }
      const std::string type = (instr.op == Op::load ? "const " : "") + std::string(type_name(instr.dtype));
      const auto width = static_cast<std::int64_t>(byte_width(instr.dtype));
      parameters_.add_pointer(type, pointer_name(i), {0, instr.buffer, origin * width},
                              "  // " + buffer_name(graph_, instr.buffer));
    }
    parameters_.add_number("runs", runs_);
    parameters_.add_number("columns", layout_.columns);
    if (has_rows()) {
      parameters_.add_number("runs_of_row", runs_of_row_);
      for (std::size_t d = 1; d < layout_.row_dims.size(); ++d)
        parameters_.add_number("rows" + std::to_string(d), layout_.row_dims[d]);
    }
    for (std::size_t o = 0; o < offsets_.size(); ++o) {
      const Offset& offset = offsets_[o];
      for (std::size_t d = 0; d < offset.rows.size(); ++d)
        if (has_rows() && offset.rows[d] != 0)
          parameters_.add_number(stride_name(static_cast<int>(o), d), offset.rows[d]);
      if (offset.column != 0 && offset.column != 1)
        parameters_.add_number(column_stride_name(static_cast<int>(o)), offset.column);
    }
  }

  void emit_constants(Code& code) const {
    for (std::size_t i = 0; i < kernel_.code.size(); ++i) {
      const Instr& instr = kernel_.code[i];
      if (instr.op == Op::constant)
        code.line("const " + std::string(type_name(instr.dtype)) + " " + value_name(static_cast<int>(i)) +
                  " = " + literal(instr.dtype, instr.bits) + ";");
    }
  }

  void emit_indices(Code& code) const {
    const std::string elements = std::to_string(run_);
    if (has_rows()) {
      // Division of 64 bits is slow.
      code.line(std::string(runs_ < std::int64_t{1} << 32 ? "u32" : "u64") + " rest = run;");
      code.line("const i64 c = next_index(rest, k.runs_of_row) * " + elements + ";");
      for (std::size_t d = layout_.row_dims.size(); d-- > 1;)
        code.line("const i64 r" + std::to_string(d) + " = next_index(rest, k.rows" + std::to_string(d) +
                  ");");
      code.line("const i64 r0 = rest;");
    } else {
      code.line("const i64 c = run * " + elements + ";");
    }
    code.line("const i64 left = k.columns - c;");
    for (std::size_t o = 0; o < offsets_.size(); ++o) {
      const Offset& offset = offsets_[o];
      std::string sum;
      const auto add = [&](const std::string& term) { sum += (sum.empty() ? "" : " + ") + term; };
      for (std::size_t d = 0; d < offset.rows.size(); ++d)
        if (has_rows() && offset.rows[d] != 0)
          add("r" + std::to_string(d) + " * k." + stride_name(static_cast<int>(o), d));
      if (offset.column == 1) add("c");
      if (offset.column != 0 && offset.column != 1) add("c * k." + column_stride_name(static_cast<int>(o)));
      code.line("const i64 " + offset_name(static_cast<int>(o)) + " = " + (sum.empty() ? "0" : sum) + ";");
    }
  }

  /// "k.p0 + at0", and for elements that lie apart the stride.
  std::string place(std::size_t instr) const {
    std::string text = "k." + pointer_name(instr) + " + " + offset_name(movements_[instr]);
    if (offset_of(instr).column != 1) text += ", k." + column_stride_name(movements_[instr]);
    return text;
  }

  void emit_loads(Code& code) const {
    for (std::size_t i = 0; i < kernel_.code.size(); ++i) {
      const Instr& instr = kernel_.code[i];
      if (instr.op != Op::load) continue;
      const std::string type(type_name(instr.dtype)), name = value_name(static_cast<int>(i));
      if (is_uniform(i)) {
        code.line("const " + type + " " + name + " = k." + pointer_name(i) + "[" +
                  offset_name(movements_[i]) + "];");
      } else {
        code.line(type + " " + name + "[" + std::to_string(run_) + "] = {};");
        code.line("load(" + name + ", " + place(i) + ", left);");
      }
    }
  }

  std::string element(std::int32_t value) const {
    const auto i = static_cast<std::size_t>(value);
    const bool is_array = kernel_.code[i].op == Op::load && !is_uniform(i);
    return value_name(value) + (is_array ? "[e]" : "");
  }

  void emit_elements(Code& code) const {
    for (std::size_t i = 0; i < kernel_.code.size(); ++i)
      if (kernel_.code[i].op == Op::store)
        code.line(std::string(type_name(kernel_.code[i].dtype)) + " " + stored_name(i) + "[" +
                  std::to_string(run_) + "];");
    code.open("UNROLL for (int e = 0; e < " + std::to_string(run_) + "; ++e)");
    for (std::size_t i = 0; i < kernel_.code.size(); ++i) {
      const Instr& instr = kernel_.code[i];
      if (instr.op == Op::load || instr.op == Op::constant) continue;
      if (instr.op == Op::store) {
        code.line(stored_name(i) + "[e] = " + element(instr.args[0]) + ";");
        continue;
      }
      std::vector<std::string> args;
      for (const std::int32_t arg : instr.args) args.push_back(element(arg));
      std::string index;
      if (instr.op == Op::iota) {
        const Offset& offset = offset_of(i);
        index = "k." + pointer_name(i) + " + " + offset_name(movements_[i]);
        if (offset.column == 1) index += " + e";
        if (offset.column != 0 && offset.column != 1)
          index += " + e * k." + column_stride_name(movements_[i]);
      }
      code.line("const " + std::string(type_name(instr.dtype)) + " " + value_name(static_cast<int>(i)) +
                " = " + expression(kernel_, instr, args, index) + ";" + node_comment(graph_, instr));
    }
    code.close();
  }

  void emit_stores(Code& code) const {
    for (std::size_t i = 0; i < kernel_.code.size(); ++i)
      if (kernel_.code[i].op == Op::store)
        code.line("store(" + stored_name(i) + ", " + place(i) + ", left);");
  }

  const KernelGraph& graph_;
  const Kernel& kernel_;
  const Layout& layout_;
  const std::string entry_;
  const std::int64_t run_;
  std::int64_t runs_of_row_ = 0, runs_ = 0, blocks_ = 0;
  std::vector<int> movements_;         // by instruction: its offset, or -1
  std::vector<std::int64_t> origins_;  // by operand of the layout
  std::vector<Offset> offsets_;
  Parameters parameters_;
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
