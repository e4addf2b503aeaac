// accrue's device library, in front of the kernels. The scalar functions come first: the text that every
// backend reads.
#define ACCRUE_SCALAR_NS device
#ifdef __CUDACC__
#pragma nv_diag_suppress 177  // no kernel needs every function
#endif
#ifdef __CUDACC_RTC__         // what NVRTC lacks of other compilers' own
#define __COUNTER__ __LINE__  // each has to differ from the last, no more
#define __builtin_memcpy memcpy
#define __builtin_huge_valf() __int_as_float(0x7f800000)
#endif
