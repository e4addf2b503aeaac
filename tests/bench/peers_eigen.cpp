// Eigen's unsupported Tensor module, on its own pool of threads.
#define EIGEN_USE_THREADS
#include <unsupported/Eigen/CXX11/Tensor>

#include "tests/bench/peers.h"

namespace accrue::bench {
namespace {

const Eigen::ThreadPoolDevice& device() {
  static Eigen::ThreadPool pool(hardware_threads(), false);  // false: idle threads sleep
  static const Eigen::ThreadPoolDevice device(&pool, hardware_threads());
  return device;
}

template <class In, class Out, int rank>
Entrant entrant(const Case& c, const Buffers& buffers) {
  Eigen::array<Eigen::Index, rank> extents;
  for (std::size_t i = 0; i < rank; ++i) extents[i] = c.shape[i];
  const auto* const in = static_cast<const In*>(buffers.input(c));
  auto* const out = static_cast<Out*>(buffers.output());
  return {Role::peer, "Eigen Tensor", false, [=, dim = c.dim]() -> const void* {
            const Eigen::TensorMap<Eigen::Tensor<const In, rank, Eigen::RowMajor>> x(in, extents);
            Eigen::TensorMap<Eigen::Tensor<Out, rank, Eigen::RowMajor>> y(out, extents);
            y.device(device()) = x.template cast<Out>().cumsum(dim);
            return out;
          }};
}

}  // namespace

std::vector<Entrant> eigen_peers(const Case& c, const Buffers& buffers) {
  std::vector<Entrant> found;
  if (!is_scan(c)) return found;
  if (c.shape.size() == 1)
    with_types(c, [&]<class In, class Out>() { found.push_back(entrant<In, Out, 1>(c, buffers)); });
  else
    found.push_back(c.shape.size() == 2 ? entrant<float, float, 2>(c, buffers)
                                        : entrant<float, float, 3>(c, buffers));
  return found;
}

}  // namespace accrue::bench
