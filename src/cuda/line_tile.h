// The text of a kernel's instructions over one tile of lines: what the launches of a kernel with an axis are
// made of.
#pragma once

#include <string>
#include <vector>

#include "src/cuda/emit_code.h"
#include "src/cuda/line_groups.h"

namespace accrue::gpu {

/// Emits instructions of one kernel. In the text `g` is the group of threads, `k` the parameters, `tile` the
/// number of the tile.
class LineTile {
 public:
  using Instructions = std::vector<std::int32_t>;

  LineTile(const KernelGraph& graph, const Kernel& kernel, const Layout& layout, const LineGroups& groups);

  const Instr& at(std::int32_t id) const { return kernel_.code[static_cast<std::size_t>(id)]; }
  std::int32_t count() const { return static_cast<std::int32_t>(kernel_.code.size()); }
  int last_phase() const;
  /// All but the constants.
  Instructions all() const;
  /// The full values that a phase's stores and reductions need, and these.
  Instructions body_of(int phase) const;

  void add_parameters(Parameters& parameters) const;

  /// Where the thread's line lies, in every operand.
  void declare_line(Code& code) const;

  /// A value of lines, or its store.
  void emit_row(Code& code, std::int32_t id) const;
  /// A reduction's result, once its last tile has been folded.
  void emit_result(Code& code, std::int32_t id) const;

  /// The instructions over one tile: first what is loaded, last what is stored, as an output may lie over an
  /// input.
  ///   whole  the tile is the line: values of lines are among the instructions
  void emit_tile(Code& code, const Instructions& instructions, bool whole);

  /// "m3": the shared memory of the fold that is the third instruction.
  static std::string memory_name(std::int32_t id) { return "m" + std::to_string(id); }
  std::string name_of(std::int32_t id) const { return value_name(kernel_, id); }
  static std::string type_of(const Instr& instr) { return std::string(type_name(instr.dtype)); }

 private:
  bool is_full(std::int32_t id) const;  // a value for each element of a tile
  bool is_elementwise(std::int32_t id) const;
  bool is_loaded(std::int32_t id) const { return at(id).op == Instr::Op::load && is_full(id); }
  bool is_array(std::int32_t id) const { return is_array_[static_cast<std::size_t>(id)]; }
  int line_offset(std::int32_t id) const { return line_offset_[static_cast<std::size_t>(id)]; }
  int row_offset(std::int32_t id) const { return row_offset_[static_cast<std::size_t>(id)]; }

  bool is_side_by_side(int row_offset) const;
  std::string row_places(int row_offset) const;
  std::string moved(const std::string& verb, const std::string& tile, std::int32_t id) const;
  std::string element(std::int32_t id) const { return name_of(id) + (is_array(id) ? "[l][e]" : ""); }
  std::string tile_of(Code& code, std::int32_t id, std::int32_t reader) const;

  void find_arrays(const Instructions& instructions);
  void emit_load(Code& code, std::int32_t id) const;
  void emit_stretch(Code& code, Instructions& stretch) const;
  void emit_fold(Code& code, std::int32_t id, bool whole) const;
  void emit_store(Code& code, std::int32_t id) const;

  const KernelGraph& graph_;
  const Kernel& kernel_;
  const Layout& layout_;
  const bool is_spread_;
  Offsets lines_, rows_;
  std::vector<int> line_offset_, row_offset_;  // by instruction, or -1
  std::vector<Way> way_;                       // by instruction
  std::vector<bool> is_row_offset_read_;       // by row offset: some operand is found by it
  std::vector<bool> is_array_;                 // by instruction: there is a Tile of it
};

}  // namespace accrue::gpu
