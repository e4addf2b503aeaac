#include "src/tensor_copy.h"

#include "src/cuda/transfer.h"
#include "src/overlap.h"
#include "src/strided_copy.h"

namespace accrue {
namespace {

bool on_host(const Tensor& t) { return t.device() == cpu(); }

// A GPU's tensor on the host, with its strides: all bytes from its first to its last are copied.
Tensor as_it_lies(const Tensor& t) {
  const ByteRange range = byte_range(t);
  const auto owner =
      std::make_shared<Tensor>(Tensor::empty(uint8, {static_cast<std::int64_t>(range.end - range.begin)}));
  auto* const bytes = static_cast<std::byte*>(owner->data());
  gpu::copy_out(t.device().index, bytes, reinterpret_cast<const void*>(range.begin), owner->bytes());
  const std::size_t first = reinterpret_cast<std::uintptr_t>(t.data()) - range.begin;
  return Tensor::adopt(owner, bytes + first, t.dtype(), t.shape(), t.strides(), true);
}

}  // namespace

void copy_elements(const Tensor& from, Tensor to) {
  if (from.elements() == 0) return;
  if (on_host(from) && on_host(to)) {
    copy_to_row_major(from.data(), from.shape(), from.strides(), byte_width(from.dtype()), to.data());
  } else if (!from.is_contiguous()) {
    copy_elements(on_host(from) ? from.contiguous() : as_it_lies(from), std::move(to));
  } else if (on_host(from)) {
    gpu::copy_in(to.device().index, to.data(), from.data(), from.bytes());
  } else if (on_host(to)) {
    gpu::copy_out(from.device().index, to.data(), from.data(), from.bytes());
  } else if (from.device() == to.device()) {
    gpu::copy_on(from.device().index, to.data(), from.data(), from.bytes());
  } else {
    copy_elements(from.to(cpu()), std::move(to));
  }
}

}  // namespace accrue
