#include "graph/checks.h"

namespace accrue {

void refuse(std::string_view op, const std::string& what, SourceLoc where) {
  throw Error(std::string(op) + ": " + what, where);
}

std::string type_list(std::span<const Node* const> values) {
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += i + 1 == values.size() ? " and " : ", ";
    text += type_text(*values[i]);
  }
  return text;
}

std::int64_t resolve_dim(std::string_view op, std::int64_t dim, const Node& x, SourceLoc where) {
  const auto rank = std::max<std::int64_t>(static_cast<std::int64_t>(x.shape.size()), 1);
  if (dim < -rank || dim >= rank)
    refuse(op,
           "dim " + std::to_string(dim) + " is out of range for " + type_text(x) + "; valid dims are " +
               std::to_string(-rank) + ".." + std::to_string(rank - 1),
           where);
  return dim < 0 ? dim + rank : dim;
}

std::size_t broadcast_into(Shape& result, const Shape& shape) {
  if (shape == result) return 0;
  while (result.size() < shape.size()) result.insert(0, 1);
  for (std::size_t last = 1; last <= shape.size(); ++last) {
    const std::int64_t wanted = shape[shape.size() - last];
    std::int64_t& length = result[result.size() - last];
    if (length == 1) length = wanted;
    if (wanted != 1 && wanted != length) return last;
  }
  return 0;
}

Shape broadcast_shape(std::string_view op, std::span<const Node* const> values, SourceLoc where) {
  Shape result = values[0]->shape;
  for (const Node* value : values.subspan(1)) {
    const Shape& shape = value->shape;
    if (const std::size_t last = broadcast_into(result, shape))
      refuse(op,
             type_list(values) + " do not broadcast: dim -" + std::to_string(last) + " is " +
                 std::to_string(result[result.size() - last]) + " and " +
                 std::to_string(shape[shape.size() - last]) +
                 "; counted from the last, dims must be equal, or one of them 1",
             where);
  }
  return result;
}

void check_shape(std::string_view op, const Shape& shape, SourceLoc where) {
  if (shape.size() > max_rank)
    refuse(op,
           "the result would have " + std::to_string(shape.size()) + " dims; at most " +
               std::to_string(max_rank) + " are possible",
           where);
  for (std::int64_t dim : shape)
    if (dim < 0) refuse(op, "shape " + to_string(shape) + " has a negative dim; dims are 0 or more", where);
  if (!checked_elements(shape))
    refuse(op, "shape " + to_string(shape) + " has more than 2^63-1 elements", where);
}

const char* domain_refused(scalar::Domain domain, DType dtype) {
  using scalar::Domain;
  switch (domain) {
    case Domain::any: return nullptr;
    case Domain::numeric: return dtype == boolean ? "integers and floats" : nullptr;
    case Domain::integral: return is_floating(dtype) ? "bool and integers" : nullptr;
    case Domain::integers: break;
  }
  return is_integer(dtype) ? nullptr : "integers";
}

void check_joined(const Node& first, const Node& other, std::size_t dim, SourceLoc where) {
  bool fits = first.shape.size() == other.shape.size();
  for (std::size_t i = 0; fits && i < first.shape.size(); ++i)
    fits = i == dim || first.shape[i] == other.shape[i];
  if (!fits)
    refuse("concat",
           type_text(first) + " and " + type_text(other) + " differ in more than dim " + std::to_string(dim) +
               "; the other dims must be equal",
           where);
}

void check_matmul(const Node& a, const Node& b, SourceLoc where) {
  const std::string both = type_text(a) + " @ " + type_text(b);
  if (a.shape.empty() || b.shape.empty())
    refuse("matmul", both + ": operands need one dim or more; multiply by a 0-d value with *", where);
  if (a.dtype == boolean && b.dtype == boolean)
    refuse("matmul", both + ": takes integers and floats; cast first", where);
  const std::int64_t left = a.shape.back();
  const std::int64_t right = b.shape.size() == 1 ? b.shape[0] : b.shape[b.shape.size() - 2];
  if (left != right)
    refuse("matmul",
           both + ": the last dim of the left, " + std::to_string(left) + ", must equal the " +
               (b.shape.size() == 1 ? "only dim" : "last but one") + " of the right, " +
               std::to_string(right),
           where);
}

}  // namespace accrue
