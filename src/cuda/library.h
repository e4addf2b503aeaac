// A shared library that may be there at run time or not.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "accrue/error.hpp"

namespace accrue::gpu {

/// Where a library is looked for.
struct LibrarySearch {
  std::string what;                  // "the CUDA driver"
  std::string variable;              // that names a file instead: "ACCRUE_LIBCUDA"
  std::string override_file;         // what the variable says; "": nothing
  std::vector<std::string> names;    // in the order of preference
  std::vector<std::string> folders;  // tried after the loader's own
};

/// An open library. It stays open until the process ends: drivers have threads and exit handlers of their
/// own.
class Library {
 public:
  /// Tries each name as the loader finds it, then in each folder; the override alone where there is one.
  ///   throws  Unavailable: every place that was tried, why a file that is there could not be opened, and
  ///           the variable
  explicit Library(const LibrarySearch& search);

  /// The file that was opened.
  const std::string& file() const { return file_; }

  /// Sets `function` to the library's function of this name.
  ///   throws  Unavailable: "FILE has no NAME; NEEDED is needed"
  template <class Function>
  void find(Function*& function, const char* name, const char* needed) const {
    function = reinterpret_cast<Function*>(address_of(name, needed));
  }

 private:
  void* address_of(const char* name, const char* needed) const;

  void* handle_ = nullptr;
  std::string file_;
};

/// Where CUDA's toolkit usually keeps its libraries.
std::vector<std::string> toolkit_folders();

/// "CUDA unavailable: WHY"
class Unavailable : public Error {
 public:
  explicit Unavailable(const std::string& why) : Error("CUDA unavailable: " + why), why_(why) {}
  const std::string& why() const { return why_; }

 private:
  std::string why_;
};
[[noreturn]] void unavailable(const std::string& why);

}  // namespace accrue::gpu
