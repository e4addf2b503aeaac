// The CUDA driver's interface, as far as accrue calls it: libcuda.so.1, opened at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "src/cuda/library.h"

namespace accrue::gpu {

// The driver's handles, numbers and structs, as its ABI has them on 64-bit Linux.
using Result = int;  // 0: success
using DeviceNumber = int;
using Address = std::uint64_t;  // in device memory, or pinned host memory
using Context = struct ContextObject*;
using Stream = struct StreamObject*;
using Event = struct EventObject*;
using Module = struct ModuleObject*;
using Function = struct FunctionObject*;
using MemoryPool = struct MemoryPoolObject*;
using Graph = struct GraphObject*;
using GraphNode = struct GraphNodeObject*;
using GraphExec = struct GraphExecObject*;

struct MemoryPoolProperties {
  int allocation_type;
  int handle_types;
  int location_type;
  int location_number;
  void* security_attributes;
  std::size_t most_bytes;
  unsigned short usage;
  unsigned char reserved[54];
};
static_assert(sizeof(MemoryPoolProperties) == 88);

struct KernelNode {
  Function function;
  unsigned grid[3];
  unsigned block[3];
  unsigned dynamic_shared_bytes;
  void** parameters;  // the address of each
  void** extra;
  void* kernel;  // unused where there is a function
  Context context;
};
static_assert(sizeof(KernelNode) == 72);

struct MemsetNode {
  Address to;
  std::size_t pitch;
  unsigned value;
  unsigned element_bytes;
  std::size_t width;  // elements
  std::size_t height;
};
static_assert(sizeof(MemsetNode) == 40);

// Values of the driver's enumerations.
inline constexpr Result success = 0;
inline constexpr Result out_of_memory = 2;

inline constexpr int max_threads_per_block_attribute = 1;
inline constexpr int max_grid_attribute = 5;  // x; y and z follow
inline constexpr int multiprocessors_attribute = 16;
inline constexpr int major_attribute = 75;
inline constexpr int minor_attribute = 76;
inline constexpr int shared_bytes_attribute = 97;  // of a block that asks for more than the usual
inline constexpr int memory_pools_attribute = 115;

inline constexpr unsigned stream_non_blocking = 1;
inline constexpr unsigned event_without_timing = 2;
inline constexpr unsigned host_memory_portable = 1;
inline constexpr int pinned_allocation = 1;
inline constexpr int device_location = 1;
inline constexpr int release_threshold_attribute = 4;
inline constexpr int pointer_memory_type_attribute = 2;
inline constexpr unsigned host_memory_type = 1;
inline constexpr int dynamic_shared_bytes_attribute = 8;
inline constexpr int capture_of_this_thread = 1;  // others may do what a capture forbids

/// The functions, each under the driver's name without its prefix and version.
struct Driver {
  /// Opens the library and starts the driver.
  ///   throws  Error: "CUDA unavailable: ..."
  explicit Driver(const LibrarySearch& search);

  Library library;
  int version = 0;  // 13000: it knows CUDA 13.0

  Result (*error_name)(Result, const char**);
  Result (*error_string)(Result, const char**);
  Result (*init)(unsigned flags);
  Result (*driver_version)(int*);

  Result (*device_count)(int*);
  Result (*device)(DeviceNumber*, int index);
  Result (*device_name)(char* name, int room, DeviceNumber);
  Result (*device_bytes)(std::size_t*, DeviceNumber);
  Result (*device_attribute)(int*, int attribute, DeviceNumber);
  Result (*retain_primary_context)(Context*, DeviceNumber);
  Result (*release_primary_context)(DeviceNumber);
  Result (*push_context)(Context);
  Result (*pop_context)(Context*);

  Result (*create_stream)(Stream*, unsigned flags);
  Result (*destroy_stream)(Stream);
  Result (*synchronize_stream)(Stream);
  Result (*begin_capture)(Stream, int mode);
  Result (*end_capture)(Stream, Graph*);
  Result (*create_event)(Event*, unsigned flags);
  Result (*record_event)(Event, Stream);
  Result (*synchronize_event)(Event);
  Result (*destroy_event)(Event);

  Result (*create_pool)(MemoryPool*, const MemoryPoolProperties*);
  Result (*destroy_pool)(MemoryPool);
  Result (*set_pool_attribute)(MemoryPool, int attribute, void* value);
  Result (*trim_pool)(MemoryPool, std::size_t keep_bytes);
  Result (*allocate)(Address*, std::size_t bytes, MemoryPool, Stream);
  Result (*free)(Address, Stream);
  Result (*memory_info)(std::size_t* free_bytes, std::size_t* all_bytes);
  Result (*allocate_host)(void**, std::size_t bytes, unsigned flags);
  Result (*free_host)(void*);
  Result (*pointer_attribute)(void* value, int attribute, Address);

  Result (*copy_to_device)(Address, const void*, std::size_t bytes, Stream);
  Result (*copy_to_host)(void*, Address, std::size_t bytes, Stream);
  Result (*copy_on_device)(Address to, Address from, std::size_t bytes, Stream);
  Result (*set_bytes)(Address, unsigned char value, std::size_t bytes, Stream);

  Result (*load_module)(Module*, const void* image, unsigned options, int* names, void** values);
  Result (*unload_module)(Module);
  Result (*module_function)(Function*, Module, const char* name);
  Result (*set_function_attribute)(Function, int attribute, int value);
  Result (*launch)(Function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
                   unsigned block_y, unsigned block_z, unsigned dynamic_shared_bytes, Stream,
                   void** parameters, void** extra);

  Result (*create_graph)(Graph*, unsigned flags);
  Result (*destroy_graph)(Graph);
  Result (*add_memset_node)(GraphNode*, Graph, const GraphNode* after, std::size_t after_count,
                            const MemsetNode*, Context);
  Result (*add_kernel_node)(GraphNode*, Graph, const GraphNode* after, std::size_t after_count,
                            const KernelNode*);
  Result (*add_graph_node)(GraphNode*, Graph, const GraphNode* after, std::size_t after_count, Graph);
  Result (*instantiate_graph)(GraphExec*, Graph, unsigned long long flags);
  Result (*set_kernel_node)(GraphExec, GraphNode, const KernelNode*);
  Result (*launch_graph)(GraphExec, Stream);
  Result (*destroy_graph_exec)(GraphExec);

  /// "an illegal memory access was encountered (CUDA_ERROR_ILLEGAL_ADDRESS)"
  std::string text(Result) const;

 private:
  void find_functions();
};

/// The process's driver, opened at the first call.
///   throws  Error: "CUDA unavailable: ..." (at every call, until one succeeds)
const Driver& driver();

}  // namespace accrue::gpu
