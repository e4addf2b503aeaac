#include "tests/bench/peers.h"

#include <tbb/version.h>

#ifdef ACCRUE_BENCH_HAVE_EIGEN
#include <Eigen/Core>
#endif
#ifdef ACCRUE_BENCH_HAVE_XTENSOR
#include <xtensor/xtensor_config.hpp>
#endif
#ifdef ACCRUE_BENCH_HAVE_TORCH
#include <torch/version.h>
#endif

#include "accrue/accrue.hpp"

namespace accrue::bench {

std::vector<Entrant> peers(const Case& c, const Buffers& buffers) {
  std::vector<Entrant> all;
  const auto add = [&](std::vector<Entrant> some) {
    for (Entrant& entrant : some) all.push_back(std::move(entrant));
  };
  add(std_peers(c, buffers));
  add(tbb_peers(c, buffers));
#ifdef ACCRUE_BENCH_HAVE_EIGEN
  add(eigen_peers(c, buffers));
#endif
#ifdef ACCRUE_BENCH_HAVE_XTENSOR
  add(xtensor_peers(c, buffers));
#endif
#ifdef ACCRUE_BENCH_HAVE_TORCH
  add(torch_peers(c, buffers));
#endif
  return all;
}

std::map<std::string, std::string> peer_versions() {
  const auto dotted = [](int a, int b, int c) {
    return std::to_string(a) + "." + std::to_string(b) + "." + std::to_string(c);
  };
  std::map<std::string, std::string> versions = {
      {"accrue", std::string(version())}, {"compiler", __VERSION__}, {"oneTBB", TBB_VERSION_STRING}};
#ifdef ACCRUE_BENCH_HAVE_EIGEN
  versions["Eigen"] = dotted(EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
#endif
#ifdef ACCRUE_BENCH_HAVE_XTENSOR
  versions["xtensor"] = dotted(XTENSOR_VERSION_MAJOR, XTENSOR_VERSION_MINOR, XTENSOR_VERSION_PATCH);
#endif
#ifdef ACCRUE_BENCH_HAVE_TORCH
  versions["libtorch"] = TORCH_VERSION;
#endif
  return versions;
}

}  // namespace accrue::bench
