#include "src/cpu/isa/matmul_steps.h"

#ifndef Eigen
#error "the build renames Eigen's namespace for each instruction set"
#endif
#define EIGEN_NO_IO
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wuninitialized"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <Eigen/Core>
#pragma GCC diagnostic pop

namespace accrue::ACCRUE_ISA_NS {
namespace {

template <class S>
struct Matmul {
  using A = compute_t<S>;

  static void pack(void* to, const void* from, Stride2 stride, Extent2 extent) {
    A* dst = static_cast<A*>(to);
    const S* src = static_cast<const S*>(from);
    for (Index row = 0; row < extent.rows; ++row)
      for (Index column = 0; column < extent.columns; ++column)
        dst[row * extent.columns + column] = load_as(src[row * stride.row + column * stride.column]);
  }

  static void unpack(void* to, Stride2 stride, const void* from, Extent2 extent) {
    S* dst = static_cast<S*>(to);
    const A* src = static_cast<const A*>(from);
    for (Index row = 0; row < extent.rows; ++row)
      for (Index column = 0; column < extent.columns; ++column)
        dst[row * stride.row + column * stride.column] = Store<S>::from(src[row * extent.columns + column]);
  }

  static void multiply(void* to, const void* left, const void* right, Index rows, Index depth,
                       Index columns) {
    A* c = static_cast<A*>(to);
    const A* a = static_cast<const A*>(left);
    const A* b = static_cast<const A*>(right);
    if constexpr (Traits<A>::floating) {
      using Matrix = Eigen::Matrix<A, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
      Eigen::Map<Matrix>(c, rows, columns).noalias() +=
          Eigen::Map<const Matrix>(a, rows, depth) * Eigen::Map<const Matrix>(b, depth, columns);
    } else {
      for (Index row = 0; row < rows; ++row)
        for (Index k = 0; k < depth; ++k)
          for (Index column = 0; column < columns; ++column) {
            A& sum = c[row * columns + column];
            sum = add::apply(sum, mul::apply(a[row * depth + k], b[k * columns + column]));
          }
    }
  }

  static constexpr MatmulSteps steps() { return {sizeof(A), &pack, &multiply, &unpack}; }
};

}  // namespace

constinit const MatmulSteps matmul_steps[dtypes] = {{},
                                                    Matmul<i8>::steps(),
                                                    Matmul<i16>::steps(),
                                                    Matmul<i32>::steps(),
                                                    Matmul<i64>::steps(),
                                                    Matmul<u8>::steps(),
                                                    Matmul<u16>::steps(),
                                                    Matmul<u32>::steps(),
                                                    Matmul<u64>::steps(),
                                                    Matmul<f16>::steps(),
                                                    Matmul<bf16>::steps(),
                                                    Matmul<float>::steps(),
                                                    Matmul<double>::steps()};

}  // namespace accrue::ACCRUE_ISA_NS
