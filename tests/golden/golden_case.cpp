#include "tests/golden/golden_case.h"

#include <cstdlib>
#include <cstring>

#include "graph/element_types.h"

namespace accrue::test {
namespace {

DType read_dtype(const Json& json) { return parse_dtype(json.text()).value(); }

template <class S>
S read_element(const Json& json) {
  if (const bool* b = std::get_if<bool>(&json.value)) return scalar::cast_element<S>(*b);
  const auto* number = std::get_if<Json::Number>(&json.value);
  const std::string& text = number != nullptr ? number->text : json.text();  // "nan", "inf", "-inf"
  if constexpr (std::is_integral_v<S>) {
    if (text.find_first_of(".e") == std::string::npos)
      return static_cast<S>(text[0] == '-'
                                ? std::strtoll(text.c_str(), nullptr, 10)
                                : static_cast<long long>(std::strtoull(text.c_str(), nullptr, 10)));
  }
  return scalar::Store<S>::from(std::strtod(text.c_str(), nullptr));
}

constexpr auto element_readers = table_by_dtype([]<class S>() {
  return +[](const Json& json, Array& a, std::size_t i) { elements_as<S>(a)[i] = read_element<S>(json); };
});

/// `list` holds the elements in order, or one that fills the array.
Array read_values(DType dtype, const Shape& shape, const Json::List& list) {
  Array a(dtype, shape);
  const auto count = static_cast<std::size_t>(elements(shape));
  for (std::size_t i = 0; i < count; ++i)
    accrue::at(element_readers, dtype)(list.size() == 1 ? list[0] : list.at(i), a, i);
  return a;
}

Array read_filled(const Json& json, DType dtype, const Shape& shape) {
  if (const Json* fill = json.find("fill")) return read_values(dtype, shape, {*fill});
  return read_values(dtype, shape, json["values"].list());
}

std::int64_t offset_in(const Json& json) {
  const Json* offset = json.find("offset");
  return offset != nullptr ? offset->integer() : 0;
}

/// A strided window on storage that it keeps alive.
Tensor window(const Tensor& storage, DType dtype, const Shape& shape, const Strides& strides,
              std::int64_t offset) {
  auto owner = std::make_shared<Tensor>(storage);
  auto* first =
      static_cast<std::byte*>(owner->data()) + offset * static_cast<std::int64_t>(byte_width(dtype));
  return Tensor::adopt(owner, first, dtype, shape, strides, /*read_only=*/false);
}

struct Input {
  Tensor tensor, storage;
};
Input read_input(const Json& json) {
  const DType dtype = read_dtype(json["dtype"]);
  const Shape shape = json["shape"].integers();
  const Json* view = json.find("view");
  if (view == nullptr) {
    const Tensor dense = to_tensor(read_filled(json, dtype, shape));
    return {dense, dense};
  }
  const Json::List& held = (*view)["storage"].list();
  const Tensor storage = to_tensor(read_values(dtype, {static_cast<std::int64_t>(held.size())}, held));
  return {window(storage, dtype, shape, (*view)["strides"].integers(), offset_in(*view)), storage};
}

void read_out(const Json& json, const Input& input, GoldenCase& c) {
  const DType dtype = read_dtype(json["dtype"]);
  const Shape shape = json["shape"].integers();
  const Json* given = json.find("strides");
  const Strides strides = given != nullptr ? Strides(given->integers()) : contiguous_strides(shape);
  const Json* alias = json.find("alias");
  if (alias == nullptr) {
    c.room.emplace(dtype, shape, strides);
    c.out = c.room->tensor();
  } else {
    c.out = alias->text() == "input" ? input.tensor
                                     : window(input.storage, dtype, shape, strides, offset_in(json));
  }
}

void read_expected(const Json& json, GoldenCase& c) {
  if (const Json* error = json.find("error")) {
    c.error = error->text();
    return;
  }
  c.dtype = read_dtype(json["dtype"]);
  c.shape = json["shape"].integers();
  if (const Json* at = json.find("at")) {
    for (const auto& [index, value] : at->object())
      c.at.emplace_back(std::stoll(index), read_values(c.dtype, {}, {value}));
  } else {
    c.values = read_filled(json, c.dtype, c.shape);
  }
  if (const Json* rtol = json.find("rtol"))
    c.bound.relative = std::stod(std::get<Json::Number>(rtol->value).text);
}

}  // namespace

GoldenCase read_golden_case(const Json& line) {
  GoldenCase c;
  c.name = line["name"].text();
  c.op = line["op"].text();
  const Input input = read_input(line["input"]);
  c.input = input.tensor;
  const Json& args = line["args"];
  c.dim = args["dim"].integer();
  if (const Json* dtype = args.find("dtype")) c.options.dtype = read_dtype(*dtype);
  if (const Json* exclusive = args.find("exclusive")) c.options.exclusive = std::get<bool>(exclusive->value);
  if (const Json* reverse = args.find("reverse")) c.options.reverse = std::get<bool>(reverse->value);
  if (const Json* out = args.find("out")) read_out(*out, input, c);
  read_expected(line["expected"], c);
  return c;
}

}  // namespace accrue::test
