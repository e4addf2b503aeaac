// What each kind of node takes, and the dtype and shape of its result.
#include <cstring>

#include "graph/checks.h"
#include "graph/graph.h"
#include "graph/promote.h"

namespace accrue {
namespace {

using Inputs = SmallVector<const Node*, 4>;

Inputs inputs_of(const Arena& arena, const Node& node) {
  Inputs inputs;
  for (NodeId id : node.inputs) inputs.push_back(&arena[id]);
  return inputs;
}

[[noreturn]] void refuse(const Node& node, const std::string& what) {
  refuse(op_name(node), what, node.where);
}

void require_inputs(const Node& node, std::size_t count) {
  if (node.inputs.size() != count)
    refuse(node, "takes " + std::to_string(count) + (count == 1 ? " value" : " values") + ", not " +
                     std::to_string(node.inputs.size()));
}

void require_same_dtype(const Node& node, std::span<const Node* const> inputs) {
  for (const Node* input : inputs)
    if (input->dtype != inputs[0]->dtype)
      refuse(node, type_list(inputs) + " are of several dtypes; cast them to one first");
}

// ------------------------------------------------------------------------------------------- constant, iota

// A 0-d tensor constant is the number it holds, and one without elements holds nothing.
void infer_constant(Node& node) {
  if (node.data) {
    const Array& data = *node.data;
    node.dtype = data.dtype;
    node.shape = data.shape;
    if (data.bytes.size() != static_cast<std::size_t>(elements(data.shape)) * byte_width(data.dtype))
      throw InternalError("constant: " + type_text(node) + " with " + std::to_string(data.bytes.size()) +
                          " bytes");
    if (data.shape.empty()) std::memcpy(&node.bits, data.bytes.data(), data.bytes.size());
    if (data.shape.empty() || data.bytes.empty()) node.data = nullptr;
  }
  if (checked_elements(node.shape) == 0) node.bits = 0;
}

void infer_iota(Node& node) {
  if (node.dtype == boolean) refuse(node, "bool is no dtype for a sequence; use integers or floats");
  if (node.shape.size() != 1) refuse(node, "shape " + to_string(node.shape) + " is not 1-d");
}

// ------------------------------------------------------------------------------------------- map

void infer_map(Node& node, std::span<const Node* const> inputs) {
  const scalar::OpSpec& op = info(node.fn).spec;
  require_inputs(node, static_cast<std::size_t>(op.arity));
  const auto conditions = static_cast<std::size_t>(op.unpromoted);
  for (const Node* condition : inputs.first(conditions))
    if (condition->dtype != boolean)
      refuse(node, "the condition is " + type_text(*condition) + "; it must be bool, as comparisons give");
  require_same_dtype(node, inputs.subspan(conditions));
  const DType dtype = inputs[conditions]->dtype;
  if (const char* takes = domain_refused(op.domain, dtype))
    refuse(node, "takes " + std::string(takes) + ", not " + type_list(inputs) + "; cast first");
  if (op.result == scalar::Result::real && !is_floating(dtype))
    refuse(node, "takes floats, not " + type_list(inputs) + "; cast first");
  node.dtype = op.result == scalar::Result::boolean ? boolean : dtype;
  node.shape = broadcast_shape(op_name(node), inputs, node.where);
}

// ------------------------------------------------------------------------------------------- scan, reduce

// Where a bool result is refused, the fold that does what was probably meant.
std::string instead_of_bool(const Node& node) {
  const bool product = node.fold == scan_fold("cumprod");
  if (node.kind == Kind::scan) return product ? "cummin for a running and" : "cummax for a running or";
  return product ? "all for and" : "any for or";
}

void check_fold_dtype(const Node& node) {
  const scalar::FoldSpec& fold = spec(node.fold);
  const std::string dtype(to_string(node.dtype));
  if (fold.result == scalar::FoldResult::real && !is_floating(node.dtype))
    refuse(node, dtype + " is no dtype for its result; use a floating one, such as float32");
  if (!fold.bool_result && node.dtype == boolean)
    refuse(node, "bool is no dtype for its result; use int64, or " + instead_of_bool(node));
}

void infer_scan(Node& node, const Node& x) {
  if (spec(node.fold).scan == nullptr) throw InternalError("a scan of a fold that is none");
  check_fold_dtype(node);
  node.dims[0] = resolve_dim(op_name(node), node.dims[0], x, node.where);
  node.shape = x.shape;
}

void infer_reduced_shape(Node& node, const Node& x) {
  node.shape.clear();
  std::size_t next = 0;
  for (std::size_t i = 0; i < x.shape.size(); ++i) {
    const bool reduced = next < node.dims.size() && node.dims[next] == static_cast<std::int64_t>(i);
    if (reduced) ++next;
    if (!reduced) node.shape.push_back(x.shape[i]);
    if (reduced && node.keepdim) node.shape.push_back(1);
  }
  if (next != node.dims.size())
    refuse(node, "dims " + to_string(node.dims) + " are not ascending dims of " + type_text(x));
  if (node.dims.empty()) node.keepdim = false;
}

bool reduces_nothing(const Node& node, const Node& x) {
  for (std::int64_t dim : node.dims)
    if (x.shape[static_cast<std::size_t>(dim)] == 0) return true;
  return false;
}

void infer_reduce(Node& node, const Node& x) {
  using scalar::FoldResult;
  const scalar::FoldSpec& fold = spec(node.fold);
  if (fold.reduce == nullptr) throw InternalError("a reduction of a fold that is none");
  if (fold.result == FoldResult::same) node.dtype = x.dtype;
  if (fold.result == FoldResult::boolean) node.dtype = boolean;
  if (fold.result == FoldResult::index) node.dtype = int64;
  if (fold.result != FoldResult::index) check_fold_dtype(node);
  infer_reduced_shape(node, x);
  if (!fold.takes_empty && checked_elements(node.shape) != 0 && reduces_nothing(node, x))
    refuse(node, type_text(x) + " has no elements along dims " + to_string(node.dims) +
                     "; it takes one or more, unless the result is empty too");
}

// ------------------------------------------------------------------------------------------- views

void check_reshape(const Node& node, const Node& x) {
  const auto from = checked_elements(x.shape), to = checked_elements(node.shape);
  if (from == to) return;
  refuse(node, type_text(x) + " has " + std::to_string(*from) + " elements, and shape " +
                   to_string(node.shape) + " takes " + (to ? std::to_string(*to) : "more than 2^63-1"));
}

void infer_permute(Node& node, const Node& x) {
  std::uint64_t seen = 0;
  for (std::int64_t dim : node.dims)
    if (dim >= 0 && dim < static_cast<std::int64_t>(x.shape.size())) seen |= std::uint64_t{1} << dim;
  const std::uint64_t all = (std::uint64_t{1} << x.shape.size()) - 1;
  if (node.dims.size() != x.shape.size() || seen != all)
    refuse(node, "order " + to_string(node.dims) + " does not name each dim of " + type_text(x) + " once");
  node.shape.clear();
  for (std::int64_t dim : node.dims) node.shape.push_back(x.shape[static_cast<std::size_t>(dim)]);
}

// Whether first, first + step, ... (`count` of them) are all indices of a dim.
bool indices_fit(std::int64_t first, std::int64_t step, std::int64_t count, std::int64_t length) {
  if (count < 0 || step == 0) return false;
  if (count == 0) return first == 0;
  std::int64_t last = 0;
  if (__builtin_mul_overflow(step, count - 1, &last) || __builtin_add_overflow(last, first, &last))
    return false;
  return first >= 0 && first < length && last >= 0 && last < length;
}

void check_slice(const Node& node, const Node& x) {
  const std::size_t rank = x.shape.size();
  bool fits = node.dims.size() == rank && node.steps.size() == rank && node.shape.size() == rank;
  for (std::size_t i = 0; fits && i < rank; ++i)
    fits = indices_fit(node.dims[i], node.steps[i], node.shape[i], x.shape[i]);
  if (!fits)
    refuse(node, "first indices " + to_string(node.dims) + ", steps " + to_string(node.steps) +
                     " and lengths " + to_string(node.shape) + " do not lie within " + type_text(x));
}

void check_broadcast(const Node& node, const Node& x) {
  const std::size_t rank = x.shape.size();
  bool fits = rank <= node.shape.size();
  for (std::size_t i = 0; fits && i < rank; ++i)
    fits = x.shape[i] == 1 || x.shape[i] == node.shape[node.shape.size() - rank + i];
  if (!fits)
    refuse(node, type_text(x) + " does not broadcast to " + to_string(node.shape) +
                     "; counted from the last, its dims must be equal to those, or 1");
}

void infer_view(Node& node, const Node& x) {
  node.dtype = x.dtype;
  if (node.view != View::permute) check_shape(op_name(node), node.shape, node.where);
  switch (node.view) {
    case View::reshape: return check_reshape(node, x);
    case View::permute: return infer_permute(node, x);
    case View::slice: return check_slice(node, x);
    case View::broadcast: break;
  }
  check_broadcast(node, x);
}

// ------------------------------------------------------------------------------------------- concat, matmul

void infer_concat(Node& node, std::span<const Node* const> inputs) {
  if (inputs.empty()) refuse(node, "no values; it takes one or more");
  require_same_dtype(node, inputs);
  for (const Node* input : inputs)
    if (input->shape.empty())
      refuse(node, type_list(inputs) + ": a 0-d value has no dim to join along; use stack");
  node.dims[0] = resolve_dim("concat", node.dims[0], *inputs[0], node.where);
  const auto dim = static_cast<std::size_t>(node.dims[0]);
  node.dtype = inputs[0]->dtype;
  node.shape = inputs[0]->shape;
  for (const Node* input : inputs.subspan(1)) {
    check_joined(*inputs[0], *input, dim, node.where);
    if (__builtin_add_overflow(node.shape[dim], input->shape[dim], &node.shape[dim]))
      refuse(node, "the result would have more than 2^63-1 elements");
  }
}

Shape leading_dims(const Node& matrices) {
  Shape shape = matrices.shape;
  shape.pop_back();
  shape.pop_back();
  return shape;
}

void infer_matmul(Node& node, const Node& a, const Node& b) {
  check_matmul(a, b, node.where);
  if (a.dtype != b.dtype || a.shape.size() < 2 || b.shape.size() < 2)
    refuse(node,
           type_text(a) + " @ " + type_text(b) + ": takes matrices of one dtype; cast and reshape first");
  const Shape left = leading_dims(a), right = leading_dims(b);
  node.dtype = a.dtype;
  node.shape = left;
  if (broadcast_into(node.shape, right) != 0)
    refuse(node, type_text(a) + " @ " + type_text(b) + ": the leading dims " + to_string(left) + " and " +
                     to_string(right) + " do not broadcast");
  node.shape.push_back(a.shape[a.shape.size() - 2]);
  node.shape.push_back(b.shape.back());
}

}  // namespace

void infer(const Arena& arena, Node& node) {
  const Inputs inputs = inputs_of(arena, node);
  switch (node.kind) {
    case Kind::input: require_inputs(node, 0); break;
    case Kind::constant:
      require_inputs(node, 0);
      infer_constant(node);
      break;
    case Kind::iota:
      require_inputs(node, 0);
      infer_iota(node);
      break;
    case Kind::map: infer_map(node, inputs); break;
    case Kind::cast:
      require_inputs(node, 1);
      node.shape = inputs[0]->shape;
      break;
    case Kind::scan:
      require_inputs(node, 1);
      infer_scan(node, *inputs[0]);
      break;
    case Kind::reduce:
      require_inputs(node, 1);
      infer_reduce(node, *inputs[0]);
      break;
    case Kind::view:
      require_inputs(node, 1);
      infer_view(node, *inputs[0]);
      break;
    case Kind::concat: infer_concat(node, inputs); break;
    case Kind::matmul:
      require_inputs(node, 2);
      infer_matmul(node, *inputs[0], *inputs[1]);
      break;
  }
  check_shape(op_name(node), node.shape, node.where);
}

}  // namespace accrue
