// accrue's device library, in front of the kernels. The scalar functions come first: the text that every
// backend reads.
#define ACCRUE_SCALAR_NS device
#ifdef __CUDACC__
#pragma nv_diag_suppress 177  // no kernel needs every function
#endif
