// accrue info: what this build and this machine offer.
#include <CLI/CLI.hpp>
#include <cstdlib>
#include <thread>

#include "accrue/accrue.hpp"
#include "graph/pipeline.h"
#include "src/cli/commands.h"
#include "src/cli/failure.h"
#include "src/cli/output.h"
#include "src/cpu/isa.h"
#include "src/cuda/gpu.h"
#include "src/options.h"

namespace accrue::cli {
namespace {

std::string variable_text(const OptionInfo& row) {
  const std::string name(row.name);
  const char* const value = std::getenv(name.c_str());
  return "  " + name + " = " + (value == nullptr || *value == '\0' ? std::string(row.default_text) : value) +
         "\n    " + std::string(row.meaning) + "; " + std::string(row.expected) + "\n";
}

int thread_count() {
  return options().threads > 0 ? options().threads : static_cast<int>(std::thread::hardware_concurrency());
}

std::string cuda_text() {
  try {
    return "CUDA:\n" + gpu::describe();
  } catch (const Error& e) {
    return e.what() + std::string("\n");
  }
}

int show() {
  std::string usable;
  for (const host::IsaBuild& build : host::usable_isa_builds()) usable += " " + std::string(build.name);
  std::string text = std::string("accrue ") + version() + "\n";
  text +=
      "instruction set: " + std::string(host::select_isa_build("").name) + " (usable here:" + usable + ")\n";
  text += "threads: " + std::to_string(thread_count()) + "\n";
  text += cuda_text();
  text += "names for --disable:\n";
  for (std::string_view name : optional_stages()) text += "  " + std::string(name) + "\n";
  text += "variables:\n";
  for (const OptionInfo& row : all_options()) text += variable_text(row);
  write_result(text);
  return done;
}

}  // namespace

void add_info(CLI::App& app, Action& chosen) {
  CLI::App& command =
      *app.add_subcommand("info", "Show version, instruction set, threads, CUDA, and the variables");
  command.footer("Example:\n  accrue info");
  command.callback([&chosen] { chosen = show; });
}

}  // namespace accrue::cli
