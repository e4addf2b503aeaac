// The fake libcuda: devices, contexts, streams and events.
#include <algorithm>
#include <cstdio>
#include <iterator>

#include "tests/cuda/fake/machine.h"

using namespace accrue::gpu;
using namespace accrue::fake;

namespace {

struct Text {
  Result result;
  const char* name;
  const char* meaning;
};
constexpr Text texts[] = {
    {success, "CUDA_SUCCESS", "no error"},
    {invalid_value, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {out_of_memory, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {invalid_context, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    {illegal_address, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {launch_failed, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
};

Result tell(Result result, const char** into, const char* Text::*what) {
  const auto* found = std::find_if(std::begin(texts), std::end(texts),
                                   [&](const Text& text) { return text.result == result; });
  if (found == std::end(texts)) return invalid_value;
  *into = found->*what;
  return success;
}

}  // namespace

FAKE_EXPORT Result cuGetErrorName(Result result, const char** name) {
  return tell(result, name, &Text::name);
}
FAKE_EXPORT Result cuGetErrorString(Result result, const char** text) {
  return tell(result, text, &Text::meaning);
}
FAKE_EXPORT Result cuInit(unsigned) { return success; }
FAKE_EXPORT Result cuDriverGetVersion(int* version) {
  *version = 13000;
  return success;
}

FAKE_EXPORT Result cuDeviceGetCount(int* count) {
  *count = CudaControls::devices;
  return success;
}
FAKE_EXPORT Result cuDeviceGet(DeviceNumber* device, int index) {
  *device = index;
  return success;
}
FAKE_EXPORT Result cuDeviceGetName(char* name, int room, DeviceNumber device) {
  std::snprintf(name, static_cast<std::size_t>(room), "Fake GPU %d", device);
  return success;
}
FAKE_EXPORT Result cuDeviceTotalMem_v2(std::size_t* bytes, DeviceNumber) {
  *bytes = CudaControls::device_bytes;
  return success;
}
FAKE_EXPORT Result cuDeviceGetAttribute(int* value, int attribute, DeviceNumber) {
  switch (attribute) {
    case max_threads_per_block_attribute: *value = 1024; return success;
    case multiprocessors_attribute: *value = 4; return success;
    case major_attribute: *value = 9; return success;
    case minor_attribute: *value = 0; return success;
    case shared_bytes_attribute: *value = 227 << 10; return success;
    case memory_pools_attribute: *value = 1; return success;
    default: return invalid_value;
  }
}

// ------------------------------------------------------------------------------------------------ contexts

FAKE_EXPORT Result cuDevicePrimaryCtxRetain(Context* context, DeviceNumber device) {
  const std::lock_guard lock(machine().mutex);
  if (const Result failed = machine().make(); failed != success) return failed;
  *context = &machine().gpus[static_cast<std::size_t>(device)];
  ++(*context)->retained;
  ++machine().controls.live.contexts;
  return success;
}
FAKE_EXPORT Result cuDevicePrimaryCtxRelease_v2(DeviceNumber device) {
  const std::lock_guard lock(machine().mutex);
  --machine().gpus[static_cast<std::size_t>(device)].retained;
  --machine().controls.live.contexts;
  return success;
}
FAKE_EXPORT Result cuCtxPushCurrent_v2(Context context) {
  context_stack().push_back(context);
  return success;
}
FAKE_EXPORT Result cuCtxPopCurrent_v2(Context* context) {
  if (context_stack().empty()) return invalid_context;
  *context = context_stack().back();
  context_stack().pop_back();
  return success;
}

// ------------------------------------------------------------------------------------------------ streams

FAKE_EXPORT Result cuStreamCreate(Stream* stream, unsigned) {
  return on_gpu([&](ContextObject& gpu) {
    if (const Result failed = machine().make(); failed != success) return failed;
    *stream = new StreamObject{&gpu, {}};
    ++machine().controls.live.streams;
    return success;
  });
}
FAKE_EXPORT Result cuStreamDestroy_v2(Stream stream) {
  const std::lock_guard lock(machine().mutex);
  machine().drain(*stream);
  delete stream;
  --machine().controls.live.streams;
  return success;
}
FAKE_EXPORT Result cuStreamSynchronize(Stream stream) {
  return on_gpu([&](ContextObject&) { return machine().drain(*stream); });
}

FAKE_EXPORT Result cuEventCreate(Event* event, unsigned) {
  return on_gpu([&](ContextObject&) {
    if (const Result failed = machine().make(); failed != success) return failed;
    *event = new EventObject;
    ++machine().controls.live.events;
    return success;
  });
}
FAKE_EXPORT Result cuEventDestroy_v2(Event event) {
  const std::lock_guard lock(machine().mutex);
  if (event->reached < event->recorded) machine().drain(*event->stream);
  delete event;
  --machine().controls.live.events;
  return success;
}
FAKE_EXPORT Result cuEventRecord(Event event, Stream stream) {
  return on_gpu([&](ContextObject&) {
    event->stream = stream;
    const auto reach = [event, number = ++event->recorded] {
      event->reached = number;
      return success;
    };
    stream->work.push_back({reach, true});
    return success;
  });
}
FAKE_EXPORT Result cuEventSynchronize(Event event) {
  return on_gpu([&](ContextObject&) {
    if (event->reached == event->recorded) return success;
    return machine().drain(*event->stream, [event] { return event->reached == event->recorded; });
  });
}
