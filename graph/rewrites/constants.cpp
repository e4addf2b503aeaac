#include "graph/rewrites/constants.h"

#include <cstring>

#include "graph/element_types.h"
#include "graph/reference.h"

namespace accrue {

namespace {

constexpr std::size_t most_uniform_elements = 1024;  // a constant is looked through once per reader

std::uint64_t load_bits(const void* element, std::size_t width) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, element, width);
  return bits;
}

template <class S>
std::uint64_t stored_bits(Number number) {
  using T = scalar::compute_t<S>;
  const auto bits = [](T value) {
    const S stored = scalar::Store<S>::from(value);
    return load_bits(&stored, sizeof(S));
  };
  switch (number) {
    case Number::zero: return bits(T(0));
    case Number::minus_zero: return bits(static_cast<T>(-0.0));
    case Number::one: return bits(T(1));
    case Number::all_bits_set: return stores_bool<S> ? 1 : ~std::uint64_t{0} >> (64 - 8 * sizeof(S));
    case Number::lowest: return bits(scalar::lowest_of<T>());
    case Number::highest: break;
  }
  return bits(scalar::highest_of<T>());
}

}  // namespace

std::optional<std::uint64_t> uniform_bits(const Node& node) {
  if (node.kind != Kind::constant) return std::nullopt;
  if (node.data == nullptr) return node.bits;
  const std::vector<std::byte>& bytes = node.data->bytes;
  const std::size_t width = byte_width(node.dtype);
  if (bytes.empty() || bytes.size() > most_uniform_elements * width) return std::nullopt;
  for (std::size_t i = width; i < bytes.size(); ++i)
    if (bytes[i] != bytes[i - width]) return std::nullopt;
  return load_bits(bytes.data(), width);
}

std::uint64_t bits_of(Number number, DType dtype) {
  static constexpr auto table = table_by_dtype([]<class S>() { return &stored_bits<S>; });
  return at(table, dtype)(number);
}

std::uint64_t identity_bits(Fold fold, DType dtype) {
  Node scan;  // the first value of any exclusive one
  scan.kind = Kind::scan;
  scan.dtype = dtype;
  scan.fold = fold;
  scan.exclusive = true;
  scan.shape = {1};
  scan.dims = {0};
  const Array x(dtype, {1});
  return load_bits(evaluate_node(scan, {&x}).bytes.data(), byte_width(dtype));
}

}  // namespace accrue
