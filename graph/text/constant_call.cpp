#include "graph/text/constant_call.h"

#include <algorithm>
#include <cstring>

#include "graph/promote.h"

namespace accrue {
namespace {

enum : std::size_t { value_parameter, dtype_parameter, shape_parameter };

// The shape that a list's first items have, each checked against the others while the numbers are gathered.
class ListReader {
 public:
  explicit ListReader(const Arguments& arguments) : arguments_(arguments) {}

  void read(const Value& list) {
    if (list.depth > max_rank) refuse("a list nested more than 32 deep");
    const Value* first = &list;
    for (; first->is(Value::Kind::tuple); first = first->items->data()) {
      shape.push_back(static_cast<std::int64_t>(first->items->size()));
      if (first->items->empty()) break;
    }
    gather(list, 0);
  }

  Shape shape;
  std::vector<Literal> numbers;

 private:
  void gather(const Value& value, std::size_t depth) {
    if (depth == shape.size()) {
      if (!value.is(Value::Kind::number))
        refuse("a list of numbers, not of " + described(arguments_.context(), value));
      numbers.push_back(value.number);
      return;
    }
    const bool fits =
        value.is(Value::Kind::tuple) && static_cast<std::int64_t>(value.items->size()) == shape[depth];
    if (!fits)
      refuse("a list whose parts are of one length; one at depth " + std::to_string(depth) + " is not");
    for (const Value& item : *value.items) gather(item, depth + 1);
  }

  [[noreturn]] void refuse(const std::string& what) const {
    arguments_.refuse(arguments_[value_parameter], "value takes a number or " + what);
  }

  const Arguments& arguments_;
};

Expr add(Arguments& a, Array array) {
  Node node;
  node.kind = Kind::constant;
  node.data = std::make_shared<const Array>(std::move(array));
  node.where = a.where();
  const auto& arena = a.context().graph.arena();
  return {arena, arena->add(std::move(node))};
}

DType dtype_of_numbers(const std::vector<Literal>& numbers) {
  if (numbers.empty()) return float32;
  auto category = Literal::Category::boolean;
  for (const Literal& number : numbers) category = std::max(category, number.category);
  return default_dtype(category);
}

Expr from_list(Arguments& a) {
  ListReader reader(a);
  reader.read(a[value_parameter].value);
  Shape shape = reader.shape;
  if (a.has(shape_parameter)) {
    shape = a.integers(shape_parameter);
    const auto count = static_cast<std::int64_t>(reader.numbers.size());
    if (checked_elements(shape) != count)
      a.refuse(a[shape_parameter], "shape " + to_string(shape) + " does not hold the list's " +
                                       std::to_string(count) + (count == 1 ? " number" : " numbers"));
  }
  const DType dtype = a.dtype(dtype_parameter).value_or(dtype_of_numbers(reader.numbers));
  Array array(dtype, shape);
  const std::size_t width = byte_width(dtype);
  std::byte* to = array.bytes.data();
  for (const Literal& number : reader.numbers) {
    const std::uint64_t bits = storage_bits("constant", number, dtype, a.where());
    std::memcpy(to, &bits, width);  // little-endian
    to += width;
  }
  return add(a, std::move(array));
}

std::string unquoted(std::string_view literal) {
  const std::size_t quotes =
      literal.size() >= 6 && literal[0] == literal[1] && literal[1] == literal[2] ? 3 : 1;
  literal = literal.substr(quotes, literal.size() - 2 * quotes);
  std::string text;
  for (std::size_t i = 0; i < literal.size(); ++i) {
    if (literal[i] == '\\' && i + 1 < literal.size()) ++i;
    text += literal[i];
  }
  return text;
}

Expr from_outside(Arguments& a) {
  const PlacedValue& value = a[value_parameter];
  const std::string place = unquoted(a.context().syntax[value.value.word]);
  if (!a.context().options.load_constant)
    a.refuse(value,
             "no constants are loaded here; \"" + place.substr(0, 100) + "\" is one outside the script");
  const std::optional<DType> dtype = a.dtype(dtype_parameter);
  if (!dtype || !a.has(shape_parameter))
    a.refuse(value, "a constant outside the script needs its dtype and shape here");
  const Shape shape = a.integers(shape_parameter);
  const SidecarConstant found = a.context().options.load_constant(place);
  if (found.dtype != *dtype || found.shape != shape)
    a.refuse(value, "\"" + place.substr(0, 100) + "\" is " + type_text(found.dtype, found.shape) + ", not " +
                        type_text(*dtype, shape));
  Array array(*dtype, shape);
  if (!array.bytes.empty()) std::memcpy(array.bytes.data(), found.data.get(), array.bytes.size());
  return add(a, std::move(array));
}

}  // namespace

Expr build_constant(Arguments& a) {
  const Value& value = a[value_parameter].value;
  if (value.is(Value::Kind::tuple)) return from_list(a);
  if (value.is(Value::Kind::string)) return from_outside(a);
  if (a.has(shape_parameter))
    a.refuse(a[shape_parameter], "a number has no shape; full((2, 3), 1.0) repeats one");
  if (!value.is(Value::Kind::number)) a.takes(value_parameter, "a number, a list of numbers, or a string");
  return a.context().graph.constant(value.number, a.dtype(dtype_parameter), a.file(), a.line());
}

}  // namespace accrue
