// Leaves out operations that change no bit of any value.
//
//   x * 1, x - 0, x + -0.0, maximum(x, lowest), x & all ones, ...       x   (a number that changes nothing)
//   -(-x), ~~x, logical_not(logical_not(x)), floor(ceil(x)), ...        x, or the inner operation's value
//   maximum(x, x), x & x, where(c, x, x), where(True, x, y), concat((x,))   x
//   floor(x) of an integer x, abs(x) of an unsigned one                 x
//
//   expects     any graph
//   guarantees  the same bits for every value of the dtype: -0, NaN, infinities, wrapping integers
//   never       touches x + 0.0 (-0.0 + 0.0 is 0.0), x * 0 or x - x (NaN), x / x; changes a dtype or a
//               shape: ones * x that broadcasts x stays; counts on a function that is not exactly rounded
//               to be exact somewhere (pow(x, 1.0))
#include <algorithm>
#include <array>

#include "graph/rewrite.h"
#include "graph/rewrites/constants.h"

namespace accrue {

namespace {

enum class Of : std::uint8_t { every, floats, integers, booleans, not_floats, unsigned_integers };

bool covers(Of dtypes, DType t) {
  switch (dtypes) {
    case Of::every: return true;
    case Of::floats: return is_floating(t);
    case Of::integers: return is_integer(t);
    case Of::booleans: return t == DType::boolean;
    case Of::not_floats: return !is_floating(t);
    case Of::unsigned_integers: break;
  }
  return is_unsigned_integer(t);
}

/// fn(x, number) is x; so is fn(number, x) where it stands on either side.
struct Neutral {
  Fn function;
  Number number;
  Of dtypes;
  bool either_side;
};
constexpr std::array neutrals{
    Neutral{fn("add"), Number::zero, Of::not_floats, true},
    Neutral{fn("add"), Number::minus_zero, Of::floats, true},
    Neutral{fn("sub"), Number::zero, Of::every, false},
    Neutral{fn("mul"), Number::one, Of::every, true},
    Neutral{fn("div"), Number::one, Of::floats, false},
    Neutral{fn("floor_divide"), Number::one, Of::integers, false},
    Neutral{fn("pow"), Number::one, Of::integers, false},
    Neutral{fn("maximum"), Number::lowest, Of::every, true},
    Neutral{fn("minimum"), Number::highest, Of::every, true},
    Neutral{fn("bitwise_and"), Number::all_bits_set, Of::not_floats, true},
    Neutral{fn("bitwise_or"), Number::zero, Of::not_floats, true},
    Neutral{fn("bitwise_xor"), Number::zero, Of::not_floats, true},
    Neutral{fn("bitwise_left_shift"), Number::zero, Of::integers, false},
    Neutral{fn("bitwise_right_shift"), Number::zero, Of::integers, false},
    Neutral{fn("logical_and"), Number::one, Of::booleans, true},
    Neutral{fn("logical_or"), Number::zero, Of::booleans, true},
    Neutral{fn("logical_xor"), Number::zero, Of::booleans, true},
    Neutral{fn("eq"), Number::one, Of::booleans, true},
    Neutral{fn("ne"), Number::zero, Of::booleans, true},
};

constexpr bool stand_together(const auto& entries) {
  for (std::size_t i = 1; i < entries.size(); ++i)
    for (std::size_t before = 0; before < i; ++before)
      if (entries[before].function == entries[i].function && entries[i - 1].function != entries[i].function)
        return false;
  return true;
}
static_assert(stand_together(neutrals), "a function's entries stand together");

/// By function: where its entries begin.
constexpr auto neutrals_of = [] {
  std::array<std::uint8_t, fn_infos.size()> first{};
  first.fill(neutrals.size());
  for (std::size_t i = neutrals.size(); i-- > 0;)
    first[static_cast<std::size_t>(neutrals[i].function)] = static_cast<std::uint8_t>(i);
  return first;
}();

/// fn(x) is x.
struct Unchanging {
  Fn function;
  Of dtypes;
};
constexpr std::array unchanging{
    Unchanging{fn("floor"), Of::integers},        Unchanging{fn("ceil"), Of::integers},
    Unchanging{fn("round"), Of::integers},        Unchanging{fn("trunc"), Of::integers},
    Unchanging{fn("abs"), Of::unsigned_integers}, Unchanging{fn("relu"), Of::unsigned_integers},
};

/// fn(fn(x)) is x.
constexpr std::array involutions{
    Unchanging{fn("neg"), Of::every},
    Unchanging{fn("bitwise_not"), Of::every},
    Unchanging{fn("logical_not"), Of::booleans},
};

constexpr std::array roundings{fn("floor"), fn("ceil"), fn("round"),
                               fn("trunc")};  // each keeps whole numbers
constexpr std::array idempotents{fn("abs"), fn("relu"), fn("sign")};

/// fn(x, x) is x.
constexpr std::array of_equals{
    Unchanging{fn("maximum"), Of::every},        Unchanging{fn("minimum"), Of::every},
    Unchanging{fn("bitwise_and"), Of::every},    Unchanging{fn("bitwise_or"), Of::every},
    Unchanging{fn("logical_and"), Of::booleans}, Unchanging{fn("logical_or"), Of::booleans},
    Unchanging{fn("add"), Of::booleans},         Unchanging{fn("mul"), Of::booleans},
};

template <class Functions>
bool contains(const Functions& functions, Fn function) {
  return std::find(functions.begin(), functions.end(), function) != functions.end();
}

template <class Table>
bool listed(const Table& table, Fn function, DType operand) {
  return std::any_of(table.begin(), table.end(), [&](const Unchanging& u) {
    return u.function == function && covers(u.dtypes, operand);
  });
}

std::optional<NodeId> unary_equal(const Arena& graph, const Node& node) {
  const Node& x = graph[node.inputs[0]];
  if (listed(unchanging, node.fn, x.dtype)) return node.inputs[0];
  if (x.kind != Kind::map || info(x.fn).spec.arity != 1) return std::nullopt;
  if (node.fn == x.fn && listed(involutions, node.fn, graph[x.inputs[0]].dtype)) return x.inputs[0];
  const bool keeps = (node.fn == x.fn && contains(idempotents, node.fn)) ||
                     (contains(roundings, node.fn) && contains(roundings, x.fn));
  return keeps ? std::optional(node.inputs[0]) : std::nullopt;
}

std::optional<NodeId> binary_equal(const Arena& graph, const Node& node) {
  const NodeId a = node.inputs[0], b = node.inputs[1];
  const DType dtype = graph[a].dtype;
  if (a == b && listed(of_equals, node.fn, dtype)) return a;
  for (std::size_t i = neutrals_of[static_cast<std::size_t>(node.fn)]; i < neutrals.size(); ++i) {
    const Neutral& n = neutrals[i];
    if (n.function != node.fn) break;
    if (!covers(n.dtypes, dtype)) continue;
    const std::uint64_t neutral = bits_of(n.number, dtype);
    if (uniform_bits(graph[b]) == neutral) return a;
    if (n.either_side && uniform_bits(graph[a]) == neutral) return b;
  }
  return std::nullopt;
}

std::optional<NodeId> where_equal(const Arena& graph, const Node& node) {
  if (node.inputs[1] == node.inputs[2]) return node.inputs[1];
  const auto condition = uniform_bits(graph[node.inputs[0]]);
  if (!condition) return std::nullopt;
  return node.inputs[*condition != 0 ? 1 : 2];
}

/// The value among the node's inputs, or theirs, that has the node's bits, its shape apart.
std::optional<NodeId> equal_value(const Arena& graph, const Node& node) {
  if (node.kind == Kind::concat && node.inputs.size() == 1) return node.inputs[0];
  if (node.kind != Kind::map) return std::nullopt;
  if (node.fn == fn("where")) return where_equal(graph, node);
  if (node.inputs.size() == 1) return unary_equal(graph, node);
  return node.inputs.size() == 2 ? binary_equal(graph, node) : std::nullopt;
}

/// logical_not(logical_not(x)) of a number is x != 0, which is its cast to bool.
std::optional<Node> as_cast(const Arena& graph, const Node& node) {
  if (node.kind != Kind::map || node.fn != fn("logical_not")) return std::nullopt;
  const Node& inner = graph[node.inputs[0]];
  if (inner.kind != Kind::map || inner.fn != fn("logical_not")) return std::nullopt;
  Node cast;
  cast.kind = Kind::cast;
  cast.dtype = DType::boolean;
  cast.inputs = inner.inputs;
  cast.where = node.where;
  return cast;
}

std::optional<NodeId> simplified(Arena& to, const Node& node, NodeId) {
  if (const auto equal = equal_value(to, node))
    if (to[*equal].shape == node.shape) return equal;
  if (std::optional<Node> cast = as_cast(to, node)) return to.add(std::move(*cast));
  return std::nullopt;
}

}  // namespace

bool concerns_simplify(const Arena& graph, const Node& node) {
  return equal_value(graph, node) || as_cast(graph, node);
}

Arena simplify(const Arena& graph) { return rebuild(graph, simplified); }

}  // namespace accrue
