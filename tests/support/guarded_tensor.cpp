#include "tests/support/guarded_tensor.h"

#include <algorithm>

namespace accrue::test {
namespace {

constexpr std::byte sentinel{0xA5};
constexpr std::int64_t margin = 16;  // elements; keeps the alignment

}  // namespace

std::vector<std::int64_t> offsets_of(const Shape& shape, const Strides& strides) {
  std::vector<std::int64_t> offsets{0};
  if (elements(shape) == 0) return {};
  for (std::size_t dim = 0; dim < shape.size(); ++dim) {
    std::vector<std::int64_t> longer;
    longer.reserve(offsets.size() * static_cast<std::size_t>(shape[dim]));
    for (const std::int64_t offset : offsets)
      for (std::int64_t i = 0; i < shape[dim]; ++i) longer.push_back(offset + i * strides[dim]);
    offsets = std::move(longer);
  }
  return offsets;
}

GuardedTensor::GuardedTensor(DType dtype, const Shape& shape, const Strides& strides) {
  const std::vector<std::int64_t> offsets = offsets_of(shape, strides);
  const auto [low, high] = std::minmax_element(offsets.begin(), offsets.end());
  const std::int64_t first = offsets.empty() ? margin : margin - *low;
  const std::int64_t span = offsets.empty() ? 0 : *high - *low + 1;
  const std::size_t width = byte_width(dtype);
  bytes_ =
      std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(span + 2 * margin) * width, sentinel);
  tensor_ =
      Tensor::adopt(bytes_, bytes_->data() + static_cast<std::size_t>(first) * width, dtype, shape, strides,
                    /*read_only=*/false);
}

bool GuardedTensor::gaps_intact() const {
  const std::size_t width = byte_width(tensor_.dtype());
  const auto* origin = static_cast<const std::byte*>(tensor_.data());
  std::vector<bool> is_element(bytes_->size(), false);
  for (const std::int64_t offset : offsets_of(tensor_.shape(), tensor_.strides())) {
    const std::ptrdiff_t at = origin - bytes_->data() + offset * static_cast<std::ptrdiff_t>(width);
    std::fill_n(is_element.begin() + at, width, true);
  }
  for (std::size_t i = 0; i < bytes_->size(); ++i)
    if (!is_element[i] && (*bytes_)[i] != sentinel) return false;
  return true;
}

}  // namespace accrue::test
