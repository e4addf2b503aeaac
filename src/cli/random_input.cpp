#include "src/cli/random_input.h"

#include <array>
#include <tuple>

namespace accrue::cli {
namespace {

// SplitMix64 (Steele, Lea and Flood 2014): any seed, 0 included, starts a good sequence.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

 private:
  std::uint64_t state_;
};

template <class T>
T draw(Random& random) {
  constexpr DType dtype = dtype_of<T>;
  if constexpr (dtype == boolean)
    return random.next() >> 63 != 0;
  else if constexpr (is_floating(dtype))
    return T(static_cast<double>(random.next() >> 11) * 0x1p-49 - 8);
  else if constexpr (is_signed_integer(dtype))
    return static_cast<T>(static_cast<int>(random.next() % 201) - 100);
  else
    return static_cast<T>(random.next() % 101);
}

template <class T>
void fill(Tensor& t, std::uint64_t seed) {
  Random random(seed);
  T* const values = t.data<T>();
  for (std::int64_t i = 0; i < t.elements(); ++i) values[i] = draw<T>(random);
}

template <class... T>
constexpr std::array<void (*)(Tensor&, std::uint64_t), sizeof...(T)> fill_table = {fill<T>...};

// In the order of DType.
constexpr auto fills =
    fill_table<bool, std::int8_t, std::int16_t, std::int32_t, std::int64_t, std::uint8_t, std::uint16_t,
               std::uint32_t, std::uint64_t, Float16, BFloat16, float, double>;

}  // namespace

Tensor random_tensor(DType dtype, const Shape& shape, std::uint64_t seed) {
  Tensor t = Tensor::empty(dtype, shape);
  fills[static_cast<std::size_t>(dtype)](t, seed);
  return t;
}

}  // namespace accrue::cli
