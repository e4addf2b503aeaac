// Eigen's matrices and arrays as tensors and the other way round, without a copy. Only this header needs
// Eigen (3.4), and accrue.hpp does not include it.
#pragma once

#include <Eigen/Core>
#include <string>
#include <type_traits>
#include <utility>

#include "accrue/error.hpp"
#include "accrue/tensor.hpp"

namespace accrue {
namespace detail {

// The dtype whose elements have the bits of an Eigen scalar.
template <class Scalar>
constexpr DType eigen_dtype() {
  if constexpr (std::is_same_v<Scalar, Eigen::half>)
    return DType::float16;
  else if constexpr (std::is_same_v<Scalar, Eigen::bfloat16>)
    return DType::bfloat16;
  else if constexpr (std::is_same_v<Scalar, long long>)
    return DType::int64;
  else if constexpr (std::is_same_v<Scalar, unsigned long long>)
    return DType::uint64;
  else
    return dtype_of<Scalar>::value;
}

// Throws where a tensor cannot be mapped so. rows, cols: at compile time, Eigen::Dynamic where they are open.
inline void require_mappable(const Tensor& t, DType dtype, bool is_vector, bool is_const, Eigen::Index rows,
                             Eigen::Index cols) {
  const std::string type = "eigen_map: " + std::string(to_string(t.dtype())) + to_string(t.shape());
  if (t.device() != cpu())
    throw Error(type + " lies on " + to_string(t.device()) + "; map a copy on the host, t.to(accrue::cpu())");
  if (t.dtype() != dtype)
    throw Error(type + " does not hold " + std::string(to_string(dtype)) + "; cast it first");
  if (t.rank() != (is_vector ? 1 : 2))
    throw Error(type +
                (is_vector ? " is no vector; 1 dim is expected" : " is no matrix; 2 dims are expected"));
  if (t.read_only() && !is_const) throw Error(type + " is read-only; map it as a const type");
  const Shape wanted = is_vector ? Shape{rows == 1 ? cols : rows} : Shape{rows, cols};
  for (std::size_t d = 0; d < wanted.size(); ++d)
    if (wanted[d] != Eigen::Dynamic && wanted[d] != t.shape()[d])
      throw Error(type + " has " + std::to_string(t.shape()[d]) + " elements in dim " + std::to_string(d) +
                  "; the Eigen type has " + std::to_string(wanted[d]));
}

}  // namespace detail

/// The tensor over the coefficients of an Eigen matrix, array, map, ref or block: the same memory, the same
/// strides, no copy. It must not outlive them.
///   x        anything with direct access to its coefficients (`a + b` has none: evaluate it first), whose
///   scalar
///            is one of accrue's thirteen element types (Eigen::half and Eigen::bfloat16 count)
///   returns  shape [size] for a type that is a vector at compile time, else [rows, cols]; read-only for a
///   const x
template <class EigenType>
Tensor tensor_over(EigenType&& x) {
  using Plain = std::remove_cv_t<std::remove_reference_t<EigenType>>;
  static_assert((int{Plain::Flags} & Eigen::DirectAccessBit) != 0,
                "an expression: evaluate it into a matrix first");
  static_assert(
      std::is_lvalue_reference_v<EigenType> || !std::is_base_of_v<Eigen::PlainObjectBase<Plain>, Plain>,
      "a temporary matrix: the tensor would outlive its memory");
  constexpr DType dtype = detail::eigen_dtype<typename Plain::Scalar>();
  if constexpr (Plain::IsVectorAtCompileTime)
    return Tensor::borrow(x.data(), dtype, Shape{x.size()}, Strides{x.innerStride()});
  else
    return Tensor::borrow(x.data(), dtype, Shape{x.rows(), x.cols()}, Strides{x.rowStride(), x.colStride()});
}

/// What eigen_map returns: a map with both strides, for a matrix or array type that may be const.
template <class EigenType>
using EigenMap = Eigen::Map<EigenType, Eigen::Unaligned, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>;

/// The tensor's elements as a matrix or array of this type, `eigen_map<Eigen::MatrixXf>(t)`: the same memory
/// whatever the strides, no copy. It must not outlive the tensor. For a const type, or only to read, the type
/// is const: `eigen_map<const Eigen::ArrayXd>(t)`.
///   t       rank 1 for a type that is a vector at compile time, else rank 2
///   throws  Error: a tensor on a GPU; another dtype, rank or size (of a type with sizes of its own); a type
///           that is not const for a tensor that is read-only
template <class EigenType>
EigenMap<EigenType> eigen_map(std::conditional_t<std::is_const_v<EigenType>, const Tensor, Tensor>& t) {
  using Scalar = typename EigenType::Scalar;
  using Pointer = std::conditional_t<std::is_const_v<EigenType>, const Scalar*, Scalar*>;
  constexpr Eigen::Index rows = EigenType::RowsAtCompileTime, cols = EigenType::ColsAtCompileTime;
  constexpr bool is_vector = EigenType::IsVectorAtCompileTime, is_row = is_vector && rows == 1;
  detail::require_mappable(t, detail::eigen_dtype<Scalar>(), is_vector, std::is_const_v<EigenType>, rows,
                           cols);
  const auto data = static_cast<Pointer>(t.data());
  const std::int64_t size = t.shape()[0], stride = t.strides()[0];
  if constexpr (is_vector)
    return {data, is_row ? 1 : size, is_row ? size : 1, {size * stride, stride}};
  else if constexpr (EigenType::IsRowMajor)
    return {data, size, t.shape()[1], {stride, t.strides()[1]}};
  else
    return {data, size, t.shape()[1], {t.strides()[1], stride}};
}

/// A map over a tensor that is gone at the end of the line would dangle: name the tensor first.
template <class EigenType>
EigenMap<EigenType> eigen_map(Tensor&& t) = delete;

}  // namespace accrue
