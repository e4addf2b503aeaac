#include "graph/reference.h"

#include <memory>

#include "graph/reference_kinds.h"

namespace accrue {
namespace {

const Array& input_value(const Node& node, const std::map<std::string, Array>& inputs) {
  const auto found = inputs.find(node.name);
  if (found == inputs.end())
    throw Error("run: input " + std::string(node.name) + " is missing; it is " + type_text(node));
  const Array& value = found->second;
  if (value.dtype != node.dtype || value.shape != node.shape)
    throw Error("run: input " + std::string(node.name) + " is " + type_text(value.dtype, value.shape) +
                "; the graph's is " + type_text(node));
  return value;
}

/// Per node: how many readers its value has, an output being one; 0 where no output depends on it.
std::vector<std::uint32_t> readers_of(const Arena& arena) {
  std::vector<std::uint32_t> readers(arena.size(), 0);
  for (const Arena::Output& output : arena.outputs) ++readers[output.node];
  for (std::size_t id = arena.size(); id-- > 0;)
    if (readers[id] > 0)
      for (const NodeId input : arena[static_cast<NodeId>(id)].inputs) ++readers[input];
  return readers;
}

}  // namespace

Array evaluate_node(const Node& node, const std::vector<const Array*>& inputs) {
  switch (node.kind) {
    case Kind::constant: return plain::constant(node);
    case Kind::iota: return plain::iota(node);
    case Kind::map: return plain::map(node, inputs);
    case Kind::cast: return plain::cast(*inputs[0], node.dtype);
    case Kind::scan: return plain::scan(node, *inputs[0]);
    case Kind::reduce: return plain::reduce(node, *inputs[0]);
    case Kind::view: return plain::view(node, *inputs[0]);
    case Kind::concat: return plain::concat(node, inputs);
    case Kind::matmul: return plain::matmul(node, *inputs[0], *inputs[1]);
    case Kind::input: break;
  }
  throw InternalError("reference: an input's value is given, not evaluated");
}

std::vector<Array> evaluate(const Arena& arena, const std::map<std::string, Array>& inputs) {
  std::vector<std::uint32_t> readers = readers_of(arena);
  std::vector<std::unique_ptr<Array>> values(arena.size());  // of nodes that are still to be read
  for (NodeId id = 0; id < arena.size(); ++id) {
    if (readers[id] == 0) continue;
    const Node& node = arena[id];
    std::vector<const Array*> operands;
    for (const NodeId input : node.inputs) operands.push_back(values[input].get());
    values[id] = std::make_unique<Array>(node.kind == Kind::input ? input_value(node, inputs)
                                                                  : evaluate_node(node, operands));
    for (const NodeId input : node.inputs)
      if (--readers[input] == 0) values[input].reset();
  }
  std::vector<Array> outputs;
  for (const Arena::Output& output : arena.outputs) outputs.push_back(*values[output.node]);
  return outputs;
}

}  // namespace accrue
