// The subcommands: each adds itself to the command line, and is the action where it was chosen.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace accrue::cli {

/// Runs the chosen subcommand and returns the exit code.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& chosen);
void add_dump(CLI::App& app, Action& chosen);
void add_check(CLI::App& app, Action& chosen);
void add_bench(CLI::App& app, Action& chosen);
void add_info(CLI::App& app, Action& chosen);

}  // namespace accrue::cli
