// Compiled kernels on disk, for the next process.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "src/cuda/nvrtc.h"

namespace accrue::gpu {

/// A folder of compiled kernels, one file each, which any number of processes share. An entry holds its whole
/// key, its lengths and a checksum: one that is cut, changed, or made by another version is no entry. Nothing
/// that goes wrong with the folder is an error.
class DiskCache {
 public:
  /// folder: made when the first entry is; "": nothing is ever kept or found
  DiskCache(std::string folder, std::size_t most_bytes)
      : folder_(std::move(folder)), most_bytes_(most_bytes) {}

  /// The entry of this key, which counts as used now.
  std::optional<Image> find(const std::string& key) const;

  /// Keeps an entry: written beside its place and renamed, so that nobody sees a part of it. Then removes
  /// those longest unused, until the entries take no more than most_bytes.
  void keep(const std::string& key, const Image& image) const;

 private:
  std::string file_of(const std::string& key) const;
  void trim() const;

  std::string folder_;
  std::size_t most_bytes_;
};

}  // namespace accrue::gpu
