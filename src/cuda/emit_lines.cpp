// Kernels with an axis: scans and reductions of lines, and the maps around them.
#include <algorithm>

#include "src/cuda/line_groups.h"
#include "src/cuda/line_tile.h"
#include "src/cuda/spread_state.h"

namespace accrue::gpu {
namespace {

using Op = Instr::Op;

/// Emits one kernel.
///
/// Lines that fit a tile are loaded once: all instructions run in their order, with the whole line in
/// registers. Longer ones are passed over once for each phase, which computes anew what it needs; values of
/// lines are kept in between. Where lines are spread over blocks, each phase is a launch, and the values of
/// lines that reductions give are kept in memory.
class LineEmitter {
 public:
  LineEmitter(const KernelGraph& graph, std::size_t kernel, const Layout& layout, const Target& target)
      : kernel_(graph.kernels[kernel]),
        layout_(layout),
        target_(target),
        entry_("k" + std::to_string(kernel)),
        groups_(choose_line_groups(kernel_, layout, target)),
        tile_(graph, kernel_, layout, groups_) {
    const std::int64_t groups = (layout.columns + groups_.lines - 1) / groups_.lines;
    const std::int64_t tiles = (layout.rows + groups_.tile_rows - 1) / groups_.tile_rows;
    const std::int64_t jobs = groups_.is_spread ? groups * tiles : groups;
    const int resident =
        (groups_.is_spread ? 1024 : 8192) / groups_.threads;  // of a multiprocessor, at least
    blocks_ = std::min(jobs, std::int64_t{target.multiprocessors} * resident);
  }

  KernelLaunches emit() {
    KernelLaunches result;
    if (!groups_.is_spread) {
      result.launches.push_back(emit_lines());
      return result;
    }
    SpreadState state(kernel_, layout_, groups_);
    for (int phase = 0; phase <= tile_.last_phase(); ++phase)
      if (const Instructions body = tile_.body_of(phase); !body.empty())
        result.launches.push_back(emit_spread(phase, body, state));
    result.state_bytes = state.bytes();
    return result;
  }

 private:
  using Instructions = LineTile::Instructions;

  const Instr& at(std::int32_t id) const { return tile_.at(id); }

  /// Whether a block walks along its lines, once for each phase.
  bool has_passes() const { return !groups_.is_spread && layout_.rows > groups_.tile_rows; }

  // ---- what every launch has

  /// The launch of a kernel with these parameters; body follows the declarations, and closes no brace.
  template <class Body>
  Launch launch_of(const std::string& entry, const Parameters& parameters, const Instructions& instructions,
                   const Body& body) const {
    Instructions folds;
    for (const std::int32_t id : instructions)
      if (is_fold(at(id))) folds.push_back(id);
    Code code;
    describe(code, kernel_, entry);
    parameters.declare(code, parameters_name(entry));
    code.line("");
    code.open(signature(entry, "BLOCK_OF(" + std::to_string(groups_.threads) + ")"));
    code.line("using Group = " + groups_.type + ";");
    for (const std::int32_t id : folds) declare_fold(code, id);
    if (groups_.stage_width > 0)
      code.line("SHARED(Group::Stage<" + std::to_string(groups_.stage_width) + ">, stage);");
    body(code);
    code.close();

    Launch launch;
    launch.source = std::make_shared<const Source>(Source{code.text(), entry, groups_.threads});
    launch.grid[0] = static_cast<std::uint32_t>(blocks_);
    launch.block[0] = static_cast<std::uint32_t>(groups_.threads);
    parameters.fill(launch);
    return launch;
  }

  void declare_fold(Code& code, std::int32_t id) const {
    const std::string memory = "M" + std::to_string(id);
    code.line("using " + memory + " = Group::Memory<" + fold_type(at(id)) + ">;");
    code.line("SHARED(" + memory + ", " + LineTile::memory_name(id) + ");");
  }

  /// "Fold<fold_sum, float, double>"
  std::string fold_type(const Instr& fold) const {
    const DType argument = at(fold.args[0]).dtype, element = fold_dtype(fold, argument),
                accumulated = accumulator(fold, argument);
    const std::string name(struct_name(fold.fold));
    if (target_.has_slow_float64 && element == DType::float32 && accumulated == DType::float64)
      return "SlowFloat64Fold<" + name + ">";
    return "Fold<" + name + ", " + std::string(type_name(element)) + ", " +
           std::string(type_name(accumulated)) + (is_indexed(fold) && kernel_.reverse ? ", true>" : ">");
  }

  // ---- lines that are not spread

  Launch emit_lines() {
    Parameters parameters;
    tile_.add_parameters(parameters);
    return launch_of(entry_, parameters, tile_.all(), [&](Code& code) {
      code.open("for (Group g(k.lines, k.rows); g.group_has_line(); g.next_line())");
      tile_.declare_line(code);
      if (has_passes()) {
        for (int phase = 0; phase <= tile_.last_phase(); ++phase) emit_phase(code, phase);
      } else {
        code.line("constexpr u32 tile = 0;");
        tile_.emit_tile(code, tile_.all(), true);
      }
      code.close();
    });
  }

  void emit_phase(Code& code, int phase) {
    for (const std::int32_t id : tile_.all())
      if (at(id).row && at(id).op != Op::reduce && at(id).phase == phase) tile_.emit_row(code, id);
    const Instructions body = tile_.body_of(phase);
    if (body.empty()) return;
    code.open("for (u32 tile = 0; tile < g.tiles(); ++tile)");
    tile_.emit_tile(code, body, false);
    code.close();
    for (const std::int32_t id : body)
      if (at(id).op == Op::reduce) tile_.emit_result(code, id);
  }

  // ---- lines spread over blocks

  /// The values of lines that the instructions need, and they themselves; by instruction.
  std::vector<bool> needed_rows(const Instructions& instructions) const {
    std::vector<bool> given(kernel_.code.size(), false);
    for (const std::int32_t id : instructions) given[static_cast<std::size_t>(id)] = true;
    std::vector<bool> needed = given;
    for (std::int32_t id = tile_.count(); id-- > 0;) {
      const auto i = static_cast<std::size_t>(id);
      if (!needed[i] || (at(id).op == Op::reduce && !given[i])) continue;  // kept from an earlier phase
      for (const std::int32_t arg : at(id).args)
        if (at(arg).row) needed[static_cast<std::size_t>(arg)] = true;
    }
    return needed;
  }

  /// The next phase with a launch of its own.
  int phase_after(int phase) const {
    do ++phase;
    while (phase <= tile_.last_phase() && tile_.body_of(phase).empty());
    return phase;
  }

  /// What there is to do with a line's last tile: results of the phase's reductions, stores of values of
  /// lines.
  Instructions ends_of(int phase) const {
    const int next = phase_after(phase);
    Instructions ends;
    for (const std::int32_t id : tile_.all()) {
      const bool is_store =
          at(id).op == Op::store && at(id).row && at(id).phase >= phase && at(id).phase < next;
      if (is_store || (at(id).op == Op::reduce && at(id).phase == phase)) ends.push_back(id);
    }
    return ends;
  }

  Launch emit_spread(int phase, const Instructions& body, SpreadState& state) {
    const std::string entry = phase == 0 ? entry_ : entry_ + "_" + std::to_string(phase);
    const Instructions ends = ends_of(phase);
    Instructions given = body;
    given.insert(given.end(), ends.begin(), ends.end());
    const std::vector<bool> needed = needed_rows(given);
    Instructions values;  // of lines
    for (const std::int32_t id : tile_.all())
      if (at(id).row && at(id).op != Op::store && needed[static_cast<std::size_t>(id)]) values.push_back(id);

    Parameters parameters;
    tile_.add_parameters(parameters);
    state.add_phase(parameters, body, values);
    return launch_of(entry, parameters, body, [&](Code& code) {
      code.line("SHARED(Tickets, tickets);");
      for (const std::int32_t id : body)
        if (is_fold(at(id)))
          code.line("if (threadIdx.x == 0) " + LineTile::memory_name(id) + ".published = k." +
                    SpreadState::published_name(id) + ";");
      code.open("for (Group g(k.lines, k.rows, tickets, k.counter); g.next_tile();)");
      code.line("const u32 tile = g.tile;");
      tile_.declare_line(code);
      for (const std::int32_t id : values) {
        if (at(id).op == Op::reduce && at(id).phase < phase)
          code.line("const " + LineTile::type_of(at(id)) + " " + tile_.name_of(id) + " = k." +
                    SpreadState::result_name(id) + "[g.any_line()];");
        else if (at(id).op != Op::reduce && at(id).phase <= phase)
          tile_.emit_row(code, id);
      }
      tile_.emit_tile(code, body, false);
      if (!ends.empty()) emit_ends(code, phase, values, ends);
      code.close();
    });
  }

  void emit_ends(Code& code, int phase, const Instructions& values, const Instructions& ends) const {
    code.open("if (g.is_last_tile())");
    for (const std::int32_t id : values) {
      if (at(id).op == Op::reduce && at(id).phase == phase) {
        tile_.emit_result(code, id);
        code.line("if (g.has_line() && g.is_leader()) k." + SpreadState::result_name(id) +
                  "[g.line] = " + tile_.name_of(id) + ";");
      } else if (at(id).op != Op::reduce && at(id).phase > phase) {
        tile_.emit_row(code, id);
      }
    }
    for (const std::int32_t id : ends)
      if (at(id).op == Op::store) tile_.emit_row(code, id);
    code.close();
  }

  const Kernel& kernel_;
  const Layout& layout_;
  const Target& target_;
  const std::string entry_;
  const LineGroups groups_;
  LineTile tile_;
  std::int64_t blocks_ = 0;
};

}  // namespace

KernelLaunches lower_lines(const KernelGraph& graph, std::size_t kernel, const Layout& layout,
                           const Target& target) {
  return layout.columns > 0 ? LineEmitter(graph, kernel, layout, target).emit() : KernelLaunches{};
}

}  // namespace accrue::gpu
