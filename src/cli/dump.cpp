// accrue dump: what a script's graph is at each stage.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "accrue/npy.hpp"
#include "graph/text/print.h"
#include "graph/text/stages.h"
#include "src/cli/arguments.h"
#include "src/cli/commands.h"
#include "src/cli/failure.h"
#include "src/cli/output.h"
#include "src/cli/progress.h"
#include "src/cli/script_file.h"
#include "src/cuda/emit.h"

namespace accrue::cli {
namespace {

struct DumpArguments : Arguments {
  std::string stage = "build";
  std::string format = "text";
  std::string file;
};

const std::vector<std::string> stage_names = {"build", "rewrite", "fuse", "plan", "source"};
const std::vector<std::string> format_names = {"text", "dot", "json"};
const std::vector<std::string> source_format_names = {"text", "cuda"};

void require_known(const std::string& option, const std::string& value, const std::vector<std::string>& known,
                   const std::string& missing = {}) {
  const std::string list = CLI::detail::join(known, ", ");
  if (!missing.empty() && value == missing)
    throw UsageError(option + " " + value + ": this build has none; there are " + list);
  if (std::find(known.begin(), known.end(), value) == known.end())
    throw UsageError(option + ": '" + value + "' is none of " + list);
}

// A graph at a stage, in each format. The pipeline runs where the stage needs it.
class Dump {
 public:
  Dump(const ScriptFile& file, const DumpArguments& arguments, const CompileOptions& options)
      : script_(file.script), stage_(arguments.stage), path_(arguments.file) {
    if (stage_ == "build") return;
    pipeline_ = run_pipeline(select(script_.graph, script_.outputs), options, true);
    const auto& graph = pipeline_.plan.kernels.graph;
    rewritten_ = Graph(std::const_pointer_cast<Arena>(graph));  // only printed
    for (const Arena::Output& output : graph->outputs)
      rewritten_outputs_.push_back({output.name, Expr(rewritten_.arena(), output.node)});
  }

  std::string text(const std::string& format) {
    if (stage_ == "source") {
      const auto plan = std::make_shared<const Plan>(std::move(pipeline_.plan));
      return gpu::print_sources(plan, format == "cuda");
    }
    if (format == "dot") return dot_text();
    return format == "json" ? json_text() : script_text();
  }

  // The tensor constants that the text leaves to a file beside it.
  const std::vector<SidecarConstant>& sidecar() const { return sidecar_; }
  std::string sidecar_path() const {
    const std::size_t dot = path_.rfind('.');
    const std::size_t slash = path_.rfind('/');
    const bool has_ending = dot != std::string::npos && (slash == std::string::npos || dot > slash);
    return (has_ending ? path_.substr(0, dot) : path_) + ".npz";
  }

 private:
  std::string script_text() {
    if (stage_ == "fuse") return print(pipeline_.plan.kernels);
    if (stage_ == "plan") return print(pipeline_.plan.kernels) + print(pipeline_.plan);
    PrintOptions options;
    if (!path_.empty()) {  // what goes to standard output has no place for a file beside it
      options.sidecar_constants = &sidecar_;
      options.sidecar = sidecar_path().substr(sidecar_path().rfind('/') + 1);
    }
    if (stage_ == "build") return print(script_, options);
    return print(
        ParsedScript{rewritten_, rewritten_outputs_, script_.dims, script_.stand_ins, script_.input_types},
        options);
  }

  std::string dot_text() const {
    if (stage_ == "build") return dot(script_.graph, script_.outputs);
    if (stage_ == "rewrite") return dot(rewritten_, rewritten_outputs_);
    return stage_ == "fuse" ? dot(pipeline_.plan.kernels) : dot(pipeline_.plan);
  }

  std::string json_text() const {
    if (stage_ == "build") return json(script_.graph, script_.outputs);
    std::string object = json(rewritten_, rewritten_outputs_);
    object.resize(object.rfind('\n', object.rfind('}')));  // the members of the later stages follow
    if (stage_ == "fuse") object += ",\n  " + json_members(pipeline_.plan.kernels);
    if (stage_ == "plan") object += ",\n  " + json_members(pipeline_.plan);
    return object + ",\n  " + json_members(pipeline_.stages) + "\n}\n";
  }

  const ParsedScript& script_;
  std::string stage_;
  std::string path_;
  Pipeline pipeline_;
  Graph rewritten_;
  std::vector<NamedExpr> rewritten_outputs_;
  std::vector<SidecarConstant> sidecar_;
};

void write_sidecar(const std::string& path, const std::vector<SidecarConstant>& constants) {
  std::vector<std::pair<std::string, Tensor>> members;
  for (const SidecarConstant& c : constants)
    members.emplace_back(c.member, Tensor::borrow(static_cast<const void*>(c.data.get()), c.dtype, c.shape));
  save_npz(path, members);
}

int show(const DumpArguments& arguments) {
  require_known("--stage", arguments.stage, stage_names);
  require_known("--format", arguments.format,
                arguments.stage == "source" ? source_format_names : format_names, "html");
  const CompileOptions options = compile_options(arguments);
  const Progress progress("dump");
  const ScriptFile file = read_script(arguments);
  require_device_and_inputs(file, options.device);
  Dump dump(file, arguments, options);
  const std::string text = dump.text(arguments.format);
  if (arguments.file.empty()) {
    write_result(text);
    return done;
  }
  if (!dump.sidecar().empty()) write_sidecar(dump.sidecar_path(), dump.sidecar());
  write_file(arguments.file, text);
  return done;
}

}  // namespace

void add_dump(CLI::App& app, Action& chosen) {
  CLI::App& command =
      *app.add_subcommand("dump", "Print what a script's graph is at a stage of its compilation");
  auto arguments = std::make_shared<DumpArguments>();
  add_script_options(command, *arguments);
  add_disable_option(command, *arguments);
  command
      .add_option("--stage", arguments->stage,
                  "build, rewrite, fuse, plan, or source: the kernels as CUDA C++")
      ->type_name("STAGE")
      ->capture_default_str();
  command
      .add_option("--format", arguments->format,
                  "text, dot or json; of the source text, or cuda: a whole file for nvcc")
      ->type_name("FORMAT")
      ->capture_default_str();
  command.add_option("-o", arguments->file, "Write to a file; large constants go to an .npz beside it")
      ->type_name("FILE");
  command.footer("Example:\n  accrue dump model.acr --stage plan --dim n=4096");
  command.callback([arguments, &chosen] { chosen = [arguments] { return show(*arguments); }; });
}

}  // namespace accrue::cli
