// NumPy's .npy and .npz files.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "accrue/tensor.hpp"

namespace accrue {

/// Reads an .npy file (versions 1.0, 2.0, 3.0; little-endian; C or Fortran order), or a member of an .npz as
/// "file.npz:member". The file is memory-mapped, read-only, where nothing has to be changed; a bool is
/// copied, so that every byte but 0 reads as true.
///   throws  Error: the file is missing or malformed; the message names the file and what is wrong with it.
///           Nothing outside the file is read, and nothing is allocated on its header's word alone.
ACCRUE_API Tensor load_npy(const std::string& path);

/// Writes version 1.0, C order, the data at a multiple of 64. The file appears whole or not at all.
///   throws  Error: the file cannot be written
ACCRUE_API void save_npy(const std::string& path, const Tensor& tensor);

/// Writes an uncompressed .npz with these members, whole or not at all.
ACCRUE_API void save_npz(const std::string& path, const std::vector<std::pair<std::string, Tensor>>& members);

}  // namespace accrue
