#include "src/cli/arguments.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <optional>

#include "graph/nearest.h"
#include "graph/pipeline.h"
#include "src/cli/failure.h"

namespace accrue::cli {
namespace {

std::optional<int> device_index(std::string_view digits) {
  int index = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (failure != std::errc() || end != digits.data() + digits.size() || index < 0) return std::nullopt;
  return index;
}

Device device_of(const std::string& text) {
  constexpr std::string_view numbered = "cuda:";
  if (text == "cpu") return cpu();
  if (text == "reference") return reference();
  if (text == "cuda") return cuda();
  if (text.starts_with(numbered))
    if (const auto index = device_index(std::string_view(text).substr(numbered.size()))) return cuda(*index);
  throw UsageError("--device: '" + text + "' is no device; cpu, cuda, cuda:N and reference are");
}

void require_disable_names(const std::vector<std::string>& names) {
  const std::vector<std::string_view> known = optional_stages();
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    const auto nearest = nearest_name(name, known);
    throw UsageError("--disable: nothing is called '" + name + "'; " +
                     (nearest ? "did you mean '" + std::string(*nearest) + "'?"
                              : "the names are " + CLI::detail::join(known, ", ")));
  }
}

}  // namespace

void add_script_options(CLI::App& command, Arguments& into) {
  command.add_option("SCRIPT", into.script, "Script file (.acr); - reads standard input")->required();
  command.add_option("--entry", into.entry, "Function to build (default: the last one of the file)")
      ->type_name("NAME");
  command
      .add_option("--in", into.inputs,
                  "Input NAME from an .npy file, or a member of an .npz as FILE.npz:MEMBER")
      ->type_name("NAME=FILE")
      ->allow_extra_args(false);
  command.add_option("--dim", into.dims, "Length of a named dim")
      ->type_name("NAME=LENGTH")
      ->allow_extra_args(false);
}

void add_disable_option(CLI::App& command, Arguments& into) {
  command
      .add_option("--disable", into.disable,
                  "Rewrites to leave out, or fusion; 'accrue info' lists the names")
      ->type_name("NAME,...")
      ->delimiter(',')
      ->allow_extra_args(false);
}

void add_compile_options(CLI::App& command, Arguments& into) {
  command.add_option("--device", into.device, "cpu, cuda, cuda:N or reference")->type_name("DEVICE");
  command.add_option("--threads", into.threads, "Threads of the cpu device (default: one per processor)")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  add_disable_option(command, into);
}

void add_seed_option(CLI::App& command, Arguments& into) {
  command.add_option("--seed", into.seed, "Seed of the inputs that are not given")->type_name("N");
}

std::vector<std::pair<std::string, std::string>> assignments(const std::string& option,
                                                             const std::vector<std::string>& texts) {
  std::vector<std::pair<std::string, std::string>> result;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
      throw UsageError(option + ": '" + text + "' is not of the form NAME=VALUE");
    const std::string name = text.substr(0, equals);
    for (const auto& [earlier, value] : result)
      if (earlier == name) throw UsageError(option + ": '" + name + "' is given twice");
    result.emplace_back(name, text.substr(equals + 1));
  }
  return result;
}

CompileOptions compile_options(const Arguments& arguments) {
  require_disable_names(arguments.disable);
  CompileOptions options;
  options.device = device_of(arguments.device);
  options.threads = arguments.threads;
  options.disable = arguments.disable;
  return options;
}

}  // namespace accrue::cli
