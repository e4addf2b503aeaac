// Matrix products: a block computes a tile of the result, all of the depth in its order, so that the bits
// depend on the operands alone.

namespace accrue {
namespace device {

constexpr int matmul_tile = 64;                          // rows and columns of a block's tile
constexpr int matmul_depth = 16;                         // of the operands' parts in shared memory
constexpr int matmul_side = 16;                          // a block is side x side threads
constexpr int matmul_cells = matmul_tile / matmul_side;  // of a thread, in each direction

/// A matrix in memory: its first element, and the distances of rows and columns.
template <class S>
struct Matrix {
  S* data;
  i64 row, column;
  DEVICE S& at(i64 r, i64 c) const { return data[r * row + c * column]; }
};

template <class A>
struct MatmulMemory {
  A a[matmul_depth][matmul_tile + 1];
  A b[matmul_depth][matmul_tile + 1];
};

struct MatmulSize {
  i64 rows, depth, columns;
};

/// The tile of c = a b that begins at (first_row, first_column), summed in A.
template <class A, class S>
DEVICE void multiply(MatmulMemory<A>& m, const Matrix<const S>& a, const Matrix<const S>& b,
                     const Matrix<S>& c, const MatmulSize& size, i64 first_row, i64 first_column) {
  const int thread = threadIdx.x, x = thread % matmul_side, y = thread / matmul_side;
  A sum[matmul_cells][matmul_cells] = {};
  for (i64 first = 0; first < size.depth; first += matmul_depth) {
    for (int i = thread; i < matmul_tile * matmul_depth; i += matmul_side * matmul_side) {
      const int k = i % matmul_depth, r = i / matmul_depth;
      const bool is_there = first + k < size.depth && first_row + r < size.rows;
      m.a[k][r] = is_there ? static_cast<A>(load_as(a.at(first_row + r, first + k))) : A(0);
    }
    for (int i = thread; i < matmul_tile * matmul_depth; i += matmul_side * matmul_side) {
      const int k = i / matmul_tile, r = i % matmul_tile;
      const bool is_there = first + k < size.depth && first_column + r < size.columns;
      m.b[k][r] = is_there ? static_cast<A>(load_as(b.at(first + k, first_column + r))) : A(0);
    }
    __syncthreads();
    const int depth = size.depth - first < matmul_depth ? int(size.depth - first) : matmul_depth;
    for (int k = 0; k < depth; ++k) {
      UNROLL for (int i = 0; i < matmul_cells; ++i) {
        UNROLL for (int j = 0; j < matmul_cells; ++j) sum[i][j] +=
            m.a[k][y + i * matmul_side] * m.b[k][x + j * matmul_side];
      }
    }
    __syncthreads();
  }
  UNROLL for (int i = 0; i < matmul_cells; ++i) {
    UNROLL for (int j = 0; j < matmul_cells; ++j) {
      const i64 r = first_row + y + i * matmul_side, column = first_column + x + j * matmul_side;
      if (r < size.rows && column < size.columns) c.at(r, column) = Store<S>::from(sum[i][j]);
    }
  }
}

}  // namespace device
}  // namespace accrue
