// matmul in three loops. Sums are wider than any backend's, so that the reference is the better of two
// answers: integers modulo 2^64, floats in float64; 16-bit floats are rounded through float32.
#include <algorithm>
#include <type_traits>

#include "graph/element_types.h"
#include "graph/reference_kinds.h"

namespace accrue::plain {
namespace {

struct Sizes {
  std::int64_t batches, rows, inner, columns;
};
using MatmulLoop = void (*)(const Array& a, const Array& b, Array& out, const Sizes& sizes);

template <class S, class Sum>
S round_sum(Sum sum) {
  if constexpr (is_16_bit_float<S>)
    return scalar::Store<S>::from(static_cast<float>(sum));
  else
    return static_cast<S>(sum);
}

template <class S>
void multiply(const Array& a, const Array& b, Array& out, const Sizes& sizes) {
  using Sum = std::conditional_t<stores_float<S>, double, scalar::u64>;
  const auto [batches, rows, inner, columns] = sizes;
  for (std::int64_t batch = 0; batch < batches; ++batch)
    for (std::int64_t row = 0; row < rows; ++row)
      for (std::int64_t column = 0; column < columns; ++column) {
        const S* left = elements_as<S>(a) + (batch * rows + row) * inner;
        const S* right = elements_as<S>(b) + batch * inner * columns + column;
        Sum sum = 0;
        for (std::int64_t k = 0; k < inner; ++k)
          sum += static_cast<Sum>(scalar::load_as(left[k])) *
                 static_cast<Sum>(scalar::load_as(right[k * columns]));
        elements_as<S>(out)[(batch * rows + row) * columns + column] = round_sum<S>(sum);
      }
}

constexpr auto matmul_loops = table_by_dtype([]<class S>() -> MatmulLoop {
  if constexpr (stores_bool<S>)
    return nullptr;
  else
    return multiply<S>;
});

}  // namespace

Array matmul(const Node& node, const Array& a, const Array& b) {
  const MatmulLoop loop = at(matmul_loops, node.dtype);
  if (loop == nullptr) throw InternalError("reference: matmul of bool");
  const std::size_t rank = node.shape.size();
  const std::int64_t rows = node.shape[rank - 2], inner = a.shape.back(), columns = node.shape[rank - 1];
  Shape left = node.shape, right = node.shape;  // the leading dims broadcast
  left[rank - 1] = inner;
  right[rank - 2] = inner;
  Shape batch = node.shape;
  batch.pop_back();
  batch.pop_back();
  Array out(node.dtype, node.shape);
  loop(broadcast(a, left), broadcast(b, right), out, Sizes{elements(batch), rows, inner, columns});
  return out;
}

}  // namespace accrue::plain
