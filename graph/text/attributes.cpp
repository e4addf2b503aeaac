#include "graph/text/attributes.h"

#include <bit>
#include <cmath>

#include "graph/text/numbers.h"

namespace accrue {
namespace {

using Attributes = std::vector<Attribute>;

std::string dtype_text(DType dtype) { return std::string(to_string(dtype)); }

// start:stop:step with every part left out that is the default.
void append_slice(std::string& out, std::int64_t extent, std::int64_t start, std::int64_t step,
                  std::int64_t length) {
  const bool backward = step < 0;
  if (length == 0) {  // start:start is empty for either direction
    append_integer(out, start);
    out += ':';
    append_integer(out, start);
  } else {
    const std::int64_t last = start + (length - 1) * step;
    if (start != (backward ? extent - 1 : 0)) append_integer(out, start);
    out += ':';
    if (backward ? last + step >= 0 : last < extent - step)
      append_integer(out, backward ? last - 1 : last + 1);
  }
  if (step == 1) return;
  out += ':';
  append_integer(out, step);
}

std::string slices_text(const Shape& from, const Node& node) {
  std::size_t shown = node.shape.size();  // trailing whole dims are left out
  const auto whole = [&](std::size_t d) {
    return node.dims[d] == 0 && node.steps[d] == 1 && node.shape[d] == from[d];
  };
  while (shown > 1 && whole(shown - 1)) --shown;
  std::string out;
  for (std::size_t d = 0; d < shown; ++d) {
    if (d > 0) out += ", ";
    if (whole(d))
      out += ':';
    else
      append_slice(out, from[d], node.dims[d], node.steps[d], node.shape[d]);
  }
  return out;
}

__extension__ using Wide = __int128;

std::string wide_integer(Wide value) {
  std::string out;
  if (value > std::numeric_limits<std::int64_t>::max())
    append_number(out, DType::uint64, static_cast<std::uint64_t>(value));
  else
    append_integer(out, static_cast<std::int64_t>(value));
  return out;
}

// Any stop from one past the last element up to the next one gives the same elements.
Attributes integer_range(const Node& node) {
  const std::int64_t n = node.shape[0];
  const bool is_unsigned = node.dtype == DType::uint64;
  const Wide start = is_unsigned ? Wide{node.bits} : Wide{static_cast<std::int64_t>(node.bits)};
  Wide step = static_cast<std::int64_t>(node.step_bits);
  // The bits of a step beyond int64 are those of a negative one, which would lead out of the dtype's range or
  // leave no room for a stop.
  const Wide lowest = is_unsigned ? Wide{0} : Wide{std::numeric_limits<std::int64_t>::min()} + 1;
  if (n > 0 && step < 0 && start + (n - 1) * step < lowest) step = node.step_bits;
  Wide stop = start + n * step;
  const bool unwritable = stop < std::numeric_limits<std::int64_t>::min() || stop > ~std::uint64_t{0};
  if (unwritable) stop += (step > 0 ? 1 : -1) - step;
  return {{"start", wide_integer(start), false},
          {"stop", wide_integer(stop), false},
          {"step", wide_integer(step), false},
          {"dtype", dtype_text(node.dtype), true}};
}

Attributes real_range(const Node& node) {
  const auto n = static_cast<double>(node.shape[0]);
  const auto start = std::bit_cast<double>(node.bits), step = std::bit_cast<double>(node.step_bits);
  double stop = start + n * step;
  if (std::ceil((stop - start) / step) != n) stop = start + (n - 0.5) * step;  // rounding crossed an element
  std::string texts[3];
  append_real(texts[0], start);
  append_real(texts[1], stop);
  append_real(texts[2], step);
  return {{"start", texts[0], false},
          {"stop", texts[1], false},
          {"step", texts[2], false},
          {"dtype", dtype_text(node.dtype), true}};
}

Attributes scan_attributes(const Node& node) {
  const std::int64_t dim = node.dims.empty() ? 0 : node.dims[0];
  Attributes list{{"dim", std::to_string(dim), true}, {"dtype", dtype_text(node.dtype), true}};
  if (node.exclusive) list.push_back({"exclusive", "True", true});
  if (node.reverse) list.push_back({"reverse", "True", true});
  return list;
}

Attributes reduce_attributes(const Node& node) {
  const bool single = node.dims.size() == 1;
  Attributes list{{"dim", single ? std::to_string(node.dims[0]) : tuple_text(node.dims), true}};
  if (node.keepdim) list.push_back({"keepdim", "True", true});
  if (takes_dtype(node.fold)) list.push_back({"dtype", dtype_text(node.dtype), true});
  return list;
}

Attributes view_attributes(const Arena& graph, const Node& node) {
  switch (node.view) {
    case View::permute: return {{"dims", tuple_text(node.dims), false}};
    case View::slice: return {{"slices", slices_text(graph[node.inputs[0]].shape, node), false}};
    default: return {{"shape", tuple_text(node.shape), false}};
  }
}

}  // namespace

std::string tuple_text(const Dims& dims) {
  std::string out = "(";
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (i > 0) out += ", ";
    append_integer(out, dims[i]);
  }
  if (dims.size() == 1) out += ',';
  return out + ')';
}

std::vector<Attribute> attributes(const Arena& graph, const Node& node) {
  switch (node.kind) {
    case Kind::iota: return is_floating(node.dtype) ? real_range(node) : integer_range(node);
    case Kind::cast: return {{"dtype", dtype_text(node.dtype), false}};
    case Kind::scan: return scan_attributes(node);
    case Kind::reduce: return reduce_attributes(node);
    case Kind::view: return view_attributes(graph, node);
    case Kind::concat: return {{"dim", std::to_string(node.dims[0]), true}};
    default: return {};
  }
}

}  // namespace accrue
