// The fake libnvrtc: g++ compiles a kernel's text into a shared object, for the emulator.
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>

#include "tests/cuda/fake/controls.h"
#include "tests/cuda/fake/image.h"
#include "tests/support/temporary_folder.h"

#define FAKE_EXPORT extern "C" __attribute__((visibility("default")))

using namespace accrue::fake;

namespace {

constexpr int success = 0, refused = 6;
constexpr int architectures[] = {75, 80, 90, 100};

std::mutex mutex;
NvrtcControls controls;  // guarded, as far as this file goes

struct Program {
  std::string text, image, log;
};

// Symbols that tell the driver how large each kernel's parameters are.
std::string parameter_sizes(const std::string& text) {
  std::string code =
      "template <class Parameters>\n"
      "constexpr unsigned long bytes_of_parameters(void (*)(const Parameters&)) { return sizeof(Parameters); "
      "}\n"
      "using namespace accrue::device;\n";
  for (std::size_t at = 0; (at = text.find("__global__", at)) != std::string::npos;) {
    at = text.find("(const ", at);  // the one parameter
    const std::size_t begin = text.rfind(' ', at) + 1;
    const std::string name = text.substr(begin, at - begin);
    code += "extern \"C\" const unsigned long " + parameter_bytes_prefix + name + ";\nconst unsigned long " +
            parameter_bytes_prefix + name + " = bytes_of_parameters(" + name + ");\n";
  }
  return code;
}

std::string image_of(const std::string& object) {
  const std::uint64_t bytes = object.size();
  std::string image(image_magic);
  image.append(reinterpret_cast<const char*>(&bytes), sizeof bytes);
  return image + object;
}

// The bug that FAKE_NVRTC_PLANT asks for.
std::string planted(std::string text) {
  const char* const plant = std::getenv("FAKE_NVRTC_PLANT");
  if (plant == nullptr) return text;
  const std::string wanted(plant), from = wanted.substr(0, wanted.find('=')),
                                   to = wanted.substr(from.size() + 1);
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

int compile(Program& program) {
  const accrue::test::TemporaryFolder folder;
  std::ofstream(folder.file("kernel.cpp")) << planted(program.text) << "\n" << parameter_sizes(program.text);
  const std::string command = FAKE_NVRTC_COMPILE " -o " + folder.file("kernel.so") + " " +
                              folder.file("kernel.cpp") + " " FAKE_LIBCUDA " >" + folder.file("log") +
                              " 2>&1";
  const int status = std::system(command.c_str());
  program.log = accrue::test::read_bytes(folder.file("log"));
  if (status != 0) return refused;
  program.image = image_of(accrue::test::read_bytes(folder.file("kernel.so")));
  program.log += "ptxas info    : Used 32 registers\n";
  return success;
}

int size_of(const std::string& text, std::size_t* bytes) {
  *bytes = text.size();
  return success;
}
int copy(const std::string& text, char* to) {
  std::memcpy(to, text.data(), text.size());
  return success;
}

}  // namespace

FAKE_EXPORT NvrtcControls* fake_nvrtc_controls() { return &controls; }

FAKE_EXPORT const char* nvrtcGetErrorString(int) { return "NVRTC_ERROR_COMPILATION"; }
FAKE_EXPORT int nvrtcVersion(int* major, int* minor) {
  *major = 13;
  *minor = controls.minor;
  return success;
}
FAKE_EXPORT int nvrtcGetNumSupportedArchs(int* count) {
  *count = static_cast<int>(std::size(architectures));
  return success;
}
FAKE_EXPORT int nvrtcGetSupportedArchs(int* list) {
  std::memcpy(list, architectures, sizeof architectures);
  return success;
}
FAKE_EXPORT int nvrtcCreateProgram(Program** program, const char* text, const char*, int, const char* const*,
                                   const char* const*) {
  *program = new Program{text, {}, {}};
  return success;
}
FAKE_EXPORT int nvrtcDestroyProgram(Program** program) {
  delete *program;
  *program = nullptr;
  return success;
}
FAKE_EXPORT int nvrtcCompileProgram(Program* program, int, const char* const*) {
  {
    const std::lock_guard lock(mutex);
    ++controls.compilations;
    if (controls.refuses) {
      program->log = "k0.cu(1): error: refused";
      return refused;
    }
  }
  return compile(*program);
}
FAKE_EXPORT int nvrtcGetCUBINSize(Program* program, std::size_t* bytes) {
  return size_of(program->image, bytes);
}
FAKE_EXPORT int nvrtcGetCUBIN(Program* program, char* to) { return copy(program->image, to); }
FAKE_EXPORT int nvrtcGetPTXSize(Program* program, std::size_t* bytes) {
  return size_of(program->image, bytes);
}
FAKE_EXPORT int nvrtcGetPTX(Program* program, char* to) { return copy(program->image, to); }
FAKE_EXPORT int nvrtcGetProgramLogSize(Program* program, std::size_t* bytes) {
  return size_of(program->log, bytes);
}
FAKE_EXPORT int nvrtcGetProgramLog(Program* program, char* to) { return copy(program->log, to); }
