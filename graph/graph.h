// The arena: a graph's nodes in topological order.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "accrue/graph.hpp"
#include "accrue/tensor.hpp"
#include "graph/node.h"

namespace accrue {

class Arena {
 public:
  explicit Arena(std::string_view name = "main") : name(name) {}
  Arena(const Arena&) = delete;
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  /// Checks the node and infers its dtype and shape (infer.cpp), then adds it, or finds the equal node that
  /// is there already. Inputs are earlier nodes. The names it carries are copied; the place of the first of
  /// equal nodes is kept.
  ///   throws  Error: the operation, the shapes and dtypes, what would have been right; an input's name that
  ///           is taken or no identifier
  ///   cost    amortised constant, beyond one pass over a tensor constant's bytes
  NodeId add(Node&& node);
  NodeId add(const Node& node) { return add(Node(node)); }

  /// The same for a node, not an input, whose dtype and shape are known to be those that infer() gives.
  NodeId add_inferred(Node&& node);

  /// The same for such a node that is equal to none that is there: a copy of another graph's, say.
  NodeId append(Node&& node);

  /// The same nodes, as an arena without outputs and out bindings. It costs little: most of its nodes are
  /// those of this one, and stay when either arena grows or goes.
  Arena share() const;

  /// References stay valid as nodes are added.
  const Node& operator[](NodeId id) const { return chunks_[id / chunk_nodes]->nodes[id % chunk_nodes]; }
  std::size_t size() const { return size_; }
  const std::vector<NodeId>& inputs() const { return inputs_; }  // in declared order

  /// A copy of the text that lives as long as the arena: input names, file names.
  const char* intern(std::string_view text);

  struct Output {
    std::string name;
    NodeId node;
  };
  struct OutBinding {  // cumsum(..., {.out = t}): the node's value is written to t too
    NodeId node;
    Tensor out;
  };
  std::string name;
  std::vector<Output> outputs;  // set by what compiles or prints the graph; names are unique
  std::vector<OutBinding> outs;

 private:
  static constexpr std::size_t chunk_nodes = 256;

  struct Chunk {
    std::size_t size = 0;
    union {
      Node nodes[chunk_nodes];  // the first `size` are there
    };
    Chunk() {}
    ~Chunk() { std::destroy_n(nodes, size); }
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;
  };
  using Texts = std::deque<std::string>;

  /// Where a node is indexed; `hash` also decides the place.
  struct Entry {
    std::uint32_t hash = 0;
    NodeId node = no_node;  // no_node: a free place
  };

  NodeId append_input(Node&& node);
  NodeId push(Node&& node);
  void index_nodes();
  template <class IsSought>
  static Entry& place_in(std::vector<Entry>& index, std::uint32_t hash, const IsSought& is_sought);
  static void insert(std::vector<Entry>& index, Entry entry);
  const char* keep_file(const char* file);

  std::vector<std::shared_ptr<Chunk>> chunks_;  // nodes never move; full ones may be other arenas' as well
  std::size_t size_ = 0;
  std::vector<Entry> index_;  // open addressing over all nodes that are indexed but inputs, a power of two
  std::size_t indexed_ = 0;   // nodes: the first so many
  std::vector<NodeId> inputs_;
  std::shared_ptr<Texts> texts_ = std::make_shared<Texts>();
  std::vector<std::shared_ptr<const Texts>> shared_texts_;  // that nodes of other arenas refer to
  std::unordered_map<std::string_view, const char*> interned_;
  std::unordered_map<std::string_view, NodeId> input_names_;
  const char* last_file_ = nullptr;  // interned
};

/// "float32[4, 8]"; "float32" for a 0-d value.
std::string type_text(DType dtype, const Shape& shape);
inline std::string type_text(const Node& n) { return type_text(n.dtype, n.shape); }

/// Checks a node against its inputs and fills in what follows from them: the dtype and shape of every kind
/// but input, constant and iota; of a view its shape is given and checked.
///   throws  Error, at node.where
void infer(const Arena& arena, Node& node);

}  // namespace accrue
