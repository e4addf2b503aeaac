// Where results go.
#pragma once

#include <string>
#include <string_view>

#include "accrue/tensor.hpp"

namespace accrue::cli {

/// Writes a file, whole or not at all: to a temporary name beside it first.
///   throws  Error: it cannot be written
void write_file(const std::string& path, std::string_view text);

/// Writes to standard output.
///   throws  Error: it cannot be written (a full disk, a closed pipe)
void write_result(std::string_view text);

/// "ids: int64[2, 8]" and the elements as NumPy prints them.
std::string tensor_text(std::string_view name, const Tensor& t);

}  // namespace accrue::cli
