// Drops the nodes that no output and no out binding needs.
//
//   expects     any graph
//   guarantees  every node but an input has a reader; the other nodes, and their order, stay
//   never       drops an input: the declared inputs are the program's signature
#include "graph/rewrite.h"

namespace accrue {

Arena drop_dead(const Arena& graph) {
  return rebuild(graph, [](Arena&, const Node&, NodeId) { return std::nullopt; });
}

}  // namespace accrue
