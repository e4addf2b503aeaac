// libtorch, eager: what `torch.cumsum(x, dim, dtype=..., out=y)` calls, without Python.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "tests/bench/loops.h"
#include "tests/bench/peers.h"

namespace accrue::bench {
namespace {

at::ScalarType scalar_type(DType dtype) {
  switch (dtype) {
    case DType::float16: return at::kHalf;
    case DType::float32: return at::kFloat;
    case DType::float64: return at::kDouble;
    case DType::int32: return at::kInt;
    case DType::int64: return at::kLong;
    case DType::uint8: return at::kByte;
    default: throw std::logic_error("no case has this dtype");
  }
}

at::Tensor view(void* data, DType dtype, const Shape& shape) {
  return at::from_blob(data, at::IntArrayRef(shape.begin(), shape.size()),
                       at::TensorOptions(scalar_type(dtype)));
}

at::Tensor program(const Case& c, const at::Tensor& x) {
  if (c.program == "clipped_root")
    return x.to(at::kFloat).mul(0.5).add(1).abs().sqrt().clamp_max(9).sub(3).cumsum(c.dim);
  if (c.program == "affine") return x.mul(3).add(7).to(at::kFloat).cumsum(c.dim);
  if (c.program == "softmax_cdf") {
    const at::Tensor e = (x - x.amax(c.dim, true)).exp();
    return e.cumsum(c.dim) / e.sum(c.dim, true);
  }
  if (c.program == "drawdown") return (x / std::get<0>(x.cummax(c.dim)) - 1).min();
  const at::Tensor centred = x - x.mean(c.dim, true);
  return (centred / (centred.square().mean(c.dim, true) + 1e-5).sqrt()).cumsum(c.dim);
}

at::Tensor chain(const Case& c, const at::Tensor& x) {
  at::Tensor y = x.to(at::kFloat);
  for (int i = 0; i < c.maps; ++i)
    y = i % 3 == 0   ? y * ChainStep::scale(i)
        : i % 3 == 1 ? y + ChainStep::shift(i)
                     : y.clamp_min(ChainStep::floor(i));
  return y.cumsum(c.dim);
}

// Keeps its latest result and lets go of it before the next call.
template <class Compute>
Entrant fresh(const Compute& compute) {
  return {Role::peer, "libtorch", false, [compute, y = std::make_shared<at::Tensor>()]() -> const void* {
            y->reset();
            *y = compute();
            return y->data_ptr();
          }};
}

}  // namespace

std::vector<Entrant> torch_peers(const Case& c, const Buffers& buffers) {
  at::set_num_threads(hardware_threads());
  const at::Tensor x = view(const_cast<void*>(buffers.input(c)), c.in, c.shape);
  const at::ScalarType out = scalar_type(c.out);
  switch (c.kind) {
    case Kind::scan:
    case Kind::call:
      return {{Role::peer, "libtorch", false,
               [x, out, dim = c.dim, y = view(buffers.output(), c.out, c.shape)]() mutable -> const void* {
                 at::cumsum_out(y, x, dim, out);
                 return y.data_ptr();
               }}};
    case Kind::fresh: return {fresh([=, dim = c.dim] { return x.cumsum(dim, out); })};
    case Kind::chain: return {fresh([=] { return chain(c, x); })};
    case Kind::program: return {fresh([=] { return program(c, x); })};
    default: return {};
  }
}

}  // namespace accrue::bench
