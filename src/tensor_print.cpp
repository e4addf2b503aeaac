// Tensors as NumPy 1.24 prints arrays with its default options: str(array).
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <ostream>

#include "accrue/tensor.hpp"
#include "src/decimal.h"

namespace accrue {
namespace {

constexpr std::int64_t threshold = 1000;  // with more elements only the edges of each dim are printed
constexpr std::int64_t edge = 3;
constexpr std::size_t line_width = 75;
constexpr int precision = 8;  // digits after the point, at most

// Text of one element, padded as its column wants it.
using CellPrinter = std::function<std::string(std::int64_t offset)>;

// ---- which elements are printed

constexpr std::int64_t left_out = -1;  // stands for the indices between the edges

std::vector<std::int64_t> visible_indices(std::int64_t dim, bool summarize) {
  std::vector<std::int64_t> indices;
  const bool gap = summarize && dim > 2 * edge;
  for (std::int64_t i = 0; i < (gap ? edge : dim); ++i) indices.push_back(i);
  if (gap) {
    indices.push_back(left_out);
    for (std::int64_t i = dim - edge; i < dim; ++i) indices.push_back(i);
  }
  return indices;
}

// Offsets of all elements that are printed.
std::vector<std::int64_t> visible_offsets(const Tensor& t) {
  const bool summarize = t.elements() > threshold;
  std::vector<std::int64_t> offsets = {0};
  for (std::size_t d = 0; d < t.shape().size(); ++d) {
    std::vector<std::int64_t> longer;
    for (std::int64_t i : visible_indices(t.shape()[d], summarize))
      if (i != left_out)
        for (std::int64_t offset : offsets) longer.push_back(offset + i * t.strides()[d]);
    offsets.swap(longer);
  }
  return offsets;
}

// ---- numbers

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

// The value of a floating element; exact.
double load_float(const Tensor& t, std::int64_t offset) {
  const void* data = t.data();
  switch (t.dtype()) {
    case float16: return static_cast<float>(static_cast<const Float16*>(data)[offset]);
    case bfloat16: return static_cast<float>(static_cast<const BFloat16*>(data)[offset]);
    case float32: return static_cast<const float*>(data)[offset];
    default: return static_cast<const double*>(data)[offset];
  }
}

// A quotient in the dtype's own arithmetic, as NumPy computes it.
double quotient(double a, double b, DType dtype) {
  switch (dtype) {
    case float16: return static_cast<float>(Float16(static_cast<float>(a) / static_cast<float>(b)));
    case bfloat16: return static_cast<float>(BFloat16(static_cast<float>(a) / static_cast<float>(b)));
    case float32: return static_cast<float>(a) / static_cast<float>(b);
    default: return a / b;
  }
}

std::string fixed_text(double value, int places) {
  char text[512];
  return {text, std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, places).ptr};
}

// The shortest text without exponent; digits before the point are exact, a fraction longer than `precision`
// is cut (rounded).
std::string positional_text(double value, DType dtype) {
  const Decimal shortest = shortest_decimal(value, dtype);
  const int fraction = static_cast<int>(shortest.digits.size()) - 1 - shortest.exponent;
  if (fraction < 0) return fixed_text(value, 0) + '.';
  if (fraction <= precision) return positional(shortest);
  std::string text = fixed_text(value, precision);
  text.erase(text.find_last_not_of('0') + 1);
  return text;
}

// `places` digits after the point: the shortest text where it has as many, else the exact value rounded.
Decimal scientific_digits(double value, DType dtype, int places) {
  const Decimal shortest = shortest_decimal(value, dtype);
  return static_cast<int>(shortest.digits.size()) == places + 1 ? shortest : rounded_decimal(value, places);
}

std::string not_finite_text(double value) { return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf"; }

// How a column of floating elements is laid out: the widths on both sides of the point.
struct FloatLayout {
  bool scientific = false;
  std::size_t left = 0, right = 0;
  int places = 0, exponent_digits = 2;  // scientific only
};

bool wants_exponents(const std::vector<double>& values, DType dtype) {
  double largest = 0, smallest = std::numeric_limits<double>::infinity();
  for (double value : values) {
    const double magnitude = std::abs(value);
    if (!std::isfinite(value) || magnitude == 0) continue;
    largest = std::max(largest, magnitude);
    smallest = std::min(smallest, magnitude);
  }
  return largest > 0 && (largest >= 1e8 || smallest < 1e-4 || quotient(largest, smallest, dtype) > 1000.0);
}

void fit_positional(const std::vector<double>& values, DType dtype, FloatLayout& layout) {
  for (double value : values) {
    if (!std::isfinite(value)) continue;
    const std::string text = positional_text(value, dtype);
    const std::size_t point = text.find('.');
    layout.left = std::max(layout.left, point);
    layout.right = std::max(layout.right, text.size() - point - 1);
  }
}

void fit_scientific(const std::vector<double>& values, DType dtype, FloatLayout& layout) {
  for (double value : values) {
    if (!std::isfinite(value)) continue;
    Decimal decimal = shortest_decimal(value, dtype);
    if (static_cast<int>(decimal.digits.size()) > precision + 1) decimal = rounded_decimal(value, precision);
    layout.places = std::max(layout.places, static_cast<int>(decimal.digits.size()) - 1);
    if (std::abs(decimal.exponent) >= 100) layout.exponent_digits = 3;
    layout.left = std::max<std::size_t>(layout.left, decimal.negative ? 2 : 1);
  }
  layout.right =
      static_cast<std::size_t>(layout.exponent_digits) + 2 + static_cast<std::size_t>(layout.places);
}

// NaN and infinities take the columns that numbers take; where those are too few, the left side grows.
void fit_not_finite(const std::vector<double>& values, FloatLayout& layout) {
  std::size_t widest = 0;
  for (double value : values)
    if (!std::isfinite(value)) widest = std::max(widest, std::isinf(value) && value < 0 ? 4UL : 3UL);
  const std::size_t taken = layout.right + 1;
  if (widest > taken) layout.left = std::max(layout.left, widest - taken);
}

std::string float_cell(double value, DType dtype, const FloatLayout& layout) {
  if (!std::isfinite(value)) return padded(not_finite_text(value), layout.left + 1 + layout.right);
  if (layout.scientific) {
    const Decimal decimal = scientific_digits(value, dtype, layout.places);
    std::string text = scientific(decimal, layout.places, layout.exponent_digits);
    if (layout.places == 0) text.insert(text.find('e'), ".");
    return padded(std::move(text), layout.left + 1 + layout.right);
  }
  std::string text = positional_text(value, dtype);
  text.resize(text.find('.') + 1 + layout.right, ' ');
  return padded(std::move(text), layout.left + 1 + layout.right);
}

CellPrinter float_printer(const Tensor& t, const std::vector<std::int64_t>& offsets) {
  std::vector<double> values;
  for (std::int64_t offset : offsets) values.push_back(load_float(t, offset));
  FloatLayout layout;
  layout.scientific = wants_exponents(values, t.dtype());
  (layout.scientific ? fit_scientific : fit_positional)(values, t.dtype(), layout);
  fit_not_finite(values, layout);
  return [&t, layout](std::int64_t offset) { return float_cell(load_float(t, offset), t.dtype(), layout); };
}

std::string integer_text(const Tensor& t, std::int64_t offset) {
  const void* data = t.data();
  switch (t.dtype()) {
    case int8: return std::to_string(static_cast<const std::int8_t*>(data)[offset]);
    case int16: return std::to_string(static_cast<const std::int16_t*>(data)[offset]);
    case int32: return std::to_string(static_cast<const std::int32_t*>(data)[offset]);
    case int64: return std::to_string(static_cast<const std::int64_t*>(data)[offset]);
    case uint8: return std::to_string(static_cast<const std::uint8_t*>(data)[offset]);
    case uint16: return std::to_string(static_cast<const std::uint16_t*>(data)[offset]);
    case uint32: return std::to_string(static_cast<const std::uint32_t*>(data)[offset]);
    default: return std::to_string(static_cast<const std::uint64_t*>(data)[offset]);
  }
}

CellPrinter cell_printer(const Tensor& t) {
  const std::vector<std::int64_t> offsets = visible_offsets(t);
  if (t.dtype() == boolean)
    return
        [&t](std::int64_t offset) { return static_cast<const bool*>(t.data())[offset] ? " True" : "False"; };
  if (is_floating(t.dtype())) return float_printer(t, offsets);
  std::size_t width = 0;
  for (std::int64_t offset : offsets) width = std::max(width, integer_text(t, offset).size());
  return [&t, width](std::int64_t offset) { return padded(integer_text(t, offset), width); };
}

// A 0-d tensor prints as the scalar: no padding, all digits, exponents only below 1e-4 and from 1e16 on.
std::string scalar_text(const Tensor& t) {
  if (t.dtype() == boolean) return *static_cast<const bool*>(t.data()) ? "True" : "False";
  if (!is_floating(t.dtype())) return integer_text(t, 0);
  const double value = load_float(t, 0);
  if (!std::isfinite(value)) return not_finite_text(value);
  const Decimal shortest = shortest_decimal(value, t.dtype());
  const double magnitude = std::abs(value);
  if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e16)) return scientific(shortest, 0, 2);
  const std::string text = positional(shortest);
  return text.back() == '.' ? text + '0' : text;
}

// ---- brackets and lines

// The lines of one row: words with a space between them, broken before a word that would pass `width`.
class Row {
 public:
  Row(std::size_t indent, std::size_t width) : indent_(indent), width_(width), line_(indent, ' ') {}

  void add(const std::string& word, bool last) {
    if (line_.size() + word.size() > width_ && line_.size() > indent_) {
      line_.erase(line_.find_last_not_of(' ') + 1);
      text_ += line_ + '\n';
      line_.assign(indent_, ' ');
    }
    line_ += word;
    if (!last) line_ += ' ';
  }
  std::string text() const { return (text_ + line_).substr(indent_); }

 private:
  std::size_t indent_, width_;
  std::string text_, line_;
};

class ArrayPrinter {
 public:
  explicit ArrayPrinter(const Tensor& t) : tensor_(t), cell_(cell_printer(t)) {}

  // The sub-array at `offset` from dim `dim` on, its first line not indented. Dims are few: it recurses over
  // them.
  std::string print(std::size_t dim, std::int64_t offset) const {
    const bool innermost = dim + 1 == tensor_.shape().size();
    return '[' + (innermost ? row(dim, offset) : block(dim, offset)) + ']';
  }

 private:
  std::vector<std::int64_t> indices(std::size_t dim) const {
    return visible_indices(tensor_.shape()[dim], tensor_.elements() > threshold);
  }

  std::string row(std::size_t dim, std::int64_t offset) const {
    Row row(dim + 1, line_width - dim - 1);  // one bracket each opened to the left, to be closed to the right
    const std::vector<std::int64_t> shown = indices(dim);
    for (std::size_t i = 0; i < shown.size(); ++i)
      row.add(shown[i] == left_out ? "..." : cell_(offset + shown[i] * tensor_.strides()[dim]),
              i + 1 == shown.size());
    return row.text();
  }

  std::string block(std::size_t dim, std::int64_t offset) const {
    const std::string separator =
        std::string(tensor_.shape().size() - dim - 1, '\n') + std::string(dim + 1, ' ');
    std::string text;
    for (std::int64_t i : indices(dim)) {
      if (!text.empty()) text += separator;
      text += i == left_out ? "..." : print(dim + 1, offset + i * tensor_.strides()[dim]);
    }
    return text;
  }

  const Tensor& tensor_;
  const CellPrinter cell_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const Tensor& t) {
  if (!t) return out << "<no tensor>";
  if (t.elements() == 0) return out << "[]";
  const Tensor host = t.to(cpu());
  if (t.rank() == 0) return out << scalar_text(host);
  return out << ArrayPrinter(host).print(0, 0);
}

}  // namespace accrue
