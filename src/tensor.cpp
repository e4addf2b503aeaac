#include "accrue/tensor.hpp"

#include <cstring>
#include <limits>

#include "accrue/error.hpp"
#include "src/cuda/transfer.h"
#include "src/geometry.h"
#include "src/storage.h"
#include "src/tensor_copy.h"

namespace accrue {
namespace {

[[noreturn]] void fail(const char* op, const std::string& what) {
  throw Error(std::string(op) + ": " + what);
}

// The elements of a shape that a tensor may have.
std::int64_t require_valid(const char* op, DType dtype, const Shape& shape) {
  const std::string fault = shape_fault(dtype, shape);
  if (!fault.empty()) fail(op, fault);
  return elements(shape);
}

// A strided tensor's elements must lie within 2^61 bytes on either side of the first.
void require_strides(const char* op, DType dtype, const Shape& shape, const Strides& strides) {
  if (strides.size() != shape.size())
    fail(op, "strides " + to_string(strides) + " for " + type_text(dtype, shape) +
                 "; one for each dim is needed");
  constexpr std::int64_t limit = std::int64_t{1} << 61;
  const auto width = static_cast<std::int64_t>(byte_width(dtype));
  std::int64_t reach = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] < 2) continue;
    std::int64_t bytes = 0;
    const bool lowest = strides[i] == std::numeric_limits<std::int64_t>::min();
    if (lowest || __builtin_mul_overflow(std::abs(strides[i]), (shape[i] - 1), &bytes) ||
        __builtin_mul_overflow(bytes, width, &bytes) || bytes > limit - reach)
      fail(op,
           "strides " + to_string(strides) + " of " + type_text(dtype, shape) + " reach beyond 2^61 bytes");
    reach += bytes;
  }
}

void require_address(const char* op, const void* data, DType dtype, const Shape& shape) {
  if (elements(shape) == 0) return;
  if (data == nullptr)
    fail(op, "null data for " + type_text(dtype, shape) + "; the address of its first element is needed");
  const std::size_t width = byte_width(dtype);
  const std::size_t beyond = reinterpret_cast<std::uintptr_t>(data) % width;
  if (beyond != 0)
    fail(op, "data lie " + std::to_string(beyond) + " bytes beyond a multiple of " + std::to_string(width) +
                 "; " + std::string(to_string(dtype)) + " needs an address that " + std::to_string(width) +
                 " divides");
}

}  // namespace

std::string to_string(Device device) {
  switch (device.kind) {
    case Device::Kind::cpu: return "cpu";
    case Device::Kind::reference: return "reference";
    case Device::Kind::cuda: break;
  }
  return "cuda:" + std::to_string(device.index);
}

Tensor Tensor::empty(DType dtype, const Shape& shape, Device device) {
  Tensor t;
  t.elements_ = require_valid("Tensor::empty", dtype, shape);
  t.dtype_ = dtype;
  t.shape_ = shape;
  t.strides_ = contiguous_strides(shape);
  if (device.kind == Device::Kind::cuda) {
    const auto memory = gpu::allocate(device.index, t.bytes());
    t.data_ = memory->data();
    t.storage_ = Storage::foreign(memory, device);
  } else {
    t.storage_ = Storage::pooled(t.bytes());
    t.data_ = t.storage_->block();
  }
  return t;
}

Tensor Tensor::zeros(DType dtype, const Shape& shape, Device device) {
  Tensor t = empty(dtype, shape, device);
  if (t.device() == cpu())
    std::memset(t.data_, 0, t.bytes());
  else
    gpu::clear(device.index, t.data_, t.bytes());
  return t;
}

Tensor Tensor::with_room_for(std::size_t values, DType dtype, const Shape& shape) {
  const std::int64_t wanted = require_valid("Tensor::copy_of", dtype, shape);
  if (values != static_cast<std::size_t>(wanted))
    fail("Tensor::copy_of", std::to_string(values) + " values for " + type_text(dtype, shape) +
                                "; it takes " + std::to_string(wanted));
  return empty(dtype, shape);
}

Tensor Tensor::borrow(void* data, DType dtype, const Shape& shape) {
  return borrow(data, dtype, shape, contiguous_strides(shape));
}

Tensor Tensor::borrow(void* data, DType dtype, const Shape& shape, const Strides& strides, Device device) {
  return adopt(nullptr, data, dtype, shape, strides, false, device);
}

Tensor Tensor::borrow(const void* data, DType dtype, const Shape& shape) {
  return borrow(data, dtype, shape, contiguous_strides(shape));
}

Tensor Tensor::borrow(const void* data, DType dtype, const Shape& shape, const Strides& strides) {
  return adopt(nullptr, const_cast<void*>(data), dtype, shape, strides, true);
}

Tensor Tensor::adopt(std::shared_ptr<void> owner, void* data, DType dtype, const Shape& shape,
                     const Strides& strides, bool read_only, Device device) {
  const char* op = owner ? "Tensor::adopt" : "Tensor::borrow";
  Tensor t;
  t.elements_ = require_valid(op, dtype, shape);
  require_strides(op, dtype, shape, strides);
  require_address(op, data, dtype, shape);
  t.dtype_ = dtype;
  t.shape_ = shape;
  t.strides_ = strides;
  t.storage_ = Storage::foreign(std::move(owner), device);
  t.data_ = data;
  t.read_only_ = read_only;
  return t;
}

Device Tensor::device() const { return storage_ ? storage_->device() : cpu(); }

bool Tensor::is_contiguous() const {
  if (elements_ == 0) return true;
  std::int64_t expected = 1;
  for (std::size_t i = shape_.size(); i-- > 0;) {
    if (shape_[i] != 1 && strides_[i] != expected) return false;
    expected *= shape_[i];
  }
  return true;
}

Tensor Tensor::contiguous() const {
  if (is_contiguous()) return *this;
  Tensor copy = empty(dtype_, shape_, device());
  copy_elements(*this, copy);
  return copy;
}

Tensor Tensor::to(Device device) const {
  const Device wanted = device.kind == Device::Kind::cuda ? device : cpu();
  if (!*this || wanted == this->device()) return *this;
  Tensor copy = empty(dtype_, shape_, wanted);
  copy_elements(*this, copy);
  return copy;
}

void Tensor::require_host(const char* op) const {
  if (device() != cpu())
    fail(op, "the tensor lies on " + to_string(device()) + "; t.to(accrue::cpu()) is a copy on the host");
}

void Tensor::require_dtype(DType wanted) const {
  if (wanted != dtype_)
    fail("Tensor", type_text(dtype_, shape_) + " holds no " + std::string(to_string(wanted)) + "; ask for " +
                       std::string(to_string(dtype_)));
}

std::int64_t Tensor::offset_of(std::int64_t i) const {
  require_host("Tensor::item");
  if (i < 0 || i >= elements_)
    fail("Tensor::item",
         "no element " + std::to_string(i) + " in " + type_text(dtype_, shape_) +
             (elements_ == 0 ? "; it is empty" : "; valid indices are 0.." + std::to_string(elements_ - 1)));
  std::int64_t offset = 0;
  for (std::size_t d = shape_.size(); d-- > 0;) {
    offset += i % shape_[d] * strides_[d];
    i /= shape_[d];
  }
  return offset;
}

void synchronize(Device device) {
  if (device.kind == Device::Kind::cuda) gpu::synchronize(device.index);
}

}  // namespace accrue
