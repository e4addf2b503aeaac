#include "graph/text/constant_text.h"

#include "graph/text/attributes.h"
#include "graph/text/numbers.h"

namespace accrue {
namespace {

std::string list_number(const Array& array, std::int64_t i) {
  const std::size_t width = byte_width(array.dtype);
  std::string text;
  append_number(text, array.dtype,
                element_bits(array.bytes.data() + static_cast<std::size_t>(i) * width, array.dtype));
  return text;
}

void append_flat(std::string& out, const Array& array) {
  out += '[';
  for (std::int64_t i = 0; i < elements(array.shape); ++i) {
    if (i > 0) out += ", ";
    out += list_number(array, i);
  }
  out += ']';
}

// A bracket opens before, and closes behind, an element at the edge of a block of its dim.
void append_nested(std::string& out, const Array& array) {
  Dims blocks = array.shape;  // elements of one index of the dim before
  for (std::size_t d = blocks.size() - 1; d-- > 0;) blocks[d] *= blocks[d + 1];
  for (std::int64_t i = 0; i < blocks[0]; ++i) {
    if (i > 0) out += ", ";
    for (std::int64_t block : blocks)
      if (i % block == 0) out += '[';
    out += list_number(array, i);
    for (std::int64_t block : blocks)
      if ((i + 1) % block == 0) out += ']';
  }
}

void append_sidecar(std::string& out, const Node& node, const PrintOptions& options) {
  std::vector<SidecarConstant>& list = *options.sidecar_constants;
  const std::string member = "c" + std::to_string(list.size());
  out += '"';
  for (char c : options.sidecar + ":" + member) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
  list.push_back(
      {member, node.dtype, node.shape, std::shared_ptr<const std::byte>(node.data, node.data->bytes.data())});
}

void append_splat(std::string& out, const Node& node) {
  out += node.shape.empty() ? "constant(" : "full(" + tuple_text(node.shape) + ", ";
  append_number(out, node.dtype, node.bits);
}

}  // namespace

void append_constant(std::string& out, const Node& node, const PrintOptions& options) {
  bool with_shape = false;
  if (node.data == nullptr) {
    append_splat(out, node);
  } else {
    out += "constant(";
    const std::int64_t count = elements(node.shape);
    const bool large = options.sidecar_constants != nullptr && count > options.inline_elements;
    with_shape = large || count == 0 || node.shape.empty();
    if (large)
      append_sidecar(out, node, options);
    else if (with_shape)
      append_flat(out, *node.data);
    else
      append_nested(out, *node.data);
  }
  out += ", dtype=";
  out += to_string(node.dtype);
  if (with_shape) out += ", shape=" + tuple_text(node.shape);
  out += ')';
}

}  // namespace accrue
