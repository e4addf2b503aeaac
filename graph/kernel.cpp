#include "graph/kernel.h"

#include <algorithm>
#include <map>
#include <utility>

namespace accrue {

namespace {

std::int64_t product(const Shape& space, int first, int last) {
  std::int64_t p = 1;
  for (int d = first; d < last; ++d) p *= space[static_cast<std::size_t>(d)];
  return p;
}

bool runs_in_pass(const Instr& i) { return !i.row || i.op == Instr::Op::reduce; }

}  // namespace

int Kernel::phases() const {
  int last = 0;
  for (const Instr& i : code)
    if (runs_in_pass(i)) last = std::max(last, i.phase);
  return last + 1;
}
std::int64_t Kernel::outer() const { return product(space, 0, axis_begin); }
std::int64_t Kernel::axis() const { return product(space, axis_begin, axis_end); }
std::int64_t Kernel::inner() const { return product(space, axis_end, static_cast<int>(space.size())); }

DType fold_dtype(const Instr& instr, DType argument) {
  return spec(instr.fold).result == scalar::FoldResult::index ? argument : instr.dtype;
}

std::int64_t elements_reached(const Kernel& kernel, const Access& access) {
  std::int64_t count = 1;
  for (std::int64_t d : access.dim)
    if (d >= 0) count *= kernel.space[static_cast<std::size_t>(d)];
  return count;
}

Traffic traffic(const KernelGraph& graph, const Kernel& kernel) {
  Traffic total;
  std::map<std::pair<Instr::Op, int>, std::vector<const Access*>> seen;
  for (const Instr& i : kernel.code)
    if (i.op == Instr::Op::load || i.op == Instr::Op::store) seen[{i.op, i.buffer}].push_back(i.access.get());
  for (const auto& entry : seen) {
    const auto& [op, index] = entry.first;
    const std::vector<const Access*>& accesses = entry.second;
    // Accesses that differ may overlap; together they reach no more than the buffer.
    const Buffer& buffer = graph.buffers[static_cast<std::size_t>(index)];
    std::int64_t reached = 0;
    for (std::size_t a = 0; a < accesses.size(); ++a)
      if (std::none_of(accesses.begin(), accesses.begin() + static_cast<std::ptrdiff_t>(a),
                       [&](const Access* earlier) { return *earlier == *accesses[a]; }))
        reached += elements_reached(kernel, *accesses[a]);
    const auto bytes =
        std::min(reached, elements(buffer.shape)) * static_cast<std::int64_t>(byte_width(buffer.dtype));
    (op == Instr::Op::load ? total.read : total.written) += bytes;
  }
  return total;
}

namespace {

[[noreturn]] void broken(const KernelGraph& graph, std::size_t k, std::size_t i, const std::string& what) {
  throw InternalError("a fault of accrue's own, not of the graph: kernel k" + std::to_string(k) + ", v" +
                      std::to_string(i) + ": " + what + "\n" + print(graph));
}

/// Whether every index that the kernel forms lies in the view.
bool in_bounds(const Kernel& kernel, const Access& a) {
  for (std::size_t v = 0; v < a.view.size(); ++v) {
    const std::int64_t length = a.dim[v] < 0 ? 1 : kernel.space[static_cast<std::size_t>(a.dim[v])];
    if (length == 0) continue;
    const std::int64_t last = a.start[v] + a.step[v] * (length - 1);
    if (std::min(a.start[v], last) < 0 || std::max(a.start[v], last) >= a.view[v]) return false;
  }
  return true;
}

void verify_instr(const KernelGraph& graph, std::size_t k, std::size_t i) {
  const Kernel& kernel = graph.kernels[k];
  const Instr& instr = kernel.code[i];
  for (std::int32_t a : instr.args) {
    if (a < 0 || static_cast<std::size_t>(a) >= i) broken(graph, k, i, "reads a later value");
    const Instr& arg = kernel.code[static_cast<std::size_t>(a)];
    if (arg.op == Instr::Op::store) broken(graph, k, i, "reads a store");
    if (instr.phase < arg.phase + (arg.op == Instr::Op::reduce ? 1 : 0))
      broken(graph, k, i, "runs before what it reads");
    if (instr.row && !arg.row && instr.op != Instr::Op::reduce)
      broken(graph, k, i, "a row value reads a full one");
  }
  if (instr.row && !kernel.has_axis()) broken(graph, k, i, "a row value without an axis");
  const bool memory = instr.op == Instr::Op::load || instr.op == Instr::Op::store;
  if (!memory) return;
  if (instr.buffer < 0 || static_cast<std::size_t>(instr.buffer) >= graph.buffers.size())
    broken(graph, k, i, "no such buffer");
  const Buffer& buffer = graph.buffers[static_cast<std::size_t>(instr.buffer)];
  if (elements(buffer.shape) != elements(instr.access->view)) broken(graph, k, i, "a view of another size");
  if (buffer.dtype != instr.dtype) broken(graph, k, i, "another dtype than the buffer's");
  if (product(kernel.space, 0, static_cast<int>(kernel.space.size())) != 0 &&
      !in_bounds(kernel, *instr.access))
    broken(graph, k, i, "reaches outside the buffer");
}

}  // namespace

void verify(const KernelGraph& graph) {
  std::vector<bool> written(graph.buffers.size(), false);
  for (std::size_t b = 0; b < graph.buffers.size(); ++b)
    written[b] =
        graph.buffers[b].kind == Buffer::Kind::input || graph.buffers[b].kind == Buffer::Kind::constant;
  for (std::size_t k = 0; k < graph.kernels.size(); ++k) {
    const auto& code = graph.kernels[k].code;
    for (std::size_t i = 0; i < code.size(); ++i) {
      verify_instr(graph, k, i);
      if (code[i].op == Instr::Op::load && !written[static_cast<std::size_t>(code[i].buffer)])
        broken(graph, k, i, "loads a buffer that nothing has written");
    }
    for (const Instr& i : code)
      if (i.op == Instr::Op::store) written[static_cast<std::size_t>(i.buffer)] = true;
  }
  for (std::size_t b = 0; b < written.size(); ++b)
    if (!written[b] && elements(graph.buffers[b].shape) != 0)
      throw InternalError("a fault of accrue's own: nothing writes buffer b" + std::to_string(b) + "\n" +
                          print(graph));
}

}  // namespace accrue
