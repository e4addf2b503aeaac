// NVIDIA's run-time compiler: libnvrtc, opened at run time.
#pragma once

#include <string>
#include <vector>

#include "src/cuda/library.h"

namespace accrue::gpu {

/// What a compilation gave: code for one architecture (or PTX, where the compiler is older than the GPU), and
/// what the assembler said of registers, spills and shared memory.
struct Image {
  std::string bytes;
  std::string log;
};

/// The sum of the numbers in front of this text in a log: " bytes spill stores" of a thread, " registers".
int logged(const std::string& log, const std::string& what);

class Nvrtc {
 public:
  /// throws  Error: "CUDA unavailable: ..."
  explicit Nvrtc(const LibrarySearch& search);

  const std::string& file() const { return library_.file(); }
  int major() const { return major_; }
  int minor() const { return minor_; }

  /// What to compile for on a GPU of compute capability sm (90 for 9.0): "sm_90", or the newest "compute_NN"
  /// below it, whose PTX the driver translates.
  ///   throws  Error: the compiler knows nothing that runs there
  std::string architecture(int sm) const;

  /// The options beside the architecture, all of which the bits depend on.
  static const std::vector<std::string>& options();

  /// Compiles a source; any number of threads may at once. Where the threads' registers are too few for a
  /// kernel, it is compiled for fewer threads on a multiprocessor, which have more.
  ///   name    of the file in messages
  ///   throws  InternalError, with the compiler's log and the text: it does not compile
  Image compile(const std::string& text, const std::string& name, const std::string& architecture) const;

 private:
  using Result = int;
  using Program = struct ProgramObject*;
  class OpenProgram;

  void find_functions();
  Image compile_with(std::vector<std::string> options, const std::string& text, const std::string& name,
                     const std::string& architecture) const;
  std::string text(Result) const;

  Library library_;
  int major_ = 0, minor_ = 0;
  std::vector<int> architectures_;  // ascending

  const char* (*error_string_)(Result);
  Result (*version_)(int* major, int* minor);
  Result (*architecture_count_)(int*);
  Result (*list_architectures_)(int*);
  Result (*create_)(Program*, const char* text, const char* name, int headers,
                    const char* const* header_texts, const char* const* header_names);
  Result (*destroy_)(Program*);
  Result (*compile_)(Program, int options, const char* const* option_texts);
  Result (*cubin_size_)(Program, std::size_t*);
  Result (*cubin_)(Program, char*);
  Result (*ptx_size_)(Program, std::size_t*);
  Result (*ptx_)(Program, char*);
  Result (*log_size_)(Program, std::size_t*);
  Result (*log_)(Program, char*);
};

/// The process's compiler, opened at the first call.
///   throws  Error: "CUDA unavailable: ..." (at every call, until one succeeds)
const Nvrtc& nvrtc();

}  // namespace accrue::gpu
