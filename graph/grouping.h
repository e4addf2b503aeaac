// Which nodes share a kernel: the decisions of fusion, before any code is emitted.
#pragma once

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/access.h"

namespace accrue {

enum class Direction : std::uint8_t { any, forward, reverse };

/// Nodes that will be one kernel. Groups are numbered in an order that runs: a group reads only groups before
/// it.
struct Group {
  Shape space;            // lengths other than 1
  Dims axis;              // dims of the space, ascending in the order in which the axis is flattened
  bool has_axis = false;  // an axis of length 1 has no dims in the space
  Direction direction = Direction::any;
  std::vector<NodeId> members;
  std::vector<int> reads;         // groups whose values it reads, through find()
  std::vector<int> readers;       // groups that read its values, through find()
  std::vector<int> stored_reads;  // of the groups it reads, those whose value has to be in memory first

  void clear();  // keeps the memory
};

/// Why a value and its reader do not share a kernel.
struct Refusal {
  NodeId value;
  NodeId reader;
  std::string_view reason;
};

class Grouping {
 public:
  Grouping(const Arena& graph, bool fuse_nodes);

  /// The value that the node reaches through views: its own where it is no view.
  NodeId base_of(NodeId id) const { return base_[id]; }
  /// How it reaches into that; null where it is that.
  const Access* view_of(NodeId id) const { return base_[id] == id ? nullptr : &views_.at(id); }
  Access access_of(NodeId id) const;

  /// Whether a kernel makes the node's value: a map, cast, scan, reduce, matmul; or copies it, because a
  /// view, an input, a constant or an iota has to stand in memory of its own.
  bool is_member(NodeId id) const { return home_[id] >= 0; }
  bool is_copy(NodeId id) const { return copied_[id]; }
  bool fuses() const { return fuse_nodes_; }
  /// What a copied node copies.
  const Reach& copy_source(NodeId id) const { return copy_source_.at(id); }
  int group_of(NodeId id) const { return find(home_[id]); }
  bool is_group(int g) const { return groups_[static_cast<std::size_t>(g)] != nullptr; }
  const Group& group(int g) const { return *groups_[static_cast<std::size_t>(g)]; }
  int group_count() const { return static_cast<int>(groups_.size()); }

  /// The space dim behind each dim of the node's value, -1 for a dim of length 1.
  const Dims& dims_of(NodeId id) const { return dims_[static_cast<std::size_t>(home_[id])]; }
  /// The space dim behind each dim of the node's i-th operand.
  Dims operand_dims(NodeId id, std::size_t i) const;

  const std::vector<Refusal>& refusals() const { return refusals_; }

 private:
  struct Reading {
    NodeId reader;
    std::size_t operand;
  };
  int find(int g) const;
  Dims& dims_at(NodeId id) { return dims_[static_cast<std::size_t>(home_[id])]; }
  Group& group_at(int g) { return *groups_[static_cast<std::size_t>(g)]; }
  void resolve_view(NodeId id);
  void set_copy_source(NodeId id);
  int add_group(NodeId id);
  bool made_in_kernel(NodeId base) const;
  void copy(NodeId id);
  void link_matmul(NodeId id);
  void place(NodeId id);
  void link(int reader, NodeId base);
  void link_source(int reader, NodeId source, bool from_memory);
  void read_from_memory(int reader, int producer);
  void fuse_with_producers(NodeId id);
  void fuse_with_sibling(NodeId id);
  Access read_access(const Reading& r) const;
  std::string_view map_dims(NodeId id, int producer, Dims& to_producer) const;
  std::string_view merge(int a, int b, Dims to_a);
  std::string_view match(const Group& a, const Group& b, Dims& to_a) const;
  bool reads_stored(int reader, int producer) const;
  int merged_position(int a, int b) const;
  void absorb(int a, int b, const Dims& to_a, int position);

  const Arena& graph_;
  bool fuse_nodes_;
  std::vector<NodeId> base_;
  std::unordered_map<NodeId, Access> views_;
  std::vector<int> home_;   // by node: the group that it was placed in, now a part of find()'s; -1: none
  std::vector<Dims> dims_;  // of each node that was placed, by home
  std::vector<std::unique_ptr<Group>> groups_;  // null: part of another
  std::vector<std::unique_ptr<Group>> spare_;   // empty ones, for groups to come
  mutable std::vector<int> parent_;
  std::unordered_map<NodeId, Reading> last_reading_;  // of each base, by the latest group that loads it
  std::vector<bool> copied_;
  std::unordered_map<NodeId, Reach> copy_source_;
  std::vector<Refusal> refusals_;
};

}  // namespace accrue
