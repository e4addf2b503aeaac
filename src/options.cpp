#include "src/options.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "accrue/error.hpp"
#include "graph/nearest.h"

namespace accrue {
namespace {

constexpr std::string_view prefix = "ACCRUE_";

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::size_t default_pool_bytes() {
  constexpr std::size_t most = std::size_t{4} << 30;
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page_bytes = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page_bytes <= 0) return most;
  return std::min(most, static_cast<std::size_t>(pages) / 4 * static_cast<std::size_t>(page_bytes));
}

/// A virtual machine of a few processors may be told of all the cache of a processor with a hundred.
std::size_t last_level_cache_bytes() {
  constexpr std::size_t where_unknown = std::size_t{32} << 20, most_for_each = std::size_t{16} << 20;
  const long bytes = sysconf(_SC_LEVEL3_CACHE_SIZE), processors = sysconf(_SC_NPROCESSORS_ONLN);
  if (bytes <= 0 || processors <= 0) return where_unknown;
  return std::min(static_cast<std::size_t>(bytes), static_cast<std::size_t>(processors) * most_for_each);
}

std::size_t default_cuda_cache_bytes() { return std::size_t{256} << 20; }

template <std::size_t Options::*field, std::size_t (*default_bytes)()>
bool parse_bytes(std::string_view text, Options& into) {
  if (text == "auto") {
    into.*field = default_bytes();
    return true;
  }
  constexpr std::string_view suffixes = "KMG";
  const std::size_t suffix = text.empty() ? suffixes.npos : suffixes.find(text.back());
  const int shift = suffix == suffixes.npos ? 0 : 10 * (static_cast<int>(suffix) + 1);
  if (shift > 0) text.remove_suffix(1);
  const auto number = whole_number(text);
  if (!number || *number > (std::uint64_t{1} << 62 >> shift)) return false;
  into.*field = *number << shift;
  return true;
}

bool parse_threads(std::string_view text, Options& into) {
  if (text == "auto") {
    into.threads = 0;
    return true;
  }
  const auto number = whole_number(text);
  if (!number || *number < 1 || *number > 1024) return false;
  into.threads = static_cast<int>(*number);
  return true;
}

bool parse_parallel_elements(std::string_view text, Options& into) {
  // Where threads have begun to gain, for maps, rows, columns and single rows (tests/bench/README.md).
  constexpr std::int64_t measured = std::int64_t{1} << 18;
  const auto number = text == "auto" ? measured : whole_number(text);
  if (!number || *number < 1 || *number > std::uint64_t{1} << 62) return false;
  into.parallel_elements = static_cast<std::int64_t>(*number);
  return true;
}

bool parse_instruction_set(std::string_view text, Options& into) {
  constexpr std::string_view names[] = {"auto", "v2", "v3", "v4"};
  const auto* found = std::find(std::begin(names), std::end(names), text);
  if (found == std::end(names)) return false;
  into.instruction_set = static_cast<InstructionSet>(found - std::begin(names));
  return true;
}

template <std::string Options::*field>
bool parse_file(std::string_view text, Options& into) {
  into.*field = text == "auto" ? "" : text;
  return true;
}

std::string default_cuda_cache() {
  const auto folder_of = [](const char* variable) {
    const char* const value = std::getenv(variable);
    return std::string(value == nullptr ? "" : value);
  };
  if (const std::string cache = folder_of("XDG_CACHE_HOME"); !cache.empty()) return cache + "/accrue";
  if (const std::string home = folder_of("HOME"); !home.empty()) return home + "/.cache/accrue";
  return "";
}

bool parse_cuda_cache(std::string_view text, Options& into) {
  into.cuda_cache = text == "off" ? "" : text == "auto" ? default_cuda_cache() : text;
  return true;
}

template <bool Options::*field>
bool parse_switch(std::string_view text, Options& into) {
  into.*field = text == "1";
  return text == "0" || text == "1";
}

constexpr std::string_view bytes_expected = "auto or a whole number of bytes, which may end in K, M or G";

constexpr OptionInfo table[] = {
    {"ACCRUE_THREADS", "threads of a run that names no number of its own (auto: one per processor)",
     "auto or a whole number from 1 to 1024", "auto", parse_threads},
    {"ACCRUE_PARALLEL_ELEMENTS",
     "CPU kernels of fewer elements run on the calling thread alone (auto: 262144)",
     "auto or a whole number above 0", "auto", parse_parallel_elements},
    {"ACCRUE_ISA", "instruction set of the CPU kernels: x86-64-v2, -v3 (AVX2) or -v4 (AVX-512)",
     "auto, v2, v3 or v4", "auto", parse_instruction_set},
    {"ACCRUE_POOL_BYTES",
     "freed memory kept for the next tensors, at most (auto: a quarter of the machine's memory, no more than "
     "4G)",
     bytes_expected, "auto", parse_bytes<&Options::pool_bytes, default_pool_bytes>},
    {"ACCRUE_STREAM_BYTES",
     "CPU kernels that read and write more than this write past the caches (auto: the last-level cache, 16M "
     "for each "
     "processor at most)",
     bytes_expected, "auto", parse_bytes<&Options::stream_bytes, last_level_cache_bytes>},
    {"ACCRUE_MAP_FILES",
     "0: read .npy files into memory instead of mapping them, for files that may shrink while they are in "
     "use",
     "0 or 1", "1", parse_switch<&Options::map_files>},
    {"ACCRUE_CHECK", "1: verify every stage, put canaries around buffer slots and poison inside them",
     "0 or 1", "0", parse_switch<&Options::check>},
    {"ACCRUE_LIBCUDA", "file of the CUDA driver, libcuda.so.1", "auto or a path", "auto",
     parse_file<&Options::libcuda>},
    {"ACCRUE_LIBNVRTC", "file of the CUDA compiler, libnvrtc.so.13 or .12", "auto or a path", "auto",
     parse_file<&Options::libnvrtc>},
    {"ACCRUE_LIBCUBLAS",
     "file of cuBLAS, libcublas.so.13 or .12, which multiplies matrices of floats on a GPU; off: accrue does",
     "auto, off or a path", "auto", parse_file<&Options::libcublas>},
    {"ACCRUE_CUDA_CACHE",
     "folder in which compiled CUDA kernels are kept for other processes (auto: accrue in $XDG_CACHE_HOME or "
     "~/.cache)",
     "auto, off or a path", "auto", parse_cuda_cache},
    {"ACCRUE_CUDA_CACHE_BYTES", "size of that folder, at most (auto: 256M); the longest unused go first",
     bytes_expected, "auto", parse_bytes<&Options::cuda_cache_bytes, default_cuda_cache_bytes>},
    {"ACCRUE_CUDA_SYNC", "1: wait for each CUDA kernel, so that an error names the kernel that made it",
     "0 or 1", "0", parse_switch<&Options::cuda_sync>},
};

const OptionInfo* find_option(std::string_view name) {
  const auto* found = std::find_if(std::begin(table), std::end(table),
                                   [&](const OptionInfo& row) { return row.name == name; });
  return found == std::end(table) ? nullptr : found;
}

void apply(const OptionInfo& row, std::string_view text, Options& into) {
  if (row.parse(text, into)) return;
  throw Error(std::string(row.name) + ": '" + std::string(text) + "' is not valid; expected " +
              std::string(row.expected));
}

Options read_environment() {
  const std::vector<Variable> variables = accrue_variables();
  Options result = parse_options(variables);
  for (const UnknownVariable& unknown : unknown_variables(variables))
    std::fprintf(stderr, "accrue: %s\n", to_string(unknown).c_str());
  return result;
}

}  // namespace

std::span<const OptionInfo> all_options() { return table; }

std::vector<Variable> accrue_variables() {
  std::vector<Variable> found;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view line = *entry;
    if (!line.starts_with(prefix)) continue;
    const std::size_t equals = std::min(line.find('='), line.size());
    found.push_back({line.substr(0, equals), line.substr(std::min(equals + 1, line.size()))});
  }
  return found;
}

std::vector<UnknownVariable> unknown_variables(std::span<const Variable> variables) {
  std::vector<std::string_view> known;
  for (const OptionInfo& row : table) known.push_back(row.name.substr(prefix.size()));
  std::vector<UnknownVariable> unknown;
  for (const Variable& variable : variables) {
    if (find_option(variable.name) != nullptr) continue;
    const auto nearest = nearest_name(variable.name.substr(prefix.size()), known);
    // a view that reaches back over the prefix: `known` are tails of the table's names
    unknown.push_back({variable.name, nearest ? std::string_view(nearest->data() - prefix.size(),
                                                                 nearest->size() + prefix.size())
                                              : std::string_view()});
  }
  return unknown;
}

std::string to_string(const UnknownVariable& unknown) {
  std::string text = "unknown variable " + std::string(unknown.name) + " in the environment";
  if (!unknown.nearest.empty()) text += "; did you mean " + std::string(unknown.nearest) + "?";
  return text;
}

Options parse_options(std::span<const Variable> variables) {
  Options result;
  for (const OptionInfo& row : table) apply(row, row.default_text, result);
  for (const Variable& variable : variables)
    if (const OptionInfo* row = find_option(variable.name); row != nullptr && !variable.text.empty())
      apply(*row, variable.text, result);
  return result;
}

const Options& options() {
  static const Options read = read_environment();
  return read;
}

}  // namespace accrue
