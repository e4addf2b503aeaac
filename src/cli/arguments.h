// The options that several subcommands share.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "accrue/compile.hpp"

namespace CLI {
class App;
}

namespace accrue::cli {

struct Arguments {
  std::string script;
  std::string entry;
  std::vector<std::string> inputs;  // NAME=FILE
  std::vector<std::string> dims;    // NAME=LENGTH
  std::string device = "cpu";
  int threads = 0;
  std::vector<std::string> disable;
  std::uint64_t seed = 0;
};

/// SCRIPT, --entry, --in and --dim.
void add_script_options(CLI::App& command, Arguments& into);
void add_disable_option(CLI::App& command, Arguments& into);
/// --device, --threads and --disable.
void add_compile_options(CLI::App& command, Arguments& into);
/// --seed.
void add_seed_option(CLI::App& command, Arguments& into);

/// The two sides of each NAME=VALUE.
///   throws  UsageError: no '=', an empty side, a name given twice; `option` is what the message names
std::vector<std::pair<std::string, std::string>> assignments(const std::string& option,
                                                             const std::vector<std::string>& texts);

/// The options as compile() takes them.
///   throws  UsageError: a device or a name to disable that does not exist
CompileOptions compile_options(const Arguments& arguments);

}  // namespace accrue::cli
