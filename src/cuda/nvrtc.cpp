#include "src/cuda/nvrtc.h"

#include <algorithm>
#include <cstdlib>

#include "accrue/error.hpp"
#include "src/options.h"

namespace accrue::gpu {
namespace {

LibrarySearch nvrtc_search() {
  return {"the CUDA compiler NVRTC",
          "ACCRUE_LIBNVRTC",
          options().libnvrtc,
          {"libnvrtc.so.13", "libnvrtc.so.12"},
          toolkit_folders()};
}

bool is_binary(const std::string& architecture) { return architecture.starts_with("sm_"); }

}  // namespace

/// A program of the compiler's, destroyed with the object.
class Nvrtc::OpenProgram {
 public:
  OpenProgram(const Nvrtc& nvrtc, const std::string& text, const std::string& name) : nvrtc_(nvrtc) {
    require(nvrtc_.create_(&program_, text.c_str(), name.c_str(), 0, nullptr, nullptr), "nvrtcCreateProgram");
  }
  ~OpenProgram() { nvrtc_.destroy_(&program_); }
  OpenProgram(const OpenProgram&) = delete;
  OpenProgram& operator=(const OpenProgram&) = delete;

  bool compile(const std::vector<std::string>& options) {
    std::vector<const char*> texts;
    for (const std::string& option : options) texts.push_back(option.c_str());
    return nvrtc_.compile_(program_, static_cast<int>(texts.size()), texts.data()) == 0;
  }

  std::string log() const { return result(nvrtc_.log_size_, nvrtc_.log_, "nvrtcGetProgramLog"); }
  std::string cubin() const { return result(nvrtc_.cubin_size_, nvrtc_.cubin_, "nvrtcGetCUBIN"); }
  std::string ptx() const { return result(nvrtc_.ptx_size_, nvrtc_.ptx_, "nvrtcGetPTX"); }

 private:
  void require(Result result, const char* function) const {
    if (result != 0) throw Error(std::string("CUDA: ") + function + ": " + nvrtc_.text(result));
  }

  std::string result(Result (*size_of)(Program, std::size_t*), Result (*get)(Program, char*),
                     const char* function) const {
    std::size_t size = 0;
    require(size_of(program_, &size), function);
    std::string bytes(size, '\0');
    require(get(program_, bytes.data()), function);
    return bytes;
  }

  const Nvrtc& nvrtc_;
  Program program_ = nullptr;
};

Nvrtc::Nvrtc(const LibrarySearch& search) : library_(search) {
  find_functions();
  int count = 0;
  if (version_(&major_, &minor_) != 0 || architecture_count_(&count) != 0)
    unavailable(file() + " does not tell its version");
  architectures_.resize(static_cast<std::size_t>(count));
  if (list_architectures_(architectures_.data()) != 0)
    unavailable(file() + " does not tell its architectures");
  std::sort(architectures_.begin(), architectures_.end());
}

void Nvrtc::find_functions() {
  const auto find = [this](auto& function, const char* name) {
    library_.find(function, name, "NVRTC 12.0 or newer");
  };
  find(error_string_, "nvrtcGetErrorString");
  find(version_, "nvrtcVersion");
  find(architecture_count_, "nvrtcGetNumSupportedArchs");
  find(list_architectures_, "nvrtcGetSupportedArchs");
  find(create_, "nvrtcCreateProgram");
  find(destroy_, "nvrtcDestroyProgram");
  find(compile_, "nvrtcCompileProgram");
  find(cubin_size_, "nvrtcGetCUBINSize");
  find(cubin_, "nvrtcGetCUBIN");
  find(ptx_size_, "nvrtcGetPTXSize");
  find(ptx_, "nvrtcGetPTX");
  find(log_size_, "nvrtcGetProgramLogSize");
  find(log_, "nvrtcGetProgramLog");
}

std::string Nvrtc::text(Result result) const { return error_string_(result); }

std::string Nvrtc::architecture(int sm) const {
  const auto above = std::upper_bound(architectures_.begin(), architectures_.end(), sm);
  if (above == architectures_.begin())
    throw Error("CUDA: " + file() + " (" + std::to_string(major_) + "." + std::to_string(minor_) +
                ") compiles for sm_" + std::to_string(architectures_.empty() ? 0 : architectures_.front()) +
                " and newer; this GPU is sm_" + std::to_string(sm) + ", which needs an older NVRTC");
  const int known = *std::prev(above);
  return (known == sm ? "sm_" : "compute_") + std::to_string(known);
}

const std::vector<std::string>& Nvrtc::options() {
  static const std::vector<std::string> texts = {"--std=c++17", "--fmad=false", "--ptxas-options=-v"};
  return texts;
}

int logged(const std::string& log, const std::string& what) {
  int sum = 0;
  for (std::size_t at = log.find(what); at != std::string::npos; at = log.find(what, at + 1))
    sum += std::atoi(&log[log.find_last_not_of("0123456789", at - 1) + 1]);
  return sum;
}

Image Nvrtc::compile(const std::string& text, const std::string& name,
                     const std::string& architecture) const {
  constexpr const char* spilled = " bytes spill stores";
  Image image = compile_with({}, text, name, architecture);
  for (const char* fewer : {"512", "256"}) {
    if (logged(image.log, spilled) == 0) break;
    Image other =
        compile_with({std::string("--define-macro=ACCRUE_THREADS=") + fewer}, text, name, architecture);
    if (logged(other.log, spilled) < logged(image.log, spilled)) image = std::move(other);
  }
  return image;
}

Image Nvrtc::compile_with(std::vector<std::string> all, const std::string& text, const std::string& name,
                          const std::string& architecture) const {
  OpenProgram program(*this, text, name);
  all.insert(all.end(), options().begin(), options().end());
  all.push_back("--gpu-architecture=" + architecture);
  if (!program.compile(all))
    throw InternalError("a kernel does not compile for " + architecture + "; the fault is accrue's own\n" +
                        program.log() + "\n" + text);
  return {is_binary(architecture) ? program.cubin() : program.ptx(), program.log()};
}

const Nvrtc& nvrtc() {
  static const Nvrtc opened(nvrtc_search());
  return opened;
}

}  // namespace accrue::gpu
