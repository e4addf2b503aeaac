#include "src/cuda/line_tile.h"

#include <algorithm>

namespace accrue::gpu {
namespace {

using Op = Instr::Op;

std::vector<std::string> numbered(const std::string& name, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(name + std::to_string(i));
  return names;
}

}  // namespace

LineTile::LineTile(const KernelGraph& graph, const Kernel& kernel, const Layout& layout,
                   const LineGroups& groups)
    : graph_(graph),
      kernel_(kernel),
      layout_(layout),
      is_spread_(groups.is_spread),
      lines_("at", numbered("c", layout.column_dims.size())),
      rows_("rows", numbered("r", layout.row_dims.size())) {
  std::size_t operand = 0;
  for (const Instr& instr : kernel.code) {
    line_offset_.push_back(-1);
    row_offset_.push_back(-1);
    way_.push_back(Way::alone);
    if (!is_operand(instr)) continue;
    const Movement& movement = layout.operands[operand++];
    line_offset_.back() = lines_.add(movement.column_strides);
    row_offset_.back() = rows_.add(movement.row_strides);
    way_.back() = way_of(groups, instr, movement);
    is_row_offset_read_.resize(rows_.size(), false);
    if (!instr.row && way_.back() == Way::alone)
      is_row_offset_read_[static_cast<std::size_t>(row_offset_.back())] = true;
  }
}

// ------------------------------------------------------------------------------------ instructions

bool LineTile::is_full(std::int32_t id) const {
  return !at(id).row && at(id).op != Op::constant && at(id).op != Op::reduce;
}

bool LineTile::is_elementwise(std::int32_t id) const {
  return is_full(id) && (at(id).op == Op::map || at(id).op == Op::cast || at(id).op == Op::iota);
}

int LineTile::last_phase() const {
  int last = 0;
  for (const Instr& instr : kernel_.code) last = std::max(last, instr.phase);
  return last;
}

LineTile::Instructions LineTile::all() const {
  Instructions all;
  for (std::int32_t id = 0; id < count(); ++id)
    if (at(id).op != Op::constant) all.push_back(id);
  return all;
}

LineTile::Instructions LineTile::body_of(int phase) const {
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

// ------------------------------------------------------------------------------------ where lines lie

void LineTile::add_parameters(Parameters& parameters) const {
  add_operands(parameters, graph_, kernel_, layout_);
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

void LineTile::declare_line(Code& code) const {
  const std::vector<std::string> names = numbered("c", layout_.column_dims.size());
  std::vector<std::string> lengths;
  for (std::size_t d = 0; d < names.size(); ++d) lengths.push_back("k.columns" + std::to_string(d));
  code.line(std::string(layout_.columns < std::int64_t{1} << 32 ? "u32" : "u64") + " rest = g.any_line();");
  declare_indices(code, names, lengths);
  for (int o = 0; o < static_cast<int>(lines_.size()); ++o)
    code.line("const i64 " + lines_.name(o) + " = " + lines_.sum(o) + ";");
  for (int o = 0; o < static_cast<int>(rows_.size()); ++o)
    if (!is_side_by_side(o) && is_row_offset_read_[static_cast<std::size_t>(o)])
      code.line("const " + row_places(o) + ";");
}

bool LineTile::is_side_by_side(int row_offset) const {
  const Dims& strides = rows_.strides(row_offset);
  return strides.size() == 1 && strides[0] == 1;
}
/// "EvenRows rows0{k.rows0_0}"
std::string LineTile::row_places(int row_offset) const {
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

// ------------------------------------------------------------------------------------ values of lines

void LineTile::emit_row(Code& code, std::int32_t id) const {
  const Instr& instr = at(id);
  const std::string place =
      "k." + operand_name(id) + "[" + (is_operand(instr) ? lines_.name(line_offset(id)) : "") + "]";
  if (instr.op == Op::store) {
    code.line("if (g.has_line() && g.is_leader()) " + place + " = " + name_of(instr.args[0]) + ";");
    return;
  }
  const std::string declared = "const " + type_of(instr) + " " + name_of(id) + " = ";
  if (instr.op == Op::load) {
    code.line(declared + place + ";");
    return;
  }
  std::vector<std::string> args;
  for (const std::int32_t arg : instr.args) args.push_back(name_of(arg));
  const std::string index =
      instr.op == Op::iota ? "k." + operand_name(id) + " + " + lines_.name(line_offset(id)) : "";
  code.line(declared + expression(kernel_, instr, args, index) + ";" + node_comment(graph_, instr));
}

void LineTile::emit_result(Code& code, std::int32_t id) const {
  const std::string type = type_of(at(id));
  code.line("const " + type + " " + name_of(id) + " = result<" + type + ">(g, " + memory_name(id) + ");");
}

// ------------------------------------------------------------------------------------ a tile

void LineTile::emit_tile(Code& code, const Instructions& instructions, bool whole) {
  find_arrays(instructions);
  for (const std::int32_t id : instructions)
    if (is_loaded(id)) emit_load(code, id);
  Instructions stretch;
  for (const std::int32_t id : instructions) {
    if (is_elementwise(id)) {
      stretch.push_back(id);
      continue;
    }
    if (is_loaded(id)) continue;
    if (at(id).op == Op::store) continue;
    emit_stretch(code, stretch);
    if (is_fold(at(id)))
      emit_fold(code, id, whole);
    else
      emit_row(code, id);
  }
  emit_stretch(code, stretch);
  Instructions stores;
  for (const std::int32_t id : instructions)
    if (at(id).op == Op::store) stores.push_back(id);
  if (stores.empty()) return;
  if (is_spread_) {
    code.open("");
    code.line("g.find_tile();  // again: while the block waits no register holds where it is");
    code.line("const u32 tile = g.tile;");
    declare_line(code);
  }
  for (const std::int32_t id : stores) emit_store(code, id);
  if (is_spread_) code.close();
}

/// Which elementwise values are read outside their stretch, and so are kept for the whole tile.
void LineTile::find_arrays(const Instructions& instructions) {
  std::vector<int> stretch_of(kernel_.code.size(), -1);
  is_array_.assign(kernel_.code.size(), false);
  int stretch = 0;
  for (const std::int32_t id : instructions) {
    const auto i = static_cast<std::size_t>(id);
    const bool is_moved = is_loaded(id) || at(id).op == Op::store;
    if (is_elementwise(id))
      stretch_of[i] = stretch;
    else if (!is_moved)
      ++stretch;
    if (at(id).op == Op::scan || is_loaded(id)) is_array_[i] = true;
    for (const std::int32_t arg : at(id).args) {
      const auto a = static_cast<std::size_t>(arg);
      if (is_elementwise(arg) && stretch_of[a] != stretch_of[i]) is_array_[a] = true;
    }
  }
}

void LineTile::emit_load(Code& code, std::int32_t id) const {
  code.line("Group::Tile<" + type_of(at(id)) + "> " + name_of(id) + " = {};");
  code.line(moved("load", name_of(id), id));
}

/// "g.load(v0, k.p0 + at0, rows0, tile, stage);"
std::string LineTile::moved(const std::string& verb, const std::string& tile, std::int32_t id) const {
  const Way way = way_[static_cast<std::size_t>(id)];
  std::string text = "g." + verb;
  if (way == Way::packed) text += "_packed<1>";
  if (way == Way::packed_backwards) text += "_packed<-1>";
  text += "(" + tile + ", k." + operand_name(id) + " + " + lines_.name(line_offset(id));
  if (way == Way::by_lanes && !is_side_by_side(row_offset(id)))
    text += ", " + rows_.stride(row_offset(id), 0);
  if (way == Way::alone && !is_side_by_side(row_offset(id))) text += ", " + rows_.name(row_offset(id));
  return text + ", tile" + (way == Way::alone ? "" : ", stage") + ");";
}

/// Maps, casts and iotas that follow each other; leaves none.
void LineTile::emit_stretch(Code& code, Instructions& stretch) const {
  if (stretch.empty()) return;
  for (const std::int32_t id : stretch)
    if (is_array(id)) code.line("Group::Tile<" + type_of(at(id)) + "> " + name_of(id) + ";");
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
    const std::string declared = is_array(id) ? "" : "const " + type_of(instr) + " ";
    code.line(declared + element(id) + " = " + expression(kernel_, instr, args, index) + ";" +
              node_comment(graph_, instr));
  }
  code.close();
  stretch.clear();
}

/// The name of a value's tile; a value of lines is spread over one.
std::string LineTile::tile_of(Code& code, std::int32_t id, std::int32_t reader) const {
  if (is_array(id)) return name_of(id);
  const std::string name = "s" + std::to_string(reader);
  code.line("Group::Tile<" + type_of(at(id)) + "> " + name + ";");
  code.line("EACH_ELEMENT " + name + "[l][e] = " + name_of(id) + ";");
  return name;
}

void LineTile::emit_fold(Code& code, std::int32_t id, bool whole) const {
  const Instr& fold = at(id);
  const std::string in = tile_of(code, fold.args[0], id);
  const std::string places = "(g, " + memory_name(id) + ", tile, " + in;
  if (fold.op == Op::scan) {
    code.line("Group::Tile<" + type_of(fold) + "> " + name_of(id) + ";");
    code.line(std::string("scan<") + (fold.exclusive ? "exclusive" : "inclusive") + ">" + places + ", " +
              name_of(id) + ");" + node_comment(graph_, fold));
  } else {
    code.line("reduce" + places + ");" + node_comment(graph_, fold));
    if (whole) emit_result(code, id);
  }
}

void LineTile::emit_store(Code& code, std::int32_t id) const {
  if (at(id).row) return emit_row(code, id);
  const std::string from = tile_of(code, at(id).args[0], id);
  code.line(moved("store", from, id));
}

}  // namespace accrue::gpu
