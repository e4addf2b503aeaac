#include "src/cuda/cublas.h"

#include "src/options.h"

namespace accrue::gpu {

LibrarySearch cublas_search() {
  return {"cuBLAS",
          "ACCRUE_LIBCUBLAS",
          options().libcublas,
          {"libcublas.so.13", "libcublas.so.12"},
          toolkit_folders()};
}

Cublas::Cublas(const LibrarySearch& search) : library(search) {
  const auto find = [this](auto& function, const char* name) {
    library.find(function, name, "cuBLAS 12.0 or newer");
  };
  find(property, "cublasGetProperty");
  find(status_name, "cublasGetStatusName");
  find(status_string, "cublasGetStatusString");
  find(create, "cublasCreate_v2");
  find(destroy, "cublasDestroy_v2");
  find(set_stream, "cublasSetStream_v2");
  find(set_workspace, "cublasSetWorkspace_v2");
  find(set_math_mode, "cublasSetMathMode");
  find(multiply, "cublasGemmStridedBatchedEx_64");
  if (property(blas_major_property, &major) != blas_success ||
      property(blas_minor_property, &minor) != blas_success)
    unavailable(library.file() + " does not tell its version");
}

std::string Cublas::text(BlasStatus status) const {
  return std::string(status_string(status)) + " (" + status_name(status) + ")";
}

CublasFinding look_for_cublas(const LibrarySearch& search) {
  try {
    return {std::make_unique<const Cublas>(search), {}};
  } catch (const Unavailable& e) {
    if (!search.override_file.empty()) throw;
    return {nullptr, e.why()};
  }
}

const CublasFinding& find_cublas() {
  static const CublasFinding found = options().libcublas == "off"
                                         ? CublasFinding{nullptr, "ACCRUE_LIBCUBLAS turns it off"}
                                         : look_for_cublas(cublas_search());
  return found;
}

}  // namespace accrue::gpu
