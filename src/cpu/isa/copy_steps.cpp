#include "src/cpu/isa/move_steps.h"
#include "src/cpu/isa/vectors.h"

namespace accrue::ACCRUE_ISA_NS {
namespace {

template <class U>
void copy_run(U* dst, Index dst_stride, const U* src, Index src_stride, Index count, bool streamed) {
  if (dst_stride == 1 && src_stride == 1) {
    const Index bytes = count * static_cast<Index>(sizeof(U));
    if (streamed)
      stream_bytes(dst, src, bytes);
    else
      __builtin_memcpy(dst, src, static_cast<u64>(bytes));
  } else if (dst_stride == 1 && src_stride == -1) {
    ACCRUE_INDEPENDENT
    for (Index i = 0; i < count; ++i) dst[i] = src[-i];
  } else if (dst_stride == -1 && src_stride == 1) {
    ACCRUE_INDEPENDENT
    for (Index i = 0; i < count; ++i) dst[-i] = src[i];
  } else if (dst_stride == 1) {
    ACCRUE_INDEPENDENT
    for (Index i = 0; i < count; ++i) dst[i] = src[i * src_stride];
  } else {
    ACCRUE_INDEPENDENT
    for (Index i = 0; i < count; ++i) dst[i * dst_stride] = src[i * src_stride];
  }
}

/// dst[i * dst_stride + j] = src[j * src_stride + i] for i < rows, j < columns, in squares that fill a
/// vector.
template <class U>
void transpose_copy(U* dst, Index dst_stride, const U* src, Index src_stride, Index rows, Index columns) {
  constexpr int side = chunk_bytes / static_cast<int>(sizeof(U));
  using V = Vec<U, side>;
  const Index whole_rows = rows / side * side, whole_columns = columns / side * side;
  for (Index i = 0; i < whole_rows; i += side)
    for (Index j = 0; j < whole_columns; j += side) {
      V v[side];
      for (int k = 0; k < side; ++k) v[k] = load_vector<V>(src + (j + k) * src_stride + i);
      transpose<side, 1, side>(v);
      for (int k = 0; k < side; ++k) store_vector(dst + (i + k) * dst_stride + j, v[k]);
    }
  for (Index j = 0; j < columns; ++j)
    for (Index i = j < whole_columns ? whole_rows : 0; i < rows; ++i)
      dst[i * dst_stride + j] = src[j * src_stride + i];
}

Index magnitude(Index x) { return x < 0 ? -x : x; }

template <class U>
void copy_step(void* to, Stride2 d, const void* from, Stride2 s, Extent2 extent, bool streamed) {
  U* dst = static_cast<U*>(to);
  const U* src = static_cast<const U*>(from);
  Index rows = extent.rows, columns = extent.columns;
  if (columns == 1 || (d.row == columns * d.column && s.row == columns * s.column)) {  // one run
    if (columns == 1) d.column = d.row, s.column = s.row;
    copy_run(dst, d.column, src, s.column, rows * columns, streamed);
    return finish_streaming(streamed);
  }
  if (d.column == 1 && s.row == 1) return transpose_copy(dst, d.row, src, s.column, rows, columns);
  if (d.row == 1 && s.column == 1) return transpose_copy(dst, d.column, src, s.row, columns, rows);
  // Along the shorter steps of both sides: a transposed block is read along its lines.
  if (magnitude(s.row) + magnitude(d.row) < magnitude(s.column) + magnitude(d.column)) {
    const Stride2 old_d = d, old_s = s;
    d = {old_d.column, old_d.row};
    s = {old_s.column, old_s.row};
    rows = extent.columns;
    columns = extent.rows;
  }
  for (Index i = 0; i < rows; ++i)
    copy_run(dst + i * d.row, d.column, src + i * s.row, s.column, columns, streamed);
  finish_streaming(streamed);
}

template <class U>
void fill_step(void* dst, Bits bits, Index count) {
  U* out = static_cast<U*>(dst);
  const U value = static_cast<U>(bits);
  for (Index i = 0; i < count; ++i) out[i] = value;
}

template <class S>
void iota_step(void* dst, Index row_stride, const Iota& iota, Extent2 extent) {
  constexpr bool integers = !Traits<compute_t<S>>::floating && !same_type<S, bool>::value;
  S* out = static_cast<S*>(dst);
  for (Index row = 0; row < extent.rows; ++row) {
    const Index first = iota.first + row * iota.index.row;
    for (Index column = 0; column < extent.columns; ++column) {
      const Index i = first + column * iota.index.column;
      S& element = out[row * row_stride + column];
      if constexpr (integers)
        element = Store<S>::from(static_cast<i64>(iota.start + static_cast<u64>(i) * iota.step));
      else
        element = Store<S>::from(bit_copy<double>(iota.start) +
                                 static_cast<double>(i) * bit_copy<double>(iota.step));
    }
  }
}

}  // namespace

constinit const CopyStep copy_steps[widths] = {copy_step<u8>, copy_step<u16>, copy_step<u32>, copy_step<u64>};
constinit const FillStep fill_steps[widths] = {fill_step<u8>, fill_step<u16>, fill_step<u32>, fill_step<u64>};
constinit const IotaStep iota_steps[dtypes] = {
    iota_step<bool>, iota_step<i8>,    iota_step<i16>,   iota_step<i32>, iota_step<i64>,
    iota_step<u8>,   iota_step<u16>,   iota_step<u32>,   iota_step<u64>, iota_step<f16>,
    iota_step<bf16>, iota_step<float>, iota_step<double>};

}  // namespace accrue::ACCRUE_ISA_NS
