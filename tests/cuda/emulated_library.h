// Emitted text compiled by g++, for the emulator.
#pragma once

#include <string>

#include "tests/cuda/emulator.h"

namespace accrue::test {

class EmulatedLibrary {
 public:
  /// program: all of a translation unit.
  ///   flags   of the compiler, beside those that any kernel needs
  ///   throws  std::runtime_error: it does not compile; the compiler's words are on standard output
  explicit EmulatedLibrary(const std::string& program, const std::string& flags = {});
  ~EmulatedLibrary();
  EmulatedLibrary(const EmulatedLibrary&) = delete;
  EmulatedLibrary& operator=(const EmulatedLibrary&) = delete;

  ///   throws  std::runtime_error: there is none
  EmulatedKernel kernel(const std::string& entry) const;

 private:
  void* handle_ = nullptr;
};

}  // namespace accrue::test
