// Data: a dtype, a shape and strides over a storage that is owned or the caller's.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "accrue/dtype.hpp"
#include "accrue/export.hpp"
#include "accrue/shape.hpp"

namespace accrue {

/// Where a tensor lives and a program runs.
struct Device {
  enum class Kind : std::uint8_t { cpu, cuda, reference };
  Kind kind = Kind::cpu;
  int index = 0;
  friend bool operator==(const Device&, const Device&) = default;
};
constexpr Device cpu() { return {}; }
constexpr Device cuda(int index = 0) { return {Device::Kind::cuda, index}; }
/// The slow evaluator in plain loops that says what every node means; it shares no kernel with the others.
constexpr Device reference() { return {Device::Kind::reference, 0}; }
ACCRUE_API std::string to_string(Device device);

class Storage;

/// A handle on n-dimensional data: copies share the storage. A default-made Tensor is empty (no storage).
class ACCRUE_API Tensor {
 public:
  Tensor() = default;

  /// New storage from the pool, 64-byte aligned, not initialised; on a GPU from its pool, 256-byte aligned.
  ///   throws  Error: a dim is negative, or the bytes do not fit in 63 bits; the GPU is not there, or has too
  ///           little memory; std::bad_alloc
  static Tensor empty(DType dtype, const Shape& shape, Device device = cpu());
  static Tensor zeros(DType dtype, const Shape& shape, Device device = cpu());

  /// New storage with these values, row-major.
  ///   throws  Error: as many values as the shape has elements are needed
  template <class T>
  static Tensor copy_of(std::span<const T> values, const Shape& shape) {
    Tensor t = with_room_for(values.size(), dtype_of<T>, shape);
    std::copy(values.begin(), values.end(), t.data<T>());
    return t;
  }
  template <class T>
  static Tensor copy_of(std::initializer_list<T> values, const Shape& shape) {
    return copy_of(std::span<const T>(values.begin(), values.size()), shape);
  }
  template <class T>
  static Tensor copy_of(const std::vector<T>& values, const Shape& shape) {
    Tensor t = with_room_for(values.size(), dtype_of<T>, shape);
    std::copy(values.begin(), values.end(), t.data<T>());  // vector<bool> has no span
    return t;
  }

  /// The caller's memory, not copied, not freed: it must outlive every use. `data` is the address of element
  /// (0, ..., 0); strides count elements, may be negative or 0, and default to row-major.
  ///   throws  Error: null data with elements, an address the dtype does not divide, a rank mismatch
  static Tensor borrow(void* data, DType dtype, const Shape& shape);
  static Tensor borrow(void* data, DType dtype, const Shape& shape, const Strides& strides,
                       Device device = cpu());
  /// Memory that is only read: a program refuses it as an out.
  static Tensor borrow(const void* data, DType dtype, const Shape& shape);
  static Tensor borrow(const void* data, DType dtype, const Shape& shape, const Strides& strides);
  /// Memory that `owner` keeps alive (a mapped file, a foreign tensor).
  static Tensor adopt(std::shared_ptr<void> owner, void* data, DType dtype, const Shape& shape,
                      const Strides& strides, bool read_only, Device device = cpu());

  explicit operator bool() const { return storage_ != nullptr; }
  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  const Strides& strides() const { return strides_; }  // in elements
  int rank() const { return static_cast<int>(shape_.size()); }
  std::int64_t elements() const { return elements_; }
  std::size_t bytes() const { return static_cast<std::size_t>(elements_) * byte_width(dtype_); }
  bool is_contiguous() const;
  bool read_only() const { return read_only_; }
  Device device() const;

  /// Address of element (0, ..., 0), on the tensor's device.
  void* data() { return data_; }
  const void* data() const { return data_; }
  /// The same as T's. throws Error: T is not the tensor's dtype
  template <class T>
  T* data() {
    require_dtype(dtype_of<T>);
    return static_cast<T*>(data_);
  }
  template <class T>
  const T* data() const {
    require_dtype(dtype_of<T>);
    return static_cast<const T*>(data_);
  }

  /// The i-th element in row-major order. throws Error: wrong T, i outside 0..elements()-1, not on the host
  template <class T>
  T item(std::int64_t i = 0) const {
    require_dtype(dtype_of<T>);
    return static_cast<const T*>(data_)[offset_of(i)];
  }

  /// This tensor if it is row-major without gaps, else a copy that is.
  Tensor contiguous() const;

  /// This tensor if it lies on the device, else a row-major copy there. Waits for what writes the tensor, and
  /// so tells what went wrong.
  ///   throws  Error: as empty(); what ran on the tensor's GPU has failed
  Tensor to(Device device) const;

  /// As NumPy prints it: `[[1. 2.]\n [3. 4.]]`, long ones abbreviated.
  ACCRUE_API friend std::ostream& operator<<(std::ostream& out, const Tensor& t);

 private:
  static Tensor with_room_for(std::size_t values, DType dtype, const Shape& shape);
  void require_dtype(DType wanted) const;
  void require_host(const char* op) const;
  std::int64_t offset_of(std::int64_t i) const;  // in elements, bounds checked

  std::shared_ptr<Storage> storage_;
  void* data_ = nullptr;
  std::int64_t elements_ = 0;
  Shape shape_;
  Strides strides_;
  DType dtype_ = DType::float32;
  bool read_only_ = false;
};

/// Waits until all that was run on a GPU so far is done. (A run there returns when its work is enqueued,
/// unless it writes to the host.)
///   throws  Error: some of it has failed; the GPU is not there
ACCRUE_API void synchronize(Device device);

}  // namespace accrue
