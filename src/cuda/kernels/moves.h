// How elements come from memory to the threads that fold them, and go back, in whole sectors of 32 bytes:
// vectors where a warp's leaves are whole and aligned; else single elements, which neighbouring threads take
// side by side and hand over in shared memory.

namespace accrue {
namespace device {

// ------------------------------------------------------------------------------ aligned leaves

/// The whole, aligned leaves of all lanes of a warp; those of lanes 2j and 2j + 1 lie side by side.
template <class T>
struct PairedLeaf {
  using Leaf = Run<leaf_elements, T>;
  using word = typename Leaf::word;
  /// The words of a leaf are parts of sectors: lanes 2j and 2j + 1 move a sector together, and swap halves.
  static constexpr bool is_swapped = Leaf::words > 1 && sizeof(word) < 32;
  static constexpr int half = Leaf::words / 2;

  DEVICE static bool is_odd() { return this_lane() % 2 == 1; }
  DEVICE static i64 of_pair() { return is_odd() ? -leaf_elements : 0; }  // its first element

  DEVICE static void read(T (&v)[leaf_elements], const T* p) {
    if constexpr (is_swapped) {
      const word* const pair = reinterpret_cast<const word*>(p + of_pair());
      word moved[Leaf::words], own[Leaf::words];
      UNROLL for (int i = 0; i < Leaf::words; ++i) moved[i] = pair[2 * i + is_odd()];
      UNROLL for (int i = 0; i < half; ++i) {
        const word mine = is_odd() ? moved[half + i] : moved[i];
        const word other = from_lane_beside(is_odd() ? moved[i] : moved[half + i]);
        own[2 * i] = is_odd() ? other : mine;
        own[2 * i + 1] = is_odd() ? mine : other;
      }
      __builtin_memcpy(v, own, sizeof(v));
    } else {
      Leaf::read(v, p);
    }
  }
  DEVICE static void write(const T (&v)[leaf_elements], T* p) {
    if constexpr (is_swapped) {
      word* const pair = reinterpret_cast<word*>(p + of_pair());
      word moved[Leaf::words], own[Leaf::words];
      __builtin_memcpy(own, v, sizeof(v));
      UNROLL for (int i = 0; i < half; ++i) {
        const word mine = is_odd() ? own[2 * i + 1] : own[2 * i];
        const word other = from_lane_beside(is_odd() ? own[2 * i] : own[2 * i + 1]);
        moved[i] = is_odd() ? other : mine;
        moved[half + i] = is_odd() ? mine : other;
      }
      UNROLL for (int i = 0; i < Leaf::words; ++i) pair[2 * i + is_odd()] = moved[i];
    } else {
      Leaf::write(v, p);
    }
  }
};

// ------------------------------------------------------------------------------ shared memory

/// Room in shared memory for so many elements of at most `width` bytes. What lies behind each 32 of them
/// keeps the elements of neighbouring leaves from meeting in a bank.
template <int elements, int width>
struct Stage {
  alignas(16) u8 memory[elements * width + elements / 32 * (width < 4 ? 4 : width)];

  /// Element i + step; the two, modulo 32, are no more than 31 together: then the step's part of the address
  /// is a constant.
  template <class T>
  DEVICE T& at(u32 i, u32 step = 0) {
    constexpr u32 gap = sizeof(T) < 4 ? 4 / sizeof(T) : 1;
    return reinterpret_cast<T*>(memory)[i + i / 32 * gap + (step + step / 32 * gap)];
  }
};

}  // namespace device
}  // namespace accrue
