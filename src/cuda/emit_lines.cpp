// Kernels with an axis: scans and reductions of lines, and the maps around them.
#include <algorithm>

#include "src/cuda/emit_code.h"
#include "src/cuda/line_groups.h"

namespace accrue::gpu {
namespace {

using Op = Instr::Op;

std::vector<std::string> numbered(const std::string& name, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(name + std::to_string(i));
  return names;
}

/// Emits one kernel.
///
/// Lines that fit a tile are loaded once: all instructions run in their order, with the whole line in
/// registers. Longer ones are passed over once for each phase, which computes anew what it needs; values of
/// lines are kept in between.
class LineEmitter {
 public:
  LineEmitter(const KernelGraph& graph, std::size_t kernel, const Layout& layout, const Target& target)
      : graph_(graph),
        kernel_(graph.kernels[kernel]),
        layout_(layout),
        entry_("k" + std::to_string(kernel)),
        groups_(choose_line_groups(kernel_, layout, target)),
        lines_("at", numbered("c", layout.column_dims.size())),
        rows_("rows", numbered("r", layout.row_dims.size())) {
    std::size_t operand = 0;
    for (const Instr& instr : kernel_.code) {
      line_offset_.push_back(-1);
      row_offset_.push_back(-1);
      if (!is_operand(instr)) continue;
      line_offset_.back() = lines_.add(layout.operands[operand].column_strides);
      row_offset_.back() = rows_.add(layout.operands[operand++].row_strides);
    }
    const std::int64_t groups = block_lines();
    if (groups_.is_spread)  // as many as run at once
      blocks_ = std::min(groups * tiles(), std::int64_t{target.multiprocessors} * 2);
    else
      blocks_ = std::min(groups, std::int64_t{target.multiprocessors} * (8192 / groups_.threads));
  }

  KernelLaunches emit() {
    KernelLaunches result;
    if (!groups_.is_spread) {
      result.launches.push_back(emit_launch(0));
      return result;
    }
    place_state();
    for (int phase = 0; phase <= last_phase(); ++phase)
      if (!body_of(phase).empty()) result.launches.push_back(emit_launch(phase));
    result.state_bytes = state_bytes_;
    return result;
  }

 private:
  using Instructions = std::vector<std::int32_t>;

  const Instr& at(std::int32_t id) const { return kernel_.code[static_cast<std::size_t>(id)]; }
  std::int32_t count() const { return static_cast<std::int32_t>(kernel_.code.size()); }
  /// A value for each element of a tile.
  bool is_full(std::int32_t id) const {
    return !at(id).row && at(id).op != Op::constant && at(id).op != Op::reduce;
  }
  bool is_elementwise(std::int32_t id) const {
    return is_full(id) && (at(id).op == Op::map || at(id).op == Op::cast || at(id).op == Op::iota);
  }
  int last_phase() const {
    int last = 0;
    for (const Instr& instr : kernel_.code) last = std::max(last, instr.phase);
    return last;
  }
  static std::string type_of(const Instr& instr) { return std::string(type_name(instr.dtype)); }
  static std::string memory_name(std::int32_t id) { return "m" + std::to_string(id); }
  int line_offset(std::int32_t id) const { return line_offset_[static_cast<std::size_t>(id)]; }
  int row_offset(std::int32_t id) const { return row_offset_[static_cast<std::size_t>(id)]; }

  /// The whole kernel; of spread lines, one phase.
  Launch emit_launch(int phase) {
    const std::string entry = phase == 0 ? entry_ : entry_ + "_" + std::to_string(phase);
    Parameters parameters;
    add_parameters(parameters, phase);
    Code code;
    describe(code, kernel_, entry);
    parameters.declare(code, parameters_name(entry));
    code.line("");
    code.open(signature(entry, groups_.threads, blocks_per_multiprocessor(phase)));
    code.line("using Group = " + groups_.type + ";");
    declare_folds(code, phase);
    declare_constants(code, kernel_);
    if (groups_.is_spread)
      emit_spread(code, phase);
    else
      emit_lines(code);
    code.close();

    Launch launch;
    launch.source = std::make_shared<const Source>(Source{code.text(), entry, groups_.threads});
    launch.grid[0] = static_cast<std::uint32_t>(blocks_);
    launch.block[0] = static_cast<std::uint32_t>(groups_.threads);
    parameters.fill(launch);
    return launch;
  }

  /// Large blocks leave a thread few registers if two are to have room: enough for one fold of a plain value.
  int blocks_per_multiprocessor(int phase) const {
    std::size_t carried = 0;
    for (std::int32_t id = 0; id < count(); ++id)
      if (is_fold(at(id)) && is_in_launch(id, phase))
        carried += state_bytes(at(id), at(at(id).args[0]).dtype);
    return groups_.threads == 512 && carried <= 8 ? 2 : 1;
  }

  void emit_lines(Code& code) {
    code.open("for (Group g(k.lines, k.rows); g.group_has_line(); g.next_line())");
    declare_line(code);
    if (layout_.rows <= groups_.tile_rows)
      emit_whole(code);
    else
      for (int phase = 0; phase <= last_phase(); ++phase) emit_phase(code, phase);
    code.close();
  }

  // ---- lines spread over blocks

  /// A fold that the launch of this phase runs; all are, where lines are not spread.
  bool is_in_launch(std::int32_t id, int phase) const {
    if (!groups_.is_spread) return true;
    const Instructions body = body_of(phase);
    return std::find(body.begin(), body.end(), id) != body.end();
  }

  /// How many times a block's lines there are.
  std::int64_t block_lines() const { return (layout_.columns + groups_.lines - 1) / groups_.lines; }
  std::int64_t tiles() const { return (layout_.rows + groups_.tile_rows - 1) / groups_.tile_rows; }

  static std::string published_name(std::int32_t id) { return "w" + std::to_string(id); }
  static std::string counter_name(int phase) { return "counter" + std::to_string(phase); }
  static std::string result_name(std::int32_t id) { return "r" + std::to_string(id); }

  /// What lies where in the kernel's state: for each phase a counter of tickets, for each fold of it the
  /// totals of nodes, and for each reduction its results, which later phases read.
  void place_state() {
    const auto reserve = [&](std::int64_t bytes) {
      const std::size_t at = state_bytes_;
      state_bytes_ += (static_cast<std::size_t>(bytes) + 15) / 16 * 16;
      return static_cast<std::int64_t>(at);
    };
    std::int64_t nodes = 0;  // of a line, of all levels
    for (std::int64_t of_level = tiles(); of_level > 0; of_level /= 32) nodes += of_level;
    for (int phase = 0; phase <= last_phase(); ++phase) {
      counter_place_.push_back(reserve(4));
      published_place_.emplace_back(kernel_.code.size(), 0);
      for (const std::int32_t id : body_of(phase)) {
        if (!is_fold(at(id))) continue;
        const std::size_t words = (state_bytes(at(id), at(at(id).args[0]).dtype) + 3) / 4;
        published_place_.back()[static_cast<std::size_t>(id)] =
            reserve(nodes * block_lines() * groups_.lines * static_cast<std::int64_t>(8 * words));
      }
    }
    for (const Instr& instr : kernel_.code)
      result_place_.push_back(instr.op == Op::reduce ? reserve(layout_.columns * 8) : 0);
  }

  void add_state(Parameters& parameters, int phase) const {
    const auto p = static_cast<std::size_t>(phase);
    parameters.add_pointer("u32", counter_name(phase), {0, Launch::state_buffer, counter_place_[p]}, "");
    for (std::int32_t id = 0; id < count(); ++id) {
      const auto i = static_cast<std::size_t>(id);
      if (is_fold(at(id)) && is_in_launch(id, phase))
        parameters.add_pointer("u64", published_name(id), {0, Launch::state_buffer, published_place_[p][i]},
                               "");
      if (at(id).op == Op::reduce && at(id).phase <= phase)
        parameters.add_pointer(type_of(at(id)), result_name(id), {0, Launch::state_buffer, result_place_[i]},
                               "");
    }
  }

  /// The values of lines that the roots need, and these.
  std::vector<bool> needed_rows(const Instructions& roots) const {
    std::vector<bool> needed(kernel_.code.size(), false);
    for (const std::int32_t root : roots) needed[static_cast<std::size_t>(root)] = true;
    for (std::int32_t id = count(); id-- > 0;)
      if (needed[static_cast<std::size_t>(id)] && (at(id).op != Op::reduce || is_root(roots, id)))
        for (const std::int32_t arg : at(id).args)
          if (at(arg).row) needed[static_cast<std::size_t>(arg)] = true;
    return needed;
  }
  static bool is_root(const Instructions& roots, std::int32_t id) {
    return std::find(roots.begin(), roots.end(), id) != roots.end();
  }

  /// A phase: its tiles; with the last one of a line the results, and what is stored of values of lines.
  void emit_spread(Code& code, int phase) {
    const Instructions body = body_of(phase);
    int next = phase + 1;  // phase with a launch of its own
    while (next <= last_phase() && body_of(next).empty()) ++next;
    Instructions ends;  // what there is to do with a line's last tile
    for (std::int32_t id = 0; id < count(); ++id) {
      const bool is_store =
          at(id).op == Op::store && at(id).row && at(id).phase >= phase && at(id).phase < next;
      if (is_store || (at(id).op == Op::reduce && at(id).phase == phase)) ends.push_back(id);
    }
    Instructions roots = body;
    roots.insert(roots.end(), ends.begin(), ends.end());
    const std::vector<bool> needed = needed_rows(roots);
    const auto is_value = [&](std::int32_t id) {
      return at(id).row && needed[static_cast<std::size_t>(id)] && at(id).op != Op::constant &&
             at(id).op != Op::store;
    };

    code.line("SHARED(Tickets, tickets);");
    for (const std::int32_t id : body)
      if (is_fold(at(id)))
        code.line("if (threadIdx.x == 0) " + memory_name(id) + ".published = k." + published_name(id) + ";");
    code.open("for (Group g(k.lines, k.rows, tickets, k." + counter_name(phase) + "); g.next_tile();)");
    code.line("const i64 tile = g.tile;");
    declare_line(code);
    for (std::int32_t id = 0; id < count(); ++id) {
      if (!is_value(id) || at(id).phase > phase) continue;
      if (at(id).op != Op::reduce)
        emit_row(code, id);
      else if (at(id).phase < phase)
        code.line("const " + type_of(at(id)) + " " + value_name(id) + " = k." + result_name(id) +
                  "[g.any_line()];");
    }
    emit_tile(code, body, false);
    if (!ends.empty()) {
      code.open("if (g.is_last_tile())");
      for (std::int32_t id = 0; id < count(); ++id) {
        if (at(id).op == Op::reduce && at(id).phase == phase) {
          emit_result(code, id);
          if (next <= last_phase())
            code.line("if (g.has_line() && g.is_leader()) k." + result_name(id) +
                      "[g.line] = " + value_name(id) + ";");
        } else if ((is_value(id) && at(id).phase > phase) || is_root(ends, id)) {
          emit_row(code, id);
        }
      }
      code.close();
    }
    code.close();
  }

  // ---- in front of the lines

  void add_parameters(Parameters& parameters, int phase) const {
    add_operands(parameters, graph_, kernel_, layout_);
    if (groups_.is_spread) add_state(parameters, phase);
    parameters.add_number("lines", layout_.columns);
    parameters.add_number("rows", layout_.rows);
    for (std::size_t d = 1; d < layout_.column_dims.size(); ++d)
      parameters.add_number("columns" + std::to_string(d), layout_.column_dims[d]);
    if (layout_.row_dims.size() > 1)
      for (std::size_t d = 0; d < layout_.row_dims.size(); ++d)
        parameters.add_number("rows_of_dim" + std::to_string(d), layout_.row_dims[d]);
    lines_.add_parameters(parameters);
    rows_.add_parameters(parameters);
  }

  void declare_folds(Code& code, int phase) const {
    for (std::int32_t id = 0; id < count(); ++id) {
      if (!is_fold(at(id)) || !is_in_launch(id, phase)) continue;
      const Instr& fold = at(id);
      const DType element = fold_dtype(fold, at(fold.args[0]).dtype);
      const std::string number = std::to_string(id);
      code.line("using M" + number + " = Group::Memory<Fold<" + std::string(struct_name(fold.fold)) + ", " +
                std::string(type_name(element)) + ", " +
                std::string(type_name(accumulator(fold, at(fold.args[0]).dtype))) +
                (is_indexed(fold) && kernel_.reverse ? ", true" : "") + ">>;");
      code.line("SHARED(M" + number + ", " + memory_name(id) + ");");
    }
  }

  void declare_line(Code& code) const {
    const std::vector<std::string> names = numbered("c", layout_.column_dims.size());
    std::vector<std::string> lengths;
    for (std::size_t d = 0; d < names.size(); ++d) lengths.push_back("k.columns" + std::to_string(d));
    code.line(std::string(layout_.columns < std::int64_t{1} << 32 ? "u32" : "u64") + " rest = g.any_line();");
    declare_indices(code, names, lengths);
    for (int o = 0; o < static_cast<int>(lines_.size()); ++o)
      code.line("const i64 " + lines_.name(o) + " = " + lines_.sum(o) + ";");
    for (int o = 0; o < static_cast<int>(rows_.size()); ++o)
      if (!is_side_by_side(o)) code.line("const " + row_places(o) + ";");
  }

  bool is_side_by_side(int row_offset) const {
    const Dims& strides = rows_.strides(row_offset);
    return strides.size() == 1 && strides[0] == 1;
  }
  /// "EvenRows rows0{k.rows0_0}"
  std::string row_places(int row_offset) const {
    const std::size_t dims = layout_.row_dims.size();
    if (dims == 1) return "EvenRows " + rows_.name(row_offset) + "{" + rows_.stride(row_offset, 0) + "}";
    std::string lengths, strides;
    for (std::size_t d = 0; d < dims; ++d) {
      lengths += (d == 0 ? "k.rows_of_dim" : ", k.rows_of_dim") + std::to_string(d);
      strides += (d == 0 ? "" : ", ") + rows_.stride(row_offset, d);
    }
    return "NestedRows<" + std::to_string(dims) + "> " + rows_.name(row_offset) + "{{" + lengths + "}, {" +
           strides + "}}";
  }

  // ---- what runs when

  void emit_whole(Code& code) {
    code.line("constexpr i64 tile = 0;");
    Instructions all;
    for (std::int32_t id = 0; id < count(); ++id)
      if (at(id).op != Op::constant) all.push_back(id);
    emit_tile(code, all, true);
  }

  /// The full values that a phase's stores and reductions need, and these.
  Instructions body_of(int phase) const {
    std::vector<bool> needed(kernel_.code.size(), false);
    Instructions body;
    for (std::int32_t id = count(); id-- > 0;) {
      const bool root =
          at(id).phase == phase && (at(id).op == Op::reduce || (at(id).op == Op::store && !at(id).row));
      if (!root && !needed[static_cast<std::size_t>(id)]) continue;
      body.push_back(id);
      for (const std::int32_t arg : at(id).args)
        if (is_full(arg)) needed[static_cast<std::size_t>(arg)] = true;
    }
    std::reverse(body.begin(), body.end());
    return body;
  }

  void emit_phase(Code& code, int phase) {
    for (std::int32_t id = 0; id < count(); ++id)
      if (at(id).row && at(id).op != Op::reduce && at(id).op != Op::constant && at(id).phase == phase)
        emit_row(code, id);
    const Instructions body = body_of(phase);
    if (body.empty()) return;
    code.open("for (i64 tile = 0; tile < g.tiles(); ++tile)");
    emit_tile(code, body, false);
    code.close();
    for (const std::int32_t id : body)
      if (at(id).op == Op::reduce) emit_result(code, id);
  }

  // ---- values of lines

  std::string row_value(std::int32_t id) const { return value_name(id); }

  void emit_row(Code& code, std::int32_t id) const {
    const Instr& instr = at(id);
    const std::string place =
        "k." + operand_name(id) + "[" + (is_operand(instr) ? lines_.name(line_offset(id)) : "") + "]";
    if (instr.op == Op::store) {
      code.line("if (g.has_line() && g.is_leader()) " + place + " = " + value_name(instr.args[0]) + ";");
      return;
    }
    const std::string declared = "const " + type_of(instr) + " " + value_name(id) + " = ";
    if (instr.op == Op::load) {
      code.line(declared + place + ";");
      return;
    }
    std::vector<std::string> args;
    for (const std::int32_t arg : instr.args) args.push_back(value_name(arg));
    const std::string index =
        instr.op == Op::iota ? "k." + operand_name(id) + " + " + lines_.name(line_offset(id)) : "";
    code.line(declared + expression(kernel_, instr, args, index) + ";" + node_comment(graph_, instr));
  }

  void emit_result(Code& code, std::int32_t id) const {
    const std::string type = type_of(at(id));
    code.line("const " + type + " " + value_name(id) + " = result<" + type + ">(g, " + memory_name(id) +
              ");");
  }

  // ---- a tile

  /// The instructions over one tile: first what is loaded, last what is stored, as an output may lie over an
  /// input.
  ///   whole  the tile is the line: values of lines are among the instructions
  void emit_tile(Code& code, const Instructions& instructions, bool whole) {
    find_arrays(instructions);
    for (const std::int32_t id : instructions)
      if (at(id).op == Op::load && is_full(id)) emit_load(code, id);
    Instructions stretch;
    for (const std::int32_t id : instructions) {
      if (is_elementwise(id)) {
        stretch.push_back(id);
        continue;
      }
      if (at(id).op == Op::load && is_full(id)) continue;
      if (at(id).op == Op::store) continue;
      emit_stretch(code, stretch);
      if (is_fold(at(id)))
        emit_fold(code, id, whole);
      else
        emit_row(code, id);
    }
    emit_stretch(code, stretch);
    for (const std::int32_t id : instructions)
      if (at(id).op == Op::store) emit_store(code, id);
  }

  /// Which elementwise values are read outside their stretch, and so are kept for the whole tile.
  void find_arrays(const Instructions& instructions) {
    std::vector<int> stretch_of(kernel_.code.size(), -1);
    is_array_.assign(kernel_.code.size(), false);
    int stretch = 0;
    for (const std::int32_t id : instructions) {
      const auto i = static_cast<std::size_t>(id);
      const bool is_moved = (at(id).op == Op::load && is_full(id)) || at(id).op == Op::store;
      if (is_elementwise(id))
        stretch_of[i] = stretch;
      else if (!is_moved)
        ++stretch;
      if (at(id).op == Op::scan || (at(id).op == Op::load && is_full(id))) is_array_[i] = true;
      for (const std::int32_t arg : at(id).args) {
        const auto a = static_cast<std::size_t>(arg);
        if (is_elementwise(arg) && stretch_of[a] != stretch_of[i]) is_array_[a] = true;
      }
    }
  }

  std::string element(std::int32_t id) const {
    return value_name(id) + (is_array_[static_cast<std::size_t>(id)] ? "[l][e]" : "");
  }

  void emit_load(Code& code, std::int32_t id) const {
    code.line("Group::Tile<" + type_of(at(id)) + "> " + value_name(id) + " = {};");
    code.line("g.load(" + value_name(id) + ", " + place(id) + ", tile);");
  }

  /// "k.p0 + at0, rows0"
  std::string place(std::int32_t id) const {
    return "k." + operand_name(id) + " + " + lines_.name(line_offset(id)) +
           (is_side_by_side(row_offset(id)) ? "" : ", " + rows_.name(row_offset(id)));
  }

  /// Maps, casts and iotas that follow each other; leaves none.
  void emit_stretch(Code& code, Instructions& stretch) const {
    if (stretch.empty()) return;
    for (const std::int32_t id : stretch)
      if (is_array_[static_cast<std::size_t>(id)])
        code.line("Group::Tile<" + type_of(at(id)) + "> " + value_name(id) + ";");
    code.open("EACH_ELEMENT");
    for (const std::int32_t id : stretch) {
      const Instr& instr = at(id);
      std::vector<std::string> args;
      for (const std::int32_t arg : instr.args) args.push_back(element(arg));
      std::string index;
      if (instr.op == Op::iota) {
        const std::string row = "g.row(tile, l, e)";
        index = "k." + operand_name(id) + " + " + lines_.name(line_offset(id)) + " + " +
                (is_side_by_side(row_offset(id)) ? row : rows_.name(row_offset(id)) + "(" + row + ")");
      }
      const std::string declared =
          is_array_[static_cast<std::size_t>(id)] ? "" : "const " + type_of(instr) + " ";
      code.line(declared + element(id) + " = " + expression(kernel_, instr, args, index) + ";" +
                node_comment(graph_, instr));
    }
    code.close();
    stretch.clear();
  }

  /// The name of a value's tile; a value of lines is spread over one.
  std::string tile_of(Code& code, std::int32_t id, const std::string& reader) const {
    if (is_array_[static_cast<std::size_t>(id)]) return value_name(id);
    const std::string name = "s" + reader;
    code.line("Group::Tile<" + type_of(at(id)) + "> " + name + ";");
    code.line("EACH_ELEMENT " + name + "[l][e] = " + value_name(id) + ";");
    return name;
  }

  void emit_fold(Code& code, std::int32_t id, bool whole) const {
    const Instr& fold = at(id);
    const std::string in = tile_of(code, fold.args[0], std::to_string(id));
    const std::string places = "(g, " + memory_name(id) + ", tile, " + in;
    if (fold.op == Op::scan) {
      code.line("Group::Tile<" + type_of(fold) + "> " + value_name(id) + ";");
      code.line(std::string("scan<") + (fold.exclusive ? "exclusive" : "inclusive") + ">" + places + ", " +
                value_name(id) + ");" + node_comment(graph_, fold));
    } else {
      code.line("reduce" + places + ");" + node_comment(graph_, fold));
      if (whole) emit_result(code, id);
    }
  }

  void emit_store(Code& code, std::int32_t id) const {
    if (at(id).row) return emit_row(code, id);
    const std::string from = tile_of(code, at(id).args[0], std::to_string(id));
    code.line("g.store(" + from + ", " + place(id) + ", tile);");
  }

  const KernelGraph& graph_;
  const Kernel& kernel_;
  const Layout& layout_;
  const std::string entry_;
  const LineGroups groups_;
  std::int64_t blocks_ = 0;
  std::size_t state_bytes_ = 0;                             // of spread lines, and what lies where in them
  std::vector<std::int64_t> counter_place_;                 // by phase
  std::vector<std::vector<std::int64_t>> published_place_;  // by phase and instruction
  std::vector<std::int64_t> result_place_;                  // by instruction
  Offsets lines_, rows_;
  std::vector<int> line_offset_, row_offset_;  // by instruction, or -1
  std::vector<bool> is_array_;                 // by instruction: there is a Tile of it
};

}  // namespace

KernelLaunches lower_lines(const KernelGraph& graph, std::size_t kernel, const Layout& layout,
                           const Target& target) {
  return layout.columns > 0 ? LineEmitter(graph, kernel, layout, target).emit() : KernelLaunches{};
}

}  // namespace accrue::gpu
