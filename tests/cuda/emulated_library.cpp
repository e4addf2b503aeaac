#include "tests/cuda/emulated_library.h"

#include <dlfcn.h>

#include <cstdlib>
#include <stdexcept>

#include "tests/support/temporary_folder.h"

namespace accrue::test {

EmulatedLibrary::EmulatedLibrary(const std::string& program, const std::string& flags) {
  const TemporaryFolder folder;
  const std::string source = folder.file("kernels.cpp"), library = folder.file("kernels.so");
  write_bytes(source, program);
  unsetenv("LD_PRELOAD");  // this process was perhaps loaded with what the compiler does not run under
  const std::string command = ACCRUE_CXX_COMPILER " " ACCRUE_EMULATED_FLAGS " " + flags +
                              " -std=c++17 -fPIC -shared -w -fmax-errors=3 -ffp-contract=off"
                              " -fno-strict-aliasing -include " ACCRUE_SOURCE_DIR
                              "/tests/cuda/emulated_device.h -o " +
                              library + " " + source + " 2>&1";
  if (std::system(command.c_str()) != 0) throw std::runtime_error("the kernels do not compile: " + command);
  handle_ = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle_ == nullptr) throw std::runtime_error(dlerror());
}

EmulatedLibrary::~EmulatedLibrary() {
  if (handle_ != nullptr) dlclose(handle_);
}

EmulatedKernel EmulatedLibrary::kernel(const std::string& entry) const {
  const auto found = reinterpret_cast<EmulatedKernel>(dlsym(handle_, entry.c_str()));
  if (found == nullptr) throw std::runtime_error("no kernel " + entry);
  return found;
}

}  // namespace accrue::test
