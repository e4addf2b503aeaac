// Other libraries at the same work. Each is compiled only where it was found (ACCRUE_BENCH_HAVE_...), and
// takes part in the cases that it can do.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/bench/data.h"
#include "tests/bench/harness.h"

namespace accrue::bench {

std::vector<Entrant> std_peers(const Case& c, const Buffers& buffers);  // std::inclusive_scan(par) on oneTBB
std::vector<Entrant> tbb_peers(const Case& c, const Buffers& buffers);  // oneTBB parallel_scan
std::vector<Entrant> eigen_peers(const Case& c, const Buffers& buffers);    // Eigen Tensor
std::vector<Entrant> xtensor_peers(const Case& c, const Buffers& buffers);  // xtensor
std::vector<Entrant> torch_peers(const Case& c, const Buffers& buffers);    // libtorch

/// All that this program was built with.
std::vector<Entrant> peers(const Case& c, const Buffers& buffers);

/// Their versions, by name.
std::map<std::string, std::string> peer_versions();

/// Calls f<In, Out>() with the C++ types of the case's dtypes; false where a peer has no such types
/// (float16).
template <class F>
bool with_types(const Case& c, const F& f) {
  if (c.in == float32 && c.out == float32)
    f.template operator()<float, float>();
  else if (c.in == float64 && c.out == float64)
    f.template operator()<double, double>();
  else if (c.in == int64 && c.out == int64)
    f.template operator()<std::int64_t, std::int64_t>();
  else if (c.in == int32 && c.out == int64)
    f.template operator()<std::int32_t, std::int64_t>();
  else if (c.in == uint8 && c.out == int64)
    f.template operator()<std::uint8_t, std::int64_t>();
  else if (c.in == float32 && c.out == int32)
    f.template operator()<float, std::int32_t>();
  else if (c.in == int32 && c.out == float32)
    f.template operator()<std::int32_t, float>();
  else
    return false;
  return true;
}

/// Whether the case is a scan into memory that is reused.
inline bool is_scan(const Case& c) { return c.kind == Kind::scan || c.kind == Kind::call; }

}  // namespace accrue::bench
