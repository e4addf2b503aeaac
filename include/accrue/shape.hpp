// Shapes, strides and lists of dims: short vectors of integers that rarely allocate.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "accrue/export.hpp"

namespace accrue {

inline constexpr int max_rank = 32;

/// A vector that keeps its first `inline_capacity` values in place. Values are trivially copyable.
template <class T, std::uint32_t inline_capacity>
class SmallVector {
 public:
  SmallVector() = default;
  SmallVector(std::initializer_list<T> values) { append(values.begin(), values.end()); }
  SmallVector(std::size_t count, T value) {
    reserve(count);
    std::fill_n(begin(), count, value);
    size_ = static_cast<std::uint32_t>(count);
  }
  SmallVector(const std::vector<T>& values) { append(values.data(), values.data() + values.size()); }
  SmallVector(const SmallVector& other) {
    if (other.on_heap()) {
      append(other.begin(), other.end());
    } else {
      size_ = other.size_;
      std::copy_n(other.inline_, inline_capacity,
                  inline_);  // all: a few words are copied faster than counted
    }
  }
  SmallVector(SmallVector&& other) noexcept : size_(other.size_), capacity_(other.capacity_) {
    std::copy_n(other.inline_, inline_capacity,
                inline_);  // the union's larger member: a heap pointer as well
    other.size_ = 0;
    other.capacity_ = inline_capacity;
  }
  SmallVector& operator=(SmallVector other) noexcept {
    swap(other);
    return *this;
  }
  ~SmallVector() {
    if (on_heap()) delete[] heap_;
  }

  T* begin() { return on_heap() ? heap_ : inline_; }
  T* end() { return begin() + size_; }
  const T* begin() const { return on_heap() ? heap_ : inline_; }
  const T* end() const { return begin() + size_; }
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T& operator[](std::size_t i) { return begin()[i]; }
  const T& operator[](std::size_t i) const { return begin()[i]; }
  T& back() { return begin()[size_ - 1]; }
  const T& back() const { return begin()[size_ - 1]; }
  operator std::span<const T>() const { return {begin(), size_}; }

  void push_back(T value) {
    if (size_ == capacity_) reserve(std::size_t{2} * capacity_);
    begin()[size_++] = value;
  }
  void pop_back() { --size_; }
  void clear() { size_ = 0; }
  void insert(std::size_t position, T value) {
    push_back(value);
    std::rotate(begin() + position, end() - 1, end());
  }
  void erase(std::size_t position) {
    std::copy(begin() + position + 1, end(), begin() + position);
    --size_;
  }
  void reserve(std::size_t wanted) {
    if (wanted <= capacity_) return;
    T* grown = new T[wanted];
    std::copy(begin(), end(), grown);
    if (on_heap()) delete[] heap_;
    heap_ = grown;
    capacity_ = static_cast<std::uint32_t>(wanted);
  }
  friend bool operator==(const SmallVector& a, const SmallVector& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  bool on_heap() const { return capacity_ > inline_capacity; }
  void append(const T* first, const T* last) {
    const auto count = static_cast<std::size_t>(last - first);
    reserve(size_ + count);
    std::copy(first, last, end());
    size_ += static_cast<std::uint32_t>(count);
  }
  void swap(SmallVector& other) noexcept {
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
    static_assert(sizeof(inline_) >= sizeof(heap_));
    std::swap(inline_, other.inline_);  // the union's larger member: moves a heap pointer as well
  }
  std::uint32_t size_ = 0;
  std::uint32_t capacity_ = inline_capacity;
  union {
    T inline_[inline_capacity] = {};
    T* heap_;
  };
};

/// Extents, strides (in elements), or indices of dims.
using Dims = SmallVector<std::int64_t, 3>;
using Shape = Dims;
using Strides = Dims;

/// The product of a shape's dims, or nothing where it (or a dim) is not in 0 .. 2^63-1.
ACCRUE_API std::optional<std::int64_t> checked_elements(const Shape& shape);

/// The product of a shape's dims; the shape is known to be valid.
ACCRUE_API std::int64_t elements(const Shape& shape);

/// Row-major strides of a shape, in elements.
ACCRUE_API Strides contiguous_strides(const Shape& shape);

/// "[2, 8]"; a 0-d shape gives "[]".
ACCRUE_API std::string to_string(const Dims& dims);

}  // namespace accrue
