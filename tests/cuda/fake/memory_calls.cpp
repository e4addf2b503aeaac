// The fake libcuda: pools, pinned memory and copies.
#include <cstring>

#include "tests/cuda/fake/machine.h"

using namespace accrue::gpu;
using namespace accrue::fake;

namespace {

std::byte* pointer(Address address) { return reinterpret_cast<std::byte*>(address); }

// Work on device memory, in the stream's order; a range that is not the GPU's is an illegal address.
template <class Work>
void enqueue(Stream stream, Address address, std::size_t bytes, Work work) {
  stream->work.push_back({[=] {
    if (!machine().holds(*stream->gpu, address, bytes)) return Result{illegal_address};
    work();
    return success;
  }});
}

// Copies with pageable memory are done when the call returns, those with pinned memory in the stream's order.
Result wait_unless_pinned(Stream stream, const void* host) {
  return machine().is_pinned(host) ? success : machine().drain(*stream);
}

}  // namespace

FAKE_EXPORT Result cuMemPoolCreate(MemoryPool* pool, const MemoryPoolProperties* wanted) {
  return on_gpu([&](ContextObject& gpu) -> Result {
    if (wanted->allocation_type != pinned_allocation || wanted->location_type != device_location ||
        wanted->location_number != gpu.number)
      return invalid_value;
    if (const Result failed = machine().make(); failed != success) return failed;
    *pool = new MemoryPoolObject{&gpu};
    ++machine().controls.live.pools;
    return success;
  });
}
FAKE_EXPORT Result cuMemPoolDestroy(MemoryPool pool) {
  const std::lock_guard lock(machine().mutex);
  delete pool;
  --machine().controls.live.pools;
  return success;
}
FAKE_EXPORT Result cuMemPoolSetAttribute(MemoryPool, int attribute, void*) {
  return on_gpu(
      [&](ContextObject&) { return attribute == release_threshold_attribute ? success : invalid_value; });
}
FAKE_EXPORT Result cuMemPoolTrimTo(MemoryPool, std::size_t) {
  return on_gpu([&](ContextObject&) {
    ++machine().controls.counts.trims;
    return success;
  });
}

FAKE_EXPORT Result cuMemAllocFromPoolAsync(Address* address, std::size_t bytes, MemoryPool pool, Stream) {
  return on_gpu([&](ContextObject&) { return machine().allocate(*pool->gpu, bytes, *address); });
}
FAKE_EXPORT Result cuMemFreeAsync(Address address, Stream stream) {
  const std::lock_guard lock(machine().mutex);
  const auto release = [address] {
    machine().release(address);
    return success;
  };
  stream->work.push_back({release, true});
  return stream->gpu->sticky;
}
FAKE_EXPORT Result cuMemGetInfo_v2(std::size_t* free_bytes, std::size_t* all_bytes) {
  return on_gpu([&](ContextObject& gpu) {
    *all_bytes = CudaControls::device_bytes;
    *free_bytes = CudaControls::device_bytes - gpu.used_bytes;
    return success;
  });
}
FAKE_EXPORT Result cuMemHostAlloc(void** data, std::size_t bytes, unsigned) {
  return on_gpu([&](ContextObject&) { return machine().allocate_pinned(bytes, *data); });
}
FAKE_EXPORT Result cuMemFreeHost(void* data) {
  const std::lock_guard lock(machine().mutex);
  return machine().release_pinned(data);
}
FAKE_EXPORT Result cuPointerGetAttribute(void* value, int attribute, Address address) {
  return on_gpu([&](ContextObject&) -> Result {
    if (attribute != pointer_memory_type_attribute) return invalid_value;
    auto& type = *static_cast<unsigned*>(value);
    if (machine().is_pinned(pointer(address))) return type = host_memory_type, success;
    if (machine().is_device_memory(address)) return type = 2, success;
    return invalid_value;
  });
}

// ------------------------------------------------------------------------------------------------ copies

FAKE_EXPORT Result cuMemcpyHtoDAsync_v2(Address to, const void* from, std::size_t bytes, Stream stream) {
  return on_gpu([&](ContextObject&) {
    ++machine().controls.counts.copies_in;
    enqueue(stream, to, bytes, [=] { std::memcpy(pointer(to), from, bytes); });
    return wait_unless_pinned(stream, from);
  });
}
FAKE_EXPORT Result cuMemcpyDtoHAsync_v2(void* to, Address from, std::size_t bytes, Stream stream) {
  return on_gpu([&](ContextObject&) {
    ++machine().controls.counts.copies_out;
    enqueue(stream, from, bytes, [=] { std::memcpy(to, pointer(from), bytes); });
    return wait_unless_pinned(stream, to);
  });
}
FAKE_EXPORT Result cuMemcpyDtoDAsync_v2(Address to, Address from, std::size_t bytes, Stream stream) {
  return on_gpu([&](ContextObject&) {
    enqueue(stream, to, bytes, [=] {
      if (machine().holds(*stream->gpu, from, bytes)) std::memcpy(pointer(to), pointer(from), bytes);
    });
    return success;
  });
}
FAKE_EXPORT Result cuMemsetD8Async(Address to, unsigned char value, std::size_t bytes, Stream stream) {
  return on_gpu([&](ContextObject&) {
    ++machine().controls.counts.memsets;
    enqueue(stream, to, bytes, [=] { std::memset(pointer(to), value, bytes); });
    return success;
  });
}
