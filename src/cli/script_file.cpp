#include "src/cli/script_file.h"

#include <charconv>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "accrue/npy.hpp"
#include "graph/graph.h"
#include "graph/nearest.h"
#include "src/cli/failure.h"
#include "src/cli/random_input.h"
#include "src/program.h"

namespace accrue::cli {
namespace {

std::string read_text(const std::string& path) {
  if (path == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
  std::ifstream in(path, std::ios::binary);
  try {
    if (in.is_open()) return {std::istreambuf_iterator<char>(in), {}};
  } catch (const std::ios_base::failure&) {  // a folder opens, and fails to be read
  }
  throw UsageError("cannot read script '" + path + "': " + std::strerror(errno));
}

std::map<std::string, std::int64_t> lengths_of(const std::vector<std::string>& texts) {
  std::map<std::string, std::int64_t> lengths;
  for (const auto& [name, text] : assignments("--dim", texts)) {
    std::int64_t length = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, failure] = std::from_chars(text.data(), end, length);
    if (failure != std::errc() || stopped != end || length < 0)
      throw UsageError("--dim: '" + text + "' is no length for '" + name +
                       "'; a whole number, 0 or more, is");
    lengths[name] = length;
  }
  return lengths;
}

void load_inputs(const std::vector<std::string>& texts, ScriptFile& into) {
  for (const auto& [name, path] : assignments("--in", texts)) {
    try {
      into.inputs[name] = load_npy(path);
      into.input_places[name] = path;
    } catch (const Error& e) {
      if (!into.input_error) into.input_error = "input '" + name + "': " + e.what();
    }
  }
}

// A constant of a dump lies in an .npz beside the dump.
SidecarConstant load_constant(const std::string& script, const std::string& place) {
  const std::size_t folder = script.rfind('/');
  const bool beside = folder != std::string::npos && !place.starts_with('/');
  const auto kept = std::make_shared<const Tensor>(
      load_npy(beside ? script.substr(0, folder + 1) + place : place).contiguous());
  const auto* data = static_cast<const std::byte*>(kept->data());
  return {place, kept->dtype(), kept->shape(), std::shared_ptr<const std::byte>(kept, data)};
}

}  // namespace

ScriptFile read_script(const Arguments& arguments) {
  ParseOptions options;
  options.file = arguments.script == "-" ? "<stdin>" : arguments.script;
  options.entry = arguments.entry;
  options.dims = lengths_of(arguments.dims);
  options.load_constant = [&](const std::string& place) { return load_constant(arguments.script, place); };
  const std::string text = read_text(arguments.script);
  ScriptFile file{ParsedScript{Graph(), {}, {}, {}, {}}, {}, {}, {}};
  load_inputs(arguments.inputs, file);
  for (const auto& [name, tensor] : file.inputs) options.input_shapes[name] = tensor.shape();
  try {
    file.script = parse(text, options);
  } catch (const Error& e) {
    throw ScriptError(e.what() + (file.input_error ? "\n" + *file.input_error : std::string()));
  }
  return file;
}

void require_device_and_inputs(const ScriptFile& file, Device device) {
  require_device(device);
  if (file.input_error) throw UsageError(*file.input_error);
  const Arena& graph = *file.script.graph.arena();
  std::map<std::string_view, const Node*> declared;
  std::vector<std::string_view> names;
  for (NodeId id : graph.inputs()) {
    declared[graph[id].name] = &graph[id];
    names.emplace_back(graph[id].name);
  }
  for (const auto& [name, tensor] : file.inputs) {
    const auto found = declared.find(name);
    if (found == declared.end()) {
      const auto nearest = nearest_name(name, names);
      throw UsageError("--in: the script has no input '" + name + "'" +
                       (nearest ? "; did you mean '" + std::string(*nearest) + "'?" : ""));
    }
    const Node& node = *found->second;
    if (tensor.dtype() != node.dtype || tensor.shape() != node.shape)
      throw UsageError("input '" + name + "': " + file.input_places.at(name) + " holds " +
                       type_text(tensor.dtype(), tensor.shape()) + "; the script declares " +
                       type_text(node));
  }
}

std::vector<NamedTensor> bound_inputs(const ScriptFile& file, const std::vector<Signature>& wanted,
                                      std::optional<std::uint64_t> seed) {
  std::vector<NamedTensor> bound;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Signature& input = wanted[i];
    const auto given = file.inputs.find(input.name);
    if (given != file.inputs.end()) {
      bound.push_back({input.name, given->second});
    } else if (seed) {
      bound.push_back({input.name, random_tensor(input.dtype, input.shape, *seed + i)});
    } else {
      throw UsageError("input '" + input.name + "' (" + file.script.input_types[i] +
                       ") is missing; give it with --in " + input.name + "=FILE.npy");
    }
  }
  return bound;
}

}  // namespace accrue::cli
