// A script and the files it is given.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "accrue/text.hpp"
#include "src/cli/arguments.h"

namespace accrue::cli {

struct ScriptFile {
  ParsedScript script;
  std::map<std::string, Tensor> inputs;             // that were given, by name
  std::optional<std::string> input_error;           // of the first file that could not be read
  std::map<std::string, std::string> input_places;  // the file behind each
};

/// Reads the script with the lengths that --dim and the shapes of the input files give its named dims.
///   throws  UsageError: the script cannot be read or is wrong. An input file that is wrong is noted, not
///   thrown:
///           the device is looked at first
ScriptFile read_script(const Arguments& arguments);

/// The device comes before the inputs among a command's errors.
///   throws  Error: the device is not there
///           UsageError: an input file cannot be read, or an input is not one of the script's, or not as it
///           declares
void require_device_and_inputs(const ScriptFile& file, Device device);

/// The inputs of the script's program, each from its file; those without one are drawn from the seed, or,
/// where there is no seed, missed.
///   throws  UsageError: an input is missing
std::vector<NamedTensor> bound_inputs(const ScriptFile& file, const std::vector<Signature>& wanted,
                                      std::optional<std::uint64_t> seed);

}  // namespace accrue::cli
