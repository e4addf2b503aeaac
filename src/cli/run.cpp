// accrue run: the entry of a script, on inputs from files.
#include <CLI/CLI.hpp>
#include <memory>

#include "accrue/npy.hpp"
#include "graph/nearest.h"
#include "src/cli/arguments.h"
#include "src/cli/commands.h"
#include "src/cli/failure.h"
#include "src/cli/output.h"
#include "src/cli/script_file.h"
#include "src/cli/timeline.h"
#include "src/program.h"

namespace accrue::cli {
namespace {

struct RunArguments : Arguments {
  std::vector<std::string> outs;  // NAME=FILE
  std::string profile;
  bool stats = false;
};

using Files = std::vector<std::pair<std::string, std::string>>;

Files out_files(const RunArguments& arguments, const ParsedScript& script) {
  Files files = assignments("--out", arguments.outs);
  std::vector<std::string_view> names;
  for (const NamedExpr& output : script.outputs) names.push_back(output.name);
  for (const auto& [name, path] : files) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const auto nearest = nearest_name(name, names);
    throw UsageError("--out: the script has no output '" + name + "'" +
                     (nearest ? "; did you mean '" + std::string(*nearest) + "'?" : ""));
  }
  return files;
}

bool put_out(const Tensors& results, const Files& files) {
  for (const auto& [name, path] : files) save_npy(path, results[name]);
  for (const Tensors::Item& result : results) {
    const bool in_file =
        std::any_of(files.begin(), files.end(), [&](const auto& f) { return f.first == result.name; });
    if (!in_file) write_result(tensor_text(result.name, result.tensor));
  }
  return true;
}

std::string stats_text(const Program& program, const RunStats& stats, const Timeline& timeline) {
  const MemoryReport& planned = program.memory();
  std::string text = "planned bytes: inputs " + std::to_string(planned.input_bytes) + ", outputs " +
                     std::to_string(planned.output_bytes) + ", constants " +
                     std::to_string(planned.constant_bytes) + ", temporaries " +
                     std::to_string(planned.arena_bytes) + ", in all " +
                     std::to_string(planned.planned_peak_bytes) + "\n";
  text += "used bytes: outputs " + std::to_string(stats.output_bytes) + ", temporaries " +
          std::to_string(stats.arena_bytes) + "\n";
  text += "kernels: " + std::to_string(program.impl().plan().kernels.kernels.size()) + "\n";
  for (const std::string& copy : stats.copies) text += "copy: " + copy + "\n";
  return text + "seconds:\n" + timeline.text();
}

int run(const RunArguments& arguments) {
  Timeline timeline;
  const CompileOptions options = compile_options(arguments);
  const ScriptFile file = timeline.time("parse", [&] { return read_script(arguments); });
  const Files outs = out_files(arguments, file.script);
  require_device_and_inputs(file, options.device);
  const Program program =
      timeline.time("compile", [&] { return compile(file.script.graph, file.script.outputs, options); });
  timeline.add_stages(program.impl().stages());
  const std::vector<NamedTensor> inputs = bound_inputs(file, program.inputs(), std::nullopt);
  RunStats stats;
  const Tensors results = timeline.time("run", [&] { return program.run(inputs, {}, &stats); });
  timeline.time("write", [&] { return put_out(results, outs); });
  if (arguments.stats) write_result(stats_text(program, stats, timeline));
  if (!arguments.profile.empty()) write_file(arguments.profile, timeline.chrome_trace());
  return done;
}

}  // namespace

void add_run(CLI::App& app, Action& chosen) {
  CLI::App& command =
      *app.add_subcommand("run", "Run a script's entry; outputs are printed or written to files");
  auto arguments = std::make_shared<RunArguments>();
  add_script_options(command, *arguments);
  add_compile_options(command, *arguments);
  command.add_option("--out", arguments->outs, "Write output NAME to an .npy file instead of printing it")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false);
  command.add_option("--profile", arguments->profile, "Write how long each stage took, as a Chrome trace")
      ->type_name("TRACE.json");
  command.add_flag("--stats", arguments->stats,
                   "Print planned and used bytes, kernels, and seconds per stage");
  command.footer("Example:\n  accrue run position_ids.acr --in mask=mask.npy --out ids=ids.npy");
  command.callback([arguments, &chosen] { chosen = [arguments] { return run(*arguments); }; });
}

}  // namespace accrue::cli
