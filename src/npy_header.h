// The header of an .npy file: a Python dict of literals, read by hand and never evaluated.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "accrue/dtype.hpp"
#include "accrue/shape.hpp"

namespace accrue {

struct NpyHeader {
  DType dtype = DType::float32;
  bool fortran_order = false;  // the first dim is the fastest
  Shape shape;                 // one that a tensor may have (geometry.h)
};

/// Magic, version and the length of the header's text: the first 10 bytes, or 12 from version 2 on.
struct NpyPreamble {
  std::size_t bytes = 0;         // of the preamble itself
  std::size_t header_bytes = 0;  // of the text that follows
};

inline constexpr std::size_t longest_preamble = 12;
inline constexpr std::size_t longest_header = 10000;  // NumPy's limit too

/// Reads the preamble from a file's first bytes (the first 12, or all where there are fewer).
///   throws  Error without the file's name: truncated, not .npy, an unknown version, a header beyond the
///   limit
NpyPreamble parse_npy_preamble(std::string_view first_bytes);

/// Reads the dict: the keys descr, fortran_order and shape, once each and no other.
///
/// descr: '|b1', '|i1', '|u1', '<i2' .. '<i8', '<u2' .. '<u8', '<f2', '<f4', '<f8' ('=' for '<' and no order
/// at all count as little-endian, as NumPy takes them on such machines). '<V2' is bfloat16: a type that NumPy
/// lacks, whose usual extension (ml_dtypes) has NumPy write it thus; plain NumPy reads it as two void bytes.
/// '|V2' stays refused.
///   throws  Error without the file's name
NpyHeader parse_npy_header(std::string_view text);

/// Preamble (version 1.0) and header of a row-major tensor; its size is a multiple of 64, its last byte '\n'.
std::string npy_header_text(DType dtype, const Shape& shape);

}  // namespace accrue
