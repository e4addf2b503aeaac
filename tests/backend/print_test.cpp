// Tensors print as NumPy's arrays do: golden/print/print_cases.txt holds what NumPy printed.
#include <charconv>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "accrue/tensor.hpp"
#include "tests/support/catch.h"

using namespace accrue;

namespace {

struct Case {
  std::string dtype, dims, data, expected;
};

std::vector<Case> read_cases() {
  std::ifstream file(ACCRUE_TEST_DATA_DIR "/print/print_cases.txt");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('|')) {
      if (!cases.back().expected.empty()) cases.back().expected += '\n';
      cases.back().expected += line.substr(1);
    } else {
      std::istringstream words(line);
      words >> cases.emplace_back().dtype >> cases.back().dims >> cases.back().data;
    }
  }
  return cases;
}

Shape read_dims(const std::string& text) {
  Shape shape;
  std::istringstream words(text == "-" ? "" : text);
  for (std::string dim; std::getline(words, dim, ',');) shape.push_back(std::stoll(dim));
  return shape;
}

void fill_with_indices(Tensor& t) {
  for (std::int64_t i = 0; i < t.elements(); ++i) {
    if (t.dtype() == float32) t.data<float>()[i] = static_cast<float>(i);
    if (t.dtype() == float64) t.data<double>()[i] = static_cast<double>(i);
    if (t.dtype() == int32) t.data<std::int32_t>()[i] = static_cast<std::int32_t>(i);
    if (t.dtype() == uint16) t.data<std::uint16_t>()[i] = static_cast<std::uint16_t>(i);
  }
}

void fill_from_hex(Tensor& t, const std::string& hex) {
  auto* bytes = static_cast<unsigned char*>(t.data());
  for (std::size_t i = 0; i < t.bytes(); ++i)
    std::from_chars(hex.data() + 2 * i, hex.data() + 2 * i + 2, bytes[i], 16);
}

Tensor tensor_of(const Case& c) {
  Tensor t = Tensor::empty(*parse_dtype(c.dtype), read_dims(c.dims));
  if (c.data == "arange")
    fill_with_indices(t);
  else
    fill_from_hex(t, c.data);
  return t;
}

std::string printed(const Tensor& t) {
  std::ostringstream out;
  out << t;
  return out.str();
}

}  // namespace

TEST_CASE("tensors print as NumPy prints them") {
  const std::vector<Case> cases = read_cases();
  REQUIRE(cases.size() > 800);
  for (const Case& c : cases) {
    INFO(c.dtype << " [" << c.dims << "] " << c.data);
    CHECK(printed(tensor_of(c)) == c.expected);
  }
}

TEST_CASE("strided tensors print their own elements") {
  std::int32_t memory[] = {0, 1, 2, 3, 4, 5};
  CHECK(printed(Tensor::borrow(memory, int32, {3, 2}, {1, 3})) == "[[0 3]\n [1 4]\n [2 5]]");
  CHECK(printed(Tensor::borrow(memory + 5, int32, {6}, {-1})) == "[5 4 3 2 1 0]");
  CHECK(printed(Tensor::borrow(memory + 1, int32, {2000}, {0})) == "[1 1 1 ... 1 1 1]");
}

TEST_CASE("bfloat16 prints the fewest digits that tell its values apart") {
  const auto of = [](std::initializer_list<double> values) {
    std::vector<BFloat16> rounded;
    for (double value : values) rounded.emplace_back(value);
    return Tensor::copy_of(rounded, {static_cast<std::int64_t>(rounded.size())});
  };
  CHECK(printed(of({1, 2.5, -3})) == "[ 1.   2.5 -3. ]");
  CHECK(printed(of({0.1, 1.0 / 3})) == "[0.1   0.334]");
  CHECK(printed(of({298, 300, 3.3e38})) == "[2.98e+02 3.00e+02 3.30e+38]");
}

TEST_CASE("the empty handle prints as such, a tensor without elements as brackets") {
  CHECK(printed(Tensor()) == "<no tensor>");
  CHECK(printed(Tensor::empty(float32, {2, 0})) == "[]");
}
