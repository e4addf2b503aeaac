// Leaves out casts that change no result.
//
//   cast(x, dtype of x)                         x
//   cast(cast(x, middle), to)                   cast(x, to)
//   cumsum(cast(x, middle), dim, dtype=to)      cumsum(x, dim, dtype=to); so for every scan, and for the
//                                               reductions that convert each element first
//   argmax(cast(x, middle)), argmin             argmax(x), where middle holds every value of x
//
//   expects     any graph
//   guarantees  each conversion left out gives the bits it gave before, for every value the dtype can hold
//   never       adds a node; leaves out a cast that rounds, wraps or saturates a value that the next one
//               would have kept: cast(cast(x, int32), float32) of a float x truncates, so it stays
#include "graph/rewrite.h"

namespace accrue {

namespace {

/// Bits of the largest integer below which a dtype holds every integer of its sign.
int exact_bits(DType t) {
  if (t == DType::boolean) return 1;
  if (t == DType::float16) return 11;
  if (t == DType::bfloat16) return 8;
  if (t == DType::float32) return 24;
  if (t == DType::float64) return 53;
  return static_cast<int>(8 * byte_width(t)) - (is_signed_integer(t) ? 1 : 0);
}

/// Whether every value of `x` is a value of `wide`.
bool holds(DType wide, DType x) {
  if (wide == x || x == DType::boolean) return true;
  if (wide == DType::boolean) return false;
  if (is_floating(x)) return is_floating(wide) && byte_width(wide) > byte_width(x);
  if (is_signed_integer(x) && is_unsigned_integer(wide)) return false;
  return exact_bits(wide) >= exact_bits(x);
}

/// Whether converting a value of dtype x to `middle` and then to `to` gives the bits of converting it to
/// `to`.
bool is_direct(DType x, DType middle, DType to) {
  if (middle == to) return true;
  const bool whole = !is_floating(x);
  // Of a bool or integer, a float is 0 only where the number is; an integer keeps the low bits.
  if (whole && is_floating(middle) && to == DType::boolean) return true;
  if (whole && is_integer(middle) && is_integer(to) && byte_width(to) <= byte_width(middle)) return true;
  if (!holds(middle, x)) return false;
  // Integers wrap where floats saturate.
  return !(whole && is_floating(middle) && is_integer(to)) || holds(to, x);
}

/// The dtype that a node converts its operand's elements to before anything else, where there is one.
std::optional<DType> converts_to(const Node& node) {
  if (node.kind == Kind::cast || node.kind == Kind::scan) return node.dtype;
  if (node.kind != Kind::reduce) return std::nullopt;
  const scalar::FoldResult result = spec(node.fold).result;
  const bool follows_operand = result == scalar::FoldResult::same || result == scalar::FoldResult::index;
  return follows_operand ? std::nullopt : std::optional(node.dtype);
}

/// Whether `node`, which reads a cast of a value of dtype x to `middle`, may read the value itself.
bool reads_through(const Node& node, DType x, DType middle) {
  if (const std::optional<DType> to = converts_to(node)) return is_direct(x, middle, *to);
  return node.kind == Kind::reduce && spec(node.fold).result == scalar::FoldResult::index && holds(middle, x);
}

/// What the node may read instead of its operand, or the operand.
NodeId source(const Arena& graph, const Node& node) {
  NodeId at = node.inputs[0];
  while (graph[at].kind == Kind::cast) {
    const NodeId inner = graph[at].inputs[0];
    if (!reads_through(node, graph[inner].dtype, graph[at].dtype)) break;
    at = inner;
  }
  return at;
}

std::optional<NodeId> fold(Arena& to, const Node& node, NodeId) {
  if (node.inputs.size() != 1) return std::nullopt;
  const NodeId from = source(to, node);
  if (node.kind == Kind::cast && to[from].dtype == node.dtype) return from;
  if (from == node.inputs[0]) return std::nullopt;
  Node direct = node;
  direct.inputs[0] = from;
  return to.add(std::move(direct));
}

}  // namespace

bool concerns_fold_casts(const Arena& graph, const Node& node) {
  if (node.inputs.size() != 1) return false;
  const NodeId from = source(graph, node);
  return from != node.inputs[0] || (node.kind == Kind::cast && graph[from].dtype == node.dtype);
}

Arena fold_casts(const Arena& graph) { return rebuild(graph, fold); }

}  // namespace accrue
