#include "graph/graph.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "graph/checks.h"
#include "graph/promote.h"
#include "graph/words.h"

namespace accrue {
std::string type_text(DType dtype, const Shape& shape) {
  std::string text(to_string(dtype));
  return shape.empty() ? text : text + to_string(shape);
}

DType Expr::dtype() const {
  if (is_empty()) throw Error("Expr: an empty one has no dtype; assign a value of a graph first");
  return (*arena_)[id_].dtype;
}

const Shape& Expr::shape() const {
  if (is_empty()) throw Error("Expr: an empty one has no shape; assign a value of a graph first");
  return (*arena_)[id_].shape;
}

Graph::Graph(std::string_view name) : arena_(std::make_shared<Arena>(name)) {}

Expr Graph::input(std::string_view name, DType dtype, const Shape& shape, const char* file, int line) {
  Node node;
  node.kind = Kind::input;
  node.dtype = dtype;
  node.shape = shape;
  node.name = arena_->intern(name);
  node.where = {file, line, 0};
  return {arena_, arena_->add(std::move(node))};
}

Expr Graph::constant(const Literal& value, std::optional<DType> dtype, const char* file, int line) {
  Node node;
  node.kind = Kind::constant;
  node.dtype = dtype.value_or(default_dtype(value.category));
  node.where = {file, line, 0};
  node.bits = storage_bits("constant", value, node.dtype, node.where);
  return {arena_, arena_->add(std::move(node))};
}

NodeId Arena::add(Node&& node) {
  for (NodeId input : node.inputs)
    if (input >= size())
      throw InternalError(std::string(op_name(node)) + ": reads a node that is not there yet");
  infer(*this, node);
  return node.kind == Kind::input ? append_input(std::move(node)) : add_inferred(std::move(node));
}

// Its place, or the free one where it belongs, of the entry that `is_sought`.
template <class IsSought>
Arena::Entry& Arena::place_in(std::vector<Entry>& index, std::uint32_t hash, const IsSought& is_sought) {
  const std::size_t mask = index.size() - 1;
  std::size_t i = hash & mask;
  while (index[i].node != no_node && !is_sought(index[i])) i = (i + 1) & mask;
  return index[i];
}

NodeId Arena::add_inferred(Node&& node) {
  index_nodes();
  const std::uint32_t hash = hash_of(node);
  Entry& entry = place_in(index_, hash, [&](const Entry& other) {
    return other.hash == hash && same_operation((*this)[other.node], node);
  });
  if (entry.node != no_node) return entry.node;
  entry = {hash, append(std::move(node))};
  ++indexed_;
  return entry.node;
}

NodeId Arena::append_input(Node&& node) {
  const std::string_view name = node.name == nullptr ? "" : node.name;
  const std::string quoted = '"' + std::string(name) + '"';
  if (!is_identifier(name))
    refuse("input", quoted + " is no name; it takes letters, digits and _, and starts with no digit",
           node.where);
  if (is_reserved(name))
    refuse("input", quoted + " is a word of the script language; choose another name", node.where);
  if (const auto taken = input_names_.find(name); taken != input_names_.end())
    refuse("input",
           "the name " + quoted + " is taken by an earlier input, " + type_text((*this)[taken->second]) +
               "; names are unique",
           node.where);
  node.name = intern(name);
  const auto id = static_cast<NodeId>(size());
  inputs_.push_back(id);
  try {
    input_names_.emplace(node.name, id);
    return append(std::move(node));
  } catch (...) {  // out of memory
    input_names_.erase(name);
    inputs_.pop_back();
    throw;
  }
}

// All or nothing where memory runs out: what may throw comes before the node is there.
NodeId Arena::append(Node&& node) {
  node.where.file = keep_file(node.where.file);
  return push(std::move(node));
}

NodeId Arena::push(Node&& node) {
  if (size_ == chunks_.size() * chunk_nodes) chunks_.push_back(std::make_shared<Chunk>());
  Chunk& chunk = *chunks_.back();
  std::construct_at(chunk.nodes + chunk.size, std::move(node));
  ++chunk.size;
  return static_cast<NodeId>(size_++);
}

Arena Arena::share() const {
  Arena shared(name);
  const std::size_t full = size_ / chunk_nodes;
  shared.chunks_.assign(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(full));
  shared.size_ = full * chunk_nodes;
  shared.shared_texts_ = shared_texts_;
  shared.shared_texts_.push_back(texts_);
  for (std::size_t id = shared.size_; id < size_; ++id) shared.push(Node((*this)[static_cast<NodeId>(id)]));
  shared.inputs_ = inputs_;
  for (NodeId input : inputs_) shared.input_names_.emplace(shared[input].name, input);
  return shared;
}

void Arena::insert(std::vector<Entry>& index, Entry entry) {
  place_in(index, entry.hash, [](const Entry&) { return false; }) = entry;
}

// Indexes every node, with room for one more. A graph that is only copied and read is never indexed.
void Arena::index_nodes() {
  const std::size_t least_places = 2 * (size_ + 1);
  if (least_places > index_.size()) {
    std::vector<Entry> grown(std::max<std::size_t>(64, std::bit_ceil(least_places)));
    for (const Entry& entry : index_)
      if (entry.node != no_node) insert(grown, entry);
    index_ = std::move(grown);
  }
  for (; indexed_ < size_; ++indexed_) {
    const Node& node = (*this)[static_cast<NodeId>(indexed_)];
    if (node.kind != Kind::input) insert(index_, {hash_of(node), static_cast<NodeId>(indexed_)});
  }
}

const char* Arena::intern(std::string_view text) {
  if (const auto found = interned_.find(text); found != interned_.end()) return found->second;
  const std::string& copy = texts_->emplace_back(text);
  return interned_.emplace(copy, copy.c_str()).first->second;
}

// Most nodes come from the file of the one before.
const char* Arena::keep_file(const char* file) {
  if (file == nullptr) return nullptr;
  if (last_file_ == nullptr || (file != last_file_ && std::strcmp(file, last_file_) != 0))
    last_file_ = intern(file);
  return last_file_;
}

}  // namespace accrue
