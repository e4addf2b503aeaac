// Eigen matrices as tensors and tensors as Eigen maps: the same memory both ways.
#include "accrue/eigen.hpp"

#include <sstream>

#include "tests/support/catch.h"
#include "tests/support/message_of.h"

using namespace accrue;
using test::message_of;

namespace {

using RowMajorMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::string printed(const Tensor& t) {
  std::ostringstream out;
  out << t;
  return out.str();
}

}  // namespace

TEST_CASE("a column-major matrix: its own strides, its own memory") {
  Eigen::MatrixXf m(2, 3);
  m << 1, 2, 3, 4, 5, 6;
  Tensor t = tensor_over(m);
  CHECK(t.dtype() == float32);
  CHECK(t.shape() == Shape{2, 3});
  CHECK(t.strides() == Strides{1, 2});
  CHECK(t.data() == m.data());
  CHECK(printed(t) == "[[1. 2. 3.]\n [4. 5. 6.]]");
  t.data<float>()[0] = 9;
  CHECK(m(0, 0) == 9);
  CHECK_FALSE(t.read_only());
}

TEST_CASE("a row-major matrix, arrays, vectors, blocks, maps, half precision") {
  RowMajorMatrix m(2, 3);
  m << 1, 2, 3, 4, 5, 6;
  CHECK(tensor_over(m).strides() == Strides{3, 1});
  CHECK(printed(tensor_over(m.block(0, 1, 2, 2))) == "[[2. 3.]\n [5. 6.]]");
  CHECK(printed(tensor_over(m.col(1))) == "[2. 5.]");
  CHECK(printed(tensor_over(m.row(1))) == "[4. 5. 6.]");
  CHECK(tensor_over(m.col(1)).strides() == Strides{3});
  Eigen::ArrayXXd a = Eigen::ArrayXXd::Constant(1, 2, 0.5);
  CHECK(printed(tensor_over(a)) == "[[0.5 0.5]]");
  Eigen::Vector3i v(1, 2, 3);
  CHECK(tensor_over(v).shape() == Shape{3});
  Eigen::Matrix<bool, 1, 2> b(true, false);
  CHECK(printed(tensor_over(b)) == "[ True False]");
  Eigen::Matrix<Eigen::half, 2, 1> h(Eigen::half(1.5F), Eigen::half(-2.F));
  CHECK(printed(tensor_over(h)) == "[ 1.5 -2. ]");
  CHECK(tensor_over(h).dtype() == float16);
  Eigen::Matrix<Eigen::bfloat16, 1, 1> bf(Eigen::bfloat16(3.F));
  CHECK(tensor_over(bf).dtype() == bfloat16);
  Eigen::Matrix<long long, 2, 1> wide(1, 2);
  CHECK(tensor_over(wide).dtype() == int64);
}

TEST_CASE("a const matrix gives a read-only tensor") {
  const Eigen::Vector2d v(1, 2);
  CHECK(tensor_over(v).read_only());
  const double memory[] = {1, 2};
  CHECK(tensor_over(Eigen::Map<const Eigen::Vector2d>(memory)).read_only());
}

TEST_CASE("a matrix without elements") {
  Eigen::MatrixXf none(0, 3);
  CHECK(tensor_over(none).shape() == Shape{0, 3});
}

TEST_CASE("tensors as maps, whatever their strides and the type's order") {
  float memory[] = {0, 1, 2, 3, 4, 5};
  Tensor rows = Tensor::borrow(memory, float32, {2, 3});
  Tensor columns = Tensor::borrow(memory, float32, {3, 2}, {1, 3});
  Tensor flipped = Tensor::borrow(memory + 5, float32, {2, 3}, {-3, -1});
  RowMajorMatrix expected(2, 3);
  expected << 0, 1, 2, 3, 4, 5;
  CHECK(eigen_map<Eigen::MatrixXf>(rows) == expected);
  CHECK(eigen_map<RowMajorMatrix>(rows) == expected);
  CHECK(eigen_map<Eigen::MatrixXf>(columns) == expected.transpose());
  CHECK(eigen_map<RowMajorMatrix>(flipped) == expected.reverse());
  CHECK(eigen_map<Eigen::Matrix<float, 2, 3>>(rows).sum() == 15);
  eigen_map<Eigen::ArrayXXf>(rows) *= 2;
  CHECK(memory[5] == 10);
}

TEST_CASE("1-d tensors as vectors, of rows or columns") {
  std::int32_t memory[] = {1, 2, 3, 4};
  Tensor t = Tensor::borrow(memory, int32, {2}, {2});
  CHECK(eigen_map<Eigen::VectorXi>(t) == Eigen::Vector2i(1, 3));
  CHECK(eigen_map<Eigen::RowVectorXi>(t) == Eigen::RowVector2i(1, 3));
  eigen_map<Eigen::Vector2i>(t)[1] = 7;
  CHECK(memory[2] == 7);
}

TEST_CASE("what cannot be mapped") {
  const double memory[] = {1, 2, 3, 4, 5, 6};
  Tensor t = Tensor::borrow(static_cast<const void*>(memory), float64, {2, 3});
  CHECK(eigen_map<const Eigen::MatrixXd>(t)(1, 2) == 6);
  CHECK(message_of([&] { eigen_map<Eigen::MatrixXd>(t); }) ==
        "eigen_map: float64[2, 3] is read-only; map it as a const type");
  CHECK(message_of([&] { eigen_map<const Eigen::MatrixXf>(t); }) ==
        "eigen_map: float64[2, 3] does not hold float32; cast it first");
  CHECK(message_of([&] { eigen_map<const Eigen::VectorXd>(t); }) ==
        "eigen_map: float64[2, 3] is no vector; 1 dim is expected");
  Tensor cube = Tensor::zeros(float64, {1, 2, 3});
  CHECK(message_of([&] { eigen_map<Eigen::MatrixXd>(cube); }) ==
        "eigen_map: float64[1, 2, 3] is no matrix; 2 dims are expected");
  CHECK(message_of([&] { eigen_map<const Eigen::Matrix3d>(t); }) ==
        "eigen_map: float64[2, 3] has 2 elements in dim 0; the Eigen type has 3");
}
