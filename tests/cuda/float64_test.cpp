// float32 to float64 and back in integer instructions: the processor's own bits.
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "src/cuda/emit.h"
#include "tests/cuda/emulated_library.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"

namespace accrue::test {
namespace {

template <class To, class From>
To bits_as(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  std::memcpy(&to, &from, sizeof to);
  return to;
}

const char* const text = R"(
struct Convert {
  const float* narrow_in;
  double* wide_out;
  i64 widened;
  const double* wide_in;
  float* narrow_out;
  i64 narrowed;
};
extern "C" __global__ void convert_all(const Convert __grid_constant__ k) {
  for (i64 i = this_thread(); i < k.widened; i += all_threads()) k.wide_out[i] = widen(k.narrow_in[i]);
  for (i64 i = this_thread(); i < k.narrowed; i += all_threads()) k.narrow_out[i] = narrow(k.wide_in[i]);
}
)";

struct Conversions {
  std::vector<float> narrow_in;
  std::vector<double> wide_in;
  std::vector<double> wide_out;
  std::vector<float> narrow_out;

  void run() {
    wide_out.resize(narrow_in.size());
    narrow_out.resize(wide_in.size());
    struct {
      const float* narrow_in;
      double* wide_out;
      std::int64_t widened;
      const double* wide_in;
      float* narrow_out;
      std::int64_t narrowed;
    } parameters{narrow_in.data(), wide_out.data(),   static_cast<std::int64_t>(narrow_in.size()),
                 wide_in.data(),   narrow_out.data(), static_cast<std::int64_t>(wide_in.size())};
    const EmulatedLibrary library(gpu::Source{text, {}}.program());
    run_emulated(library.kernel("convert_all"), {1, 1, 1}, {32, 1, 1}, &parameters);
  }
};

/// The fractions of a double, around those that a float can hold and those in the middle of two.
std::vector<std::uint64_t> fractions(Random& random) {
  std::vector<std::uint64_t> all = {0, 1, 0xfffffffffffff};
  for (int i = 0; i < 60; ++i) {
    const std::uint64_t kept = static_cast<std::uint64_t>(random.below(1u << 23)) << 29,
                        tie = kept | 1u << 28;
    for (const std::uint64_t f : {kept, kept + 1, tie - 1, tie, tie + 1, kept | 0x1fffffff}) all.push_back(f);
    all.push_back(kept | static_cast<std::uint64_t>(random.below(1u << 29)));
  }
  for (const std::uint64_t last : {0xfffffe0000000u, 0xffffff0000000u, 0xfffffeffffffu, 0xffffff0000001u})
    all.push_back(last);
  return all;
}

}  // namespace

TEST_CASE("float32 to float64 in integer instructions") {
  Random random(41);
  Conversions conversions;
  for (std::uint32_t high = 0; high < 512; ++high) {  // sign and exponent
    for (const std::uint32_t fraction : {0u, 1u, 0x7fffffu, 0x400000u, 0x3fffffu})
      conversions.narrow_in.push_back(bits_as<float>(high << 23 | fraction));
    for (int i = 0; i < 2000; ++i)
      conversions.narrow_in.push_back(
          bits_as<float>(high << 23 | static_cast<std::uint32_t>(random.below(1u << 23))));
  }
  conversions.run();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < conversions.narrow_in.size(); ++i) {
    const double expected = conversions.narrow_in[i], found = conversions.wide_out[i];
    const bool same = bits_as<std::uint64_t>(expected) == bits_as<std::uint64_t>(found);
    wrong += same || (std::isnan(expected) && std::isnan(found)) ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("float64 to float32 in integer instructions") {
  Random random(42);
  Conversions conversions;
  for (std::uint64_t high = 0; high < 4096; ++high)  // sign and exponent
    for (const std::uint64_t fraction : fractions(random))
      conversions.wide_in.push_back(bits_as<double>(high << 52 | fraction));
  conversions.run();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < conversions.wide_in.size(); ++i) {
    const auto expected = static_cast<float>(conversions.wide_in[i]);
    const float found = conversions.narrow_out[i];
    const bool same = bits_as<std::uint32_t>(expected) == bits_as<std::uint32_t>(found);
    wrong += same || (std::isnan(expected) && std::isnan(found)) ? 0 : 1;
  }
  CHECK(wrong == 0);
}

}  // namespace accrue::test
