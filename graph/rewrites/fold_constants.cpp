// Computes what depends on constants alone.
//
//   expects     any graph
//   guarantees  a map, cast, scan, reduction, view or concat of constants is a constant, where it and they
//               have at most 1024 elements each; a view of a constant that is one number throughout is one
//               whatever its size
//   never       folds through matmul, or through a function that is not exactly rounded (its bits are the
//               device's); computes more than 2^24 elements in all, so that no graph makes compiling slow or
//               the constants large
#include <algorithm>

#include "graph/reference.h"
#include "graph/rewrite.h"
#include "graph/rewrites/constants.h"

namespace accrue {

namespace {

constexpr std::int64_t most_elements = 1024;
constexpr std::int64_t most_elements_in_all = 1 << 24;

class ConstantFolder {
 public:
  std::optional<NodeId> fold(Arena& to, const Node& node) {
    std::optional<Node> constant = evaluated(to, node);
    return constant ? std::optional(to.add(std::move(*constant))) : std::nullopt;
  }

  static bool depends_on_constants_alone(const Arena& graph, const Node& node) {
    return has_fixed_bits(node) && std::all_of(node.inputs.begin(), node.inputs.end(), [&](NodeId input) {
             return graph[input].kind == Kind::constant;
           });
  }

 private:
  std::optional<Node> evaluated(const Arena& to, const Node& node) {
    if (!depends_on_constants_alone(to, node)) return std::nullopt;
    if (node.kind == Kind::view)
      if (const auto bits = uniform_bits(to[node.inputs[0]])) return constant_like(node, *bits);
    return within_bounds(to, node) ? std::optional(computed(to, node)) : std::nullopt;
  }

  static bool has_fixed_bits(const Node& node) {
    if (node.kind == Kind::map) return info(node.fn).spec.exact;
    return node.kind == Kind::cast || node.kind == Kind::scan || node.kind == Kind::reduce ||
           node.kind == Kind::view || node.kind == Kind::concat;
  }

  bool within_bounds(const Arena& to, const Node& node) {
    std::int64_t most = elements(node.shape), all = most;
    for (NodeId input : node.inputs) {
      most = std::max(most, elements(to[input].shape));
      if (most > most_elements) return false;
      all += elements(to[input].shape);
    }
    computed_elements_ += all;
    return most <= most_elements && computed_elements_ <= most_elements_in_all;
  }

  static Node constant_like(const Node& node, std::uint64_t bits) {
    Node constant;
    constant.kind = Kind::constant;
    constant.dtype = node.dtype;
    constant.shape = node.shape;
    constant.bits = bits;
    constant.where = node.where;
    return constant;
  }

  static Node computed(const Arena& to, const Node& node) {
    std::vector<Array> values;
    values.reserve(node.inputs.size());
    std::vector<const Array*> operands;
    for (NodeId input : node.inputs) {
      values.push_back(evaluate_node(to[input], {}));
      operands.push_back(&values.back());
    }
    Node constant = constant_like(node, 0);
    constant.data = std::make_shared<const Array>(evaluate_node(node, operands));
    if (const auto bits = uniform_bits(constant)) return constant_like(node, *bits);
    return constant;
  }

  std::int64_t computed_elements_ = 0;
};

}  // namespace

bool concerns_fold_constants(const Arena& graph, const Node& node) {
  return ConstantFolder::depends_on_constants_alone(graph, node);
}

Arena fold_constants(const Arena& graph) {
  ConstantFolder folder;
  return rebuild(graph, [&](Arena& to, const Node& node, NodeId) { return folder.fold(to, node); });
}

}  // namespace accrue
