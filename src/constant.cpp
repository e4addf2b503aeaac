#include "accrue/graph.hpp"
#include "graph/graph.h"
#include "src/strided_copy.h"

namespace accrue {

Expr Graph::constant(const Tensor& t, const char* file, int line) {
  const SourceLoc where{file, line, 0};
  if (!t) throw Error("constant: an empty Tensor; make one with Tensor::empty or Tensor::copy_of", where);
  auto copy = std::make_shared<Array>(t.dtype(), t.shape());
  const Tensor host = t.to(cpu());
  copy_to_row_major(host.data(), host.shape(), host.strides(), byte_width(host.dtype()), copy->bytes.data());
  Node node;
  node.kind = Kind::constant;
  node.data = std::move(copy);
  node.where = where;
  return {arena_, arena_->add(std::move(node))};
}

}  // namespace accrue
