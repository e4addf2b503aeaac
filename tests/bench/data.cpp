#include "tests/bench/data.h"

#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

namespace accrue::bench {
namespace {

constexpr std::size_t huge_page_bytes = std::size_t{2} << 20;

// A hash of the element's index, the same as peers.py's.
std::uint32_t random_bits(std::uint32_t index) {
  std::uint32_t x = index * 0x9E3779B1u;
  x = (x ^ (x >> 15)) * 0x85EBCA77u;
  return x ^ (x >> 13);
}

// Floats are low + u * (high - low) in float64, u having 24 bits, then rounded; integers are spread likewise.
template <class T>
void fill(void* data, std::int64_t count, double low, double high) {
  T* const to = static_cast<T*>(data);
  for (std::int64_t i = 0; i < count; ++i) {
    const double u = static_cast<double>(random_bits(static_cast<std::uint32_t>(i)) >> 8) * 0x1p-24;
    const double value = low + u * (high - low);
    if constexpr (std::is_integral_v<T>)
      to[i] = static_cast<T>(static_cast<std::int64_t>(std::floor(value)));
    else
      to[i] = static_cast<T>(value);
  }
}

void fill(void* data, DType dtype, std::int64_t count, double low, double high) {
  switch (dtype) {
    case DType::float32: return fill<float>(data, count, low, high);
    case DType::float64: return fill<double>(data, count, low, high);
    case DType::float16: return fill<Float16>(data, count, low, high);
    case DType::int32: return fill<std::int32_t>(data, count, low, high);
    case DType::int64: return fill<std::int64_t>(data, count, low, high);
    case DType::uint8: return fill<std::uint8_t>(data, count, low, high);
    default: throw std::logic_error("no case has an input of this dtype");
  }
}

double value_at(const void* data, DType dtype, std::int64_t i) {
  switch (dtype) {
    case DType::float32: return static_cast<const float*>(data)[i];
    case DType::float64: return static_cast<const double*>(data)[i];
    case DType::float16: return static_cast<float>(static_cast<const Float16*>(data)[i]);
    case DType::int32: return static_cast<const std::int32_t*>(data)[i];
    case DType::int64: return static_cast<double>(static_cast<const std::int64_t*>(data)[i]);
    case DType::uint8: return static_cast<const std::uint8_t*>(data)[i];
    default: throw std::logic_error("no case has this dtype");
  }
}

std::int64_t input_bytes(const Case& c) { return c.count() * static_cast<std::int64_t>(byte_width(c.in)); }

// Room for a whole array even where the case itself ends in a number: the limit's copy goes there too.
std::int64_t most_output_bytes(const std::vector<Case>& cases) {
  std::int64_t most = 0;
  for (const Case& c : cases) most = std::max(most, c.count() * static_cast<std::int64_t>(byte_width(c.out)));
  return most;
}

bool same_input(const Case& a, const Case& b) { return a.in == b.in && a.low == b.low && a.high == b.high; }

}  // namespace

HugeBuffer::HugeBuffer(std::int64_t bytes) : bytes_(bytes) {
  const std::size_t whole =
      (static_cast<std::size_t>(bytes) + huge_page_bytes) / huge_page_bytes * huge_page_bytes;
  data_.reset(std::aligned_alloc(huge_page_bytes, whole));
  if (data_ == nullptr) throw std::bad_alloc();
  madvise(data_.get(), whole, MADV_HUGEPAGE);
}

void HugeBuffer::Free::operator()(void* block) const { std::free(block); }

Buffers::Buffers(const std::vector<Case>& cases) : output_(most_output_bytes(cases)) {
  std::memset(output_.data(), 0,
              static_cast<std::size_t>(output_.bytes()));  // its pages are there before the first call
  for (const Case& c : cases) {
    if (std::any_of(inputs_.begin(), inputs_.end(),
                    [&](const Input& i) { return i.dtype == c.in && i.low == c.low && i.high == c.high; }))
      continue;
    std::int64_t most = 0;
    for (const Case& other : cases)
      if (same_input(c, other)) most = std::max(most, input_bytes(other));
    inputs_.push_back({c.in, c.low, c.high, HugeBuffer(most)});
    fill(inputs_.back().buffer.data(), c.in, most / static_cast<std::int64_t>(byte_width(c.in)), c.low,
         c.high);
  }
}

const void* Buffers::input(const Case& c) const {
  const auto found = std::find_if(inputs_.begin(), inputs_.end(), [&](const Input& i) {
    return i.dtype == c.in && i.low == c.low && i.high == c.high;
  });
  return found->buffer.data();
}

std::vector<double> probes(const void* data, DType dtype, std::int64_t count) {
  const std::int64_t wanted = std::min<std::int64_t>(count, 64);
  std::vector<double> values;
  const std::int64_t scatter = std::max<std::int64_t>(count / std::max<std::int64_t>(wanted, 1) / 2, 1);
  for (std::int64_t i = 1; i <= wanted; ++i)
    values.push_back(value_at(data, dtype, i * count / wanted - 1 - (wanted - i) * 997 % scatter));
  return values;
}

}  // namespace accrue::bench
