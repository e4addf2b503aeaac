#include "graph/graph.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "graph/checks.h"
#include "graph/promote.h"
#include "graph/words.h"

namespace accrue {
namespace {

constexpr std::uint64_t not_indexed = 0;  // in place of an input's hash

std::uint64_t indexed_hash(const Node& node) {
  return node.kind == Kind::input ? not_indexed : std::max(hash_of(node), not_indexed + 1);
}

}  // namespace

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

NodeId Arena::add(Node node) {
  for (NodeId input : node.inputs)
    if (input >= size())
      throw InternalError(std::string(op_name(node)) + ": reads a node that is not there yet");
  infer(*this, node);
  return node.kind == Kind::input ? append_input(std::move(node)) : add_inferred(std::move(node));
}

NodeId Arena::add_inferred(Node&& node) {
  index_nodes();
  const std::uint64_t hash = indexed_hash(node);
  NodeId& place = place_of(node, hash);
  if (place != no_node) return place;
  const NodeId id = append(std::move(node));
  hashes_.push_back(hash);  // there is room
  return place = id;
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
  if (size_ == chunks_.size() * chunk_nodes) {
    std::vector<Node> chunk;
    chunk.reserve(chunk_nodes);
    chunks_.push_back(std::move(chunk));
  }
  node.where.file = keep_file(node.where.file);
  chunks_.back().push_back(std::move(node));
  return static_cast<NodeId>(size_++);
}

// The index entry of the equal node, or the free one where it belongs.
NodeId& Arena::place_of(const Node& node, std::uint64_t hash) {
  const std::size_t mask = index_.size() - 1;
  std::size_t i = hash & mask;
  while (index_[i] != no_node && !(hashes_[index_[i]] == hash && same_operation((*this)[index_[i]], node)))
    i = (i + 1) & mask;
  return index_[i];
}

// Indexes every node, with room for one more. A graph that is only copied and read is never indexed.
void Arena::index_nodes() {
  const std::size_t least_places = 2 * (size_ + 1);
  std::size_t first = hashes_.size();
  if (least_places > index_.size()) {
    const std::size_t places = std::max<std::size_t>(64, std::bit_ceil(least_places));
    hashes_.reserve(places / 2);
    index_.assign(places, no_node);
    first = 0;
  }
  const std::size_t mask = index_.size() - 1;
  for (std::size_t id = first; id < size_; ++id) {
    if (id == hashes_.size()) hashes_.push_back(indexed_hash((*this)[static_cast<NodeId>(id)]));
    if (hashes_[id] == not_indexed) continue;
    std::size_t i = hashes_[id] & mask;
    while (index_[i] != no_node) i = (i + 1) & mask;
    index_[i] = static_cast<NodeId>(id);
  }
}

const char* Arena::intern(std::string_view text) {
  if (const auto found = interned_.find(text); found != interned_.end()) return found->second;
  const std::string& copy = texts_.emplace_back(text);
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
