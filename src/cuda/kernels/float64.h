// float32 to float64 and back in integer instructions, for GPUs whose float64 unit is slow: it is left with
// the additions. What is not a normal number in float32 takes the unit's own conversion.

namespace accrue {
namespace device {

DEVICE double widen(float x) {
  const u32 bits = bit_copy<u32>(x), sign = bits & 0x80000000u, magnitude = bits & 0x7fffffffu;
  if (magnitude - 0x00800000u >= 0x7f000000u) return static_cast<double>(x);
  const u32 high = sign | ((magnitude >> 3) + 0x38000000u);
  return bit_copy<double>(u64(high) << 32 | bits << 29);
}

/// To nearest even.
DEVICE float narrow(double x) {
  const u64 bits = bit_copy<u64>(x);
  const u32 high = u32(bits >> 32), low = u32(bits), sign = high & 0x80000000u,
            magnitude = high & 0x7fffffffu;
  if (magnitude - 0x38100000u >= 0x0fe00000u) return static_cast<float>(x);
  const u32 kept = (magnitude - 0x38000000u) << 3 | low >> 29, cut = low << 3;
  return bit_copy<float>(sign | (kept + (cut > 0x80000000u - (kept & 1u))));  // a carry moves up by itself
}

/// A fold of float32 elements in float64.
template <class Function>
struct SlowFloat64Fold : Fold<Function, float, double> {
  using State = typename Fold<Function, float, double>::State;

  template <class S>
  DEVICE static State lift(S x, i64 row, i64) {
    return Function::template lift<double>(widen(cast_element<float>(x)), row);
  }
  template <class Out>
  DEVICE static Out finish(State state, i64 n) {
    static_assert(same_type<Out, float>::value, "the result is float32");
    return narrow(Function::template finish<double>(state, n));
  }
};

}  // namespace device
}  // namespace accrue
