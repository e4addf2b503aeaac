// Tensors as arrays: apart from the comparator, which needs no tensors and so no backend.
#include <cstring>

#include "tests/support/compare.h"

namespace accrue::test {

Array to_array(const Tensor& t) {
  const Tensor dense = t.contiguous();
  Array a(t.dtype(), t.shape());
  if (!a.bytes.empty()) std::memcpy(a.bytes.data(), dense.data(), a.bytes.size());
  return a;
}

Tensor to_tensor(const Array& a) {
  Tensor t = Tensor::empty(a.dtype, a.shape);
  if (!a.bytes.empty()) std::memcpy(t.data(), a.bytes.data(), a.bytes.size());
  return t;
}

}  // namespace accrue::test
