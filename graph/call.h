// One call of an operation: its operands checked, and turned into nodes.
#pragma once

#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "accrue/graph.hpp"
#include "graph/graph.h"

namespace accrue {

/// Refers to its operands, which outlive it.
class Call {
 public:
  /// Finds the graph of the operands; the place is the first operand's.
  ///   throws  Error: an empty Expr, values of different graphs, or no value of a graph at all
  Call(std::string_view op, std::span<const Operand> operands);
  Call(std::string_view op, const Operand& operand) : Call(op, std::span(&operand, 1)) {}

  std::string_view op() const { return op_; }
  SourceLoc where() const { return where_; }
  const Node& node(const Operand& value) const { return node(value.expr()); }
  const Node& node(const Expr& value) const { return arena()[value.id()]; }

  /// The operands' types and numbers, for messages: "float32[2], bool and 1.5".
  std::string describe(std::span<const Operand> operands) const;

  /// The dtype that the operands promote to.
  ///   throws  Error: there is none
  DType promote(std::span<const Operand> operands) const;

  /// An operand as a node of that dtype: itself, a cast, or a constant.
  NodeId as(const Operand& operand, DType dtype);

  /// A node of that kind, with the call's place, that reads `inputs`; its dtype is the first one's.
  Node make(Kind kind, std::initializer_list<NodeId> inputs) const;
  Expr add(Node&& node) { return {shared_arena(), arena().add(std::move(node))}; }
  /// The same for a node whose dtype and shape are known already (Arena::add_inferred).
  Expr add_inferred(Node&& node) { return {shared_arena(), arena().add_inferred(std::move(node))}; }
  Arena& arena() const { return **arena_; }
  const std::shared_ptr<Arena>& shared_arena() const { return *arena_; }

  [[noreturn]] void refuse(const std::string& what) const;

 private:
  std::string_view op_;
  const std::shared_ptr<Arena>* arena_ = nullptr;  // an operand's: counting references takes time
  SourceLoc where_;
};

/// A view of x: x itself where the view changes nothing.
Expr reshaped(Call& call, const Operand& x, const Shape& shape);

/// x converted, or x itself.
Expr converted(Call& call, const Operand& x, DType dtype);

}  // namespace accrue
