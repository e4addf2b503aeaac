// What CUDA has built in, for kernels whose threads need not wait for one another: the fake NVRTC puts it in
// front of their text, and runs one thread after another.
#pragma once

#include <cstddef>

#define __global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __grid_constant__
#define __launch_bounds__(...)
#define __restrict__

struct FakeIndex {
  unsigned x, y, z;
};
static thread_local FakeIndex threadIdx, blockIdx, blockDim, gridDim;

template <class Parameters>
constexpr std::size_t fake_parameter_bytes(void (*)(Parameters)) {
  return sizeof(Parameters);
}

template <class Use>
void fake_for_each(FakeIndex extent, FakeIndex& index, const Use& use) {
  for (index.z = 0; index.z < extent.z; ++index.z)
    for (index.y = 0; index.y < extent.y; ++index.y)
      for (index.x = 0; index.x < extent.x; ++index.x) use();
}

template <class Parameters>
void fake_launch(void (*kernel)(Parameters), const unsigned* grid, const unsigned* block,
                 const void* parameters) {
  gridDim = {grid[0], grid[1], grid[2]};
  blockDim = {block[0], block[1], block[2]};
  fake_for_each(gridDim, blockIdx, [&] {
    fake_for_each(blockDim, threadIdx, [&] { kernel(*static_cast<const Parameters*>(parameters)); });
  });
}
