// Every ACCRUE_* environment variable: one table, read once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace accrue {

enum class InstructionSet : std::uint8_t { automatic, v2, v3, v4 };  // x86-64-v2, -v3 (AVX2), -v4 (AVX-512)

/// What the variables say. A new variable is a field here and a row of the table in options.cpp.
struct Options {
  std::size_t pool_bytes = 0;          // freed memory that the pool keeps, at most
  std::size_t stream_bytes = 0;        // CPU kernels that move more write past the caches
  int threads = 0;                     // 0: as many as there are processors
  std::int64_t parallel_elements = 0;  // CPU kernels of fewer run on the calling thread
  InstructionSet instruction_set = InstructionSet::automatic;
  bool map_files = true;             // .npy files are mapped, not read
  bool check = false;                // canaries, poison, verification after each stage
  std::string libcuda;               // the driver's file; empty: looked for
  std::string libnvrtc;              // the compiler's, likewise
  std::string libcublas;             // cuBLAS's, likewise; "off": it is not used
  std::string cuda_cache;            // folder of compiled kernels; empty: none is kept on disk
  std::size_t cuda_cache_bytes = 0;  // that folder's size, at most
  bool cuda_sync = false;            // wait for each kernel, so that an error names its own
};

struct OptionInfo {
  std::string_view name, meaning, expected, default_text;
  bool (*parse)(std::string_view text, Options& into);  // false: the text is not as `expected` says
};

/// A variable of the environment.
struct Variable {
  std::string_view name, text;
};

/// An ACCRUE_* variable that the table does not hold, and the name that was probably meant (or "").
struct UnknownVariable {
  std::string_view name, nearest;
};

/// The table, in the order in which `accrue info` prints it.
std::span<const OptionInfo> all_options();

/// The environment's variables whose names begin with ACCRUE_.
std::vector<Variable> accrue_variables();

/// Those of `variables` that the table does not hold, in their order.
std::vector<UnknownVariable> unknown_variables(std::span<const Variable> variables);

/// "unknown variable ACCRUE_THREAD in the environment; did you mean ACCRUE_THREADS?"
std::string to_string(const UnknownVariable& unknown);

/// The options that these variables give; an empty text counts as not set, unknown names are passed over.
///   throws  Error: a value is not what the table expects
Options parse_options(std::span<const Variable> variables);

/// The process's options, read from the environment at the first call. Unknown names are then reported once
/// on standard error.
///   throws  Error: a value is not what the table expects (at every call, until one succeeds)
const Options& options();

}  // namespace accrue
