#include "src/layout.h"

#include <string>

namespace accrue {
namespace {

/// One dim of the loop nest: its extent, and each operand's stride.
struct LoopDim {
  std::int64_t extent;
  std::vector<std::int64_t> strides;
};
using LoopDims = std::vector<LoopDim>;

bool continues(const LoopDim& outer, const LoopDim& inner) {
  for (std::size_t i = 0; i < inner.strides.size(); ++i)
    if (outer.strides[i] != inner.strides[i] * inner.extent) return false;
  return true;
}

LoopDims merged(const LoopDims& dims) {
  LoopDims result;
  for (const LoopDim& dim : dims) {
    if (dim.extent == 1) continue;
    if (result.empty() || !continues(result.back(), dim)) {
      result.push_back(dim);
    } else {
      result.back().extent *= dim.extent;
      result.back().strides = dim.strides;
    }
  }
  return result;
}

/// Runs the axis from its far end: a step back is a step forth from there.
void turn_round(LoopDims& axis, std::vector<Movement>& operands) {
  for (LoopDim& dim : axis)
    for (std::size_t i = 0; i < operands.size(); ++i) {
      operands[i].origin += (dim.extent - 1) * dim.strides[i];
      dim.strides[i] = -dim.strides[i];
    }
}

std::int64_t fill_side(LoopDims side, std::vector<Movement>& operands, Dims& extents,
                       Dims Movement::*strides) {
  if (side.empty()) side.push_back({1, std::vector<std::int64_t>(operands.size(), 0)});
  std::int64_t total = 1;
  for (const LoopDim& dim : side) {
    extents.push_back(dim.extent);
    total *= dim.extent;
    for (std::size_t i = 0; i < operands.size(); ++i) (operands[i].*strides).push_back(dim.strides[i]);
  }
  return total;
}

}  // namespace

KernelStrides kernel_strides(const KernelGraph& graph, const Kernel& kernel, const Instr& instr,
                             std::span<const Strides* const> strides) {
  const Access& access = *instr.access;
  Strides steps = contiguous_strides(access.view);  // of an iota's index
  if (instr.op != Instr::Op::iota) {
    const auto buffer = static_cast<std::size_t>(instr.buffer);
    const Shape& shape = graph.buffers[buffer].shape;
    auto found = strides_as(shape, *strides[buffer], access.view);
    if (!found)
      throw InternalError("a buffer of shape " + to_string(shape) + " with strides " +
                          to_string(*strides[buffer]) + " cannot be read as " + to_string(access.view));
    steps = std::move(*found);
  }
  KernelStrides result{0, Dims(kernel.space.size(), 0)};
  for (std::size_t v = 0; v < steps.size(); ++v) {
    result.origin += access.start[v] * steps[v];
    if (access.dim[v] >= 0)
      result.strides[static_cast<std::size_t>(access.dim[v])] += access.step[v] * steps[v];
  }
  return result;
}

Layout make_layout(const KernelGraph& graph, const Kernel& kernel, std::span<const Strides* const> strides) {
  using Op = Instr::Op;
  Layout layout;
  const auto moves = [](const Instr& i) { return i.op == Op::load || i.op == Op::store || i.op == Op::iota; };
  LoopDims dims;
  for (const std::int64_t extent : kernel.space) dims.push_back({extent, {}});
  for (const Instr& instr : kernel.code) {
    if (!moves(instr)) continue;
    const KernelStrides found = kernel_strides(graph, kernel, instr, strides);
    layout.operands.emplace_back().origin = found.origin;
    for (std::size_t d = 0; d < dims.size(); ++d) dims[d].strides.push_back(found.strides[d]);
  }
  LoopDims rows, columns;
  if (kernel.has_axis()) {
    rows = merged({dims.begin() + kernel.axis_begin, dims.begin() + kernel.axis_end});
    if (kernel.reverse) turn_round(rows, layout.operands);
    LoopDims others(dims.begin(), dims.begin() + kernel.axis_begin);
    others.insert(others.end(), dims.begin() + kernel.axis_end, dims.end());
    columns = merged(others);
  } else {
    rows = merged(dims);
    if (!rows.empty()) {
      columns.push_back(rows.back());
      rows.pop_back();
    }
  }
  layout.rows = fill_side(std::move(rows), layout.operands, layout.row_dims, &Movement::row_strides);
  layout.columns =
      fill_side(std::move(columns), layout.operands, layout.column_dims, &Movement::column_strides);
  return layout;
}

}  // namespace accrue
