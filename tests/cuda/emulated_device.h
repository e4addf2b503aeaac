// What CUDA has built in, for kernels that g++ compiles: put in front of their text (-include). The functions
// are the emulator's (emulator.cpp); nothing of the standard library is seen.
#pragma once

#define ACCRUE_EMULATED
#define __device__
#define __global__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __grid_constant__ &  // parameters are passed by address
#define SHARED(Type, name) Type& name = *static_cast<Type*>(accrue_emulated_shared(sizeof(Type), __LINE__))

struct EmulatedIndex {
  unsigned x, y, z;
};
/// Where the thread that runs now stands.
struct EmulatedThread {
  EmulatedIndex thread, block, block_size, grid_size;
};

enum EmulatedExchange {
  exchange_warp_sync,
  exchange_up,
  exchange_down,
  exchange_from,
  exchange_xor,
  exchange_all
};

#pragma GCC visibility push(default)
extern "C" {
extern const EmulatedThread* accrue_emulated_thread;
void accrue_emulated_barrier(int line);
/// The value that the lane asked for gave (all: what is set in every lane's), once all lanes of the mask have
/// come here.
unsigned long accrue_emulated_exchange(EmulatedExchange kind, unsigned mask, unsigned long value,
                                       int argument, int line);
/// The block's array of this thread's next SHARED declaration.
void* accrue_emulated_shared(unsigned long bytes, int line);
/// Another thread may run here, and (spinning) must.
void accrue_emulated_pause(bool spinning);
}
#pragma GCC visibility pop

#define threadIdx (accrue_emulated_thread->thread)
#define blockIdx (accrue_emulated_thread->block)
#define blockDim (accrue_emulated_thread->block_size)
#define gridDim (accrue_emulated_thread->grid_size)

#define __syncthreads() accrue_emulated_barrier(__LINE__)
#define __syncwarp() ((void)accrue_emulated_exchange(exchange_warp_sync, ~0u, 0, 0, __LINE__))
#define EMULATED_SHUFFLE(kind, mask, value, argument) \
  accrue_emulated_exchange(kind, mask, value, static_cast<int>(argument), __LINE__)
#define __shfl_up_sync(mask, value, by) EMULATED_SHUFFLE(exchange_up, mask, value, by)
#define __shfl_down_sync(mask, value, by) EMULATED_SHUFFLE(exchange_down, mask, value, by)
#define __shfl_sync(mask, value, lane) EMULATED_SHUFFLE(exchange_from, mask, value, lane)
#define __shfl_xor_sync(mask, value, by) EMULATED_SHUFFLE(exchange_xor, mask, value, by)
#define __all_sync(mask, value) EMULATED_SHUFFLE(exchange_all, mask, (value) ? 1 : 0, 0)

static inline unsigned long load_relaxed(const unsigned long* p) {
  accrue_emulated_pause(false);
  return __atomic_load_n(p, __ATOMIC_RELAXED);
}
static inline void store_relaxed(unsigned long* p, unsigned long value) {
  accrue_emulated_pause(false);
  __atomic_store_n(p, value, __ATOMIC_RELAXED);
}
static inline unsigned atomicAdd(unsigned* p, unsigned value) {
  accrue_emulated_pause(false);
  return __atomic_fetch_add(p, value, __ATOMIC_RELAXED);
}
static inline void __nanosleep(unsigned) { accrue_emulated_pause(true); }
