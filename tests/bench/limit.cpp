#include "tests/bench/limit.h"

#include <tbb/parallel_for.h>

#include <cmath>
#include <cstring>
#include <stdexcept>

#include "tests/bench/loops.h"

namespace accrue::bench {
namespace {

CastPair cast_pair(DType in, DType out) {
  if (in == out) return byte_width(in) == 4 ? CastPair::copy_4_bytes : CastPair::copy_8_bytes;
  if (in == int32) return out == int64 ? CastPair::int32_int64 : CastPair::int32_float32;
  if (in == uint8) return CastPair::uint8_int64;
  return in == float32 ? CastPair::float32_int32 : CastPair::float16_float32;
}

template <std::int64_t width>
void copy_bytes(const void* in, void* out, std::int64_t first, std::int64_t last) {
  std::memcpy(static_cast<char*>(out) + first * width, static_cast<const char*>(in) + first * width,
              static_cast<std::size_t>((last - first) * width));
}

// loop(first, last) on so many threads, cut at multiples of 4096 elements.
template <class Loop>
void in_parallel(std::int64_t count, int threads, const Loop& loop) {
  if (threads == 1) return loop(std::int64_t{0}, count);
  const auto cut = [&](int i) { return i == threads ? count : count / threads * i / 4096 * 4096; };
  tbb::parallel_for(
      0, threads, [&](int i) { loop(cut(i), cut(i + 1)); }, tbb::static_partitioner());
}

// A copy is worth nothing as a limit if it does not happen.
void check_cast(const Case& c, const void* in, const void* out, const std::string& name) {
  const std::vector<double> given = probes(in, c.in, c.count());
  const std::vector<double> found = probes(out, c.out, c.count());
  for (std::size_t i = 0; i < given.size(); ++i)
    if (found[i] != (is_integer(c.out) ? std::trunc(given[i]) : given[i]))
      throw std::logic_error(c.name + ": " + name + " did not write the cast of the input");
}

// What a copy costs whose output is new: the fresh case's own floor.
Entrant copy_to_fresh_pages(const Case& c, const void* in, int threads) {
  return {Role::yardstick, "copy to fresh huge pages", false, [c, in, threads]() -> const void* {
            const HugeBuffer out(c.count() * static_cast<std::int64_t>(byte_width(c.out)));
            in_parallel(c.count(), threads, [&](std::int64_t first, std::int64_t last) {
              copy_bytes<4>(in, out.data(), first, last);
            });
            return nullptr;
          }};
}

}  // namespace

std::vector<Entrant> limits(const Case& c, const Buffers& buffers) {
  if (c.kind == Kind::call || c.kind == Kind::first_call || c.kind == Kind::compile) return {};
  const void* const in = buffers.input(c);
  void* const out = buffers.output();
  const auto pair = static_cast<std::size_t>(cast_pair(c.in, c.out));
  const std::int64_t count = c.count();
  std::vector<Entrant> found;
  const auto add = [&](const std::string& name, int threads, RangeLoop loop) {
    const std::string on = threads == 1 ? "1 thread" : std::to_string(threads) + " threads";
    found.push_back({Role::limit, name + ", " + on, threads == 1, [=]() -> const void* {
                       in_parallel(count, threads, [&](std::int64_t first, std::int64_t last) {
                         loop(in, out, first, last);
                       });
                       return nullptr;
                     }});
    std::memset(out, 0xff, static_cast<std::size_t>(count) * byte_width(c.out));
    found.back().call();
    check_cast(c, in, out, found.back().name);
  };
  for (const int threads : {1, hardware_threads()}) {
    if (threads == 1 && !found.empty()) break;
    add("cast", threads, loops().cast[pair]);
    add("streamed cast", threads, loops().cast_streamed[pair]);
    if (c.in == c.out) add("memcpy", threads, byte_width(c.in) == 4 ? copy_bytes<4> : copy_bytes<8>);
  }
  if (c.kind == Kind::fresh) found.push_back(copy_to_fresh_pages(c, in, hardware_threads()));
  return found;
}

}  // namespace accrue::bench
