// The accrue command.
#include <CLI/CLI.hpp>
#include <iostream>
#include <new>

#include "accrue/accrue.hpp"
#include "src/cli/commands.h"
#include "src/cli/failure.h"
#include "src/options.h"

namespace accrue::cli {
namespace {

int complain(const std::string& message, int exit_code) {
  std::cerr << "accrue: error: " << message << std::endl;
  return exit_code;
}

// The library warns of an unknown variable; the command refuses it.
void require_valid_variables() {
  const std::vector<Variable> variables = accrue_variables();
  for (const UnknownVariable& unknown : unknown_variables(variables)) throw UsageError(to_string(unknown));
  try {
    parse_options(variables);
  } catch (const Error& e) {
    throw UsageError(e.what());
  }
}

std::string chosen_command(const CLI::App& app) {
  const auto subcommands = app.get_subcommands();
  return subcommands.empty() ? "accrue" : "accrue " + subcommands[0]->get_name();
}

int run_command_line(int argc, char** argv) {
  CLI::App app("Compiles and runs expression graphs written as scripts (.acr).", "accrue");
  app.set_version_flag("--version", std::string("accrue ") + version());
  app.require_subcommand(1);
  app.footer("Example:\n  accrue run model.acr --in x=x.npy\n'accrue COMMAND --help' has more.");
  Action chosen;
  add_run(app, chosen);
  add_dump(app, chosen);
  add_check(app, chosen);
  add_bench(app, chosen);
  add_info(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    if (e.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) return app.exit(e);
    return complain(std::string(e.what()) + "\nTry '" + chosen_command(app) + " --help'.", misused);
  }
  require_valid_variables();
  return chosen();
}

int run_guarded(int argc, char** argv) {
  try {
    return run_command_line(argc, argv);
  } catch (const ScriptError& e) {
    std::cerr << e.what() << std::endl;
    return misused;
  } catch (const UsageError& e) {
    return complain(e.what(), misused);
  } catch (const std::bad_alloc&) {
    return complain("out of memory", failed);
  } catch (const std::exception& e) {
    return complain(e.what(), failed);
  }
}

}  // namespace
}  // namespace accrue::cli

int main(int argc, char** argv) { return accrue::cli::run_guarded(argc, argv); }
