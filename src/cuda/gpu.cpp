#include "src/cuda/gpu.h"

#include <algorithm>
#include <limits>
#include <map>

#include "accrue/error.hpp"
#include "src/cuda/device_memory.h"
#include "src/cuda/kernel_cache.h"
#include "src/cuda/multiplier.h"
#include "src/cuda/nvrtc.h"
#include "src/cuda/staging.h"

namespace accrue::gpu {
namespace {

// After these the driver fails all further work of the process on the GPU.
bool is_sticky(Result result) {
  constexpr Result sticky[] = {
      214,  // ECC_UNCORRECTABLE
      220,  // NVLINK_UNCORRECTABLE
      700,  // ILLEGAL_ADDRESS
      702,  // LAUNCH_TIMEOUT
      710,  // ASSERT
      714,  // HARDWARE_STACK_ERROR
      715,  // ILLEGAL_INSTRUCTION
      716,  // MISALIGNED_ADDRESS
      717,  // INVALID_ADDRESS_SPACE
      718,  // INVALID_PC
      719,  // LAUNCH_FAILED
      999,  // UNKNOWN
  };
  return std::find(std::begin(sticky), std::end(sticky), result) != std::end(sticky);
}

// A question of the driver's that only a broken installation leaves unanswered.
void ask(const Driver& driver, Result result, const char* question) {
  if (result != success) unavailable(std::string(question) + ": " + driver.text(result));
}

DeviceNumber device_of(const Driver& driver, int index) {
  const int count = gpu_count(driver);
  if (index < 0 || index >= count)
    unavailable("there is no cuda:" + std::to_string(index) + "; " +
                (count == 0   ? "the driver finds no GPU"
                 : count == 1 ? "the only GPU is cuda:0"
                              : "there are cuda:0 .. cuda:" + std::to_string(count - 1)));
  DeviceNumber device = 0;
  ask(driver, driver.device(&device, index), "cuDeviceGet");
  return device;
}

Properties properties_of(const Driver& driver, DeviceNumber device) {
  const auto attribute = [&](int which) {
    int value = 0;
    ask(driver, driver.device_attribute(&value, which, device), "cuDeviceGetAttribute");
    return value;
  };
  Properties found;
  char name[256] = "";
  ask(driver, driver.device_name(name, sizeof name, device), "cuDeviceGetName");
  found.name = name;
  found.sm = attribute(major_attribute) * 10 + attribute(minor_attribute);
  found.multiprocessors = attribute(multiprocessors_attribute);
  found.threads_per_block = attribute(max_threads_per_block_attribute);
  found.shared_bytes_per_block = static_cast<std::size_t>(attribute(shared_bytes_attribute));
  ask(driver, driver.device_bytes(&found.bytes, device), "cuDeviceTotalMem");
  if (attribute(memory_pools_attribute) == 0)
    unavailable(found.name + " cannot allocate memory in stream order");
  return found;
}

std::string version_text(int major, int minor) { return std::to_string(major) + "." + std::to_string(minor); }

// Of a library that accrue can do without.
std::string cublas_text() {
  try {
    const CublasFinding& found = find_cublas();
    if (found.library == nullptr) return "no cuBLAS, accrue multiplies matrices itself: " + found.why_not;
    return "cuBLAS " + version_text(found.library->major, found.library->minor) + " (" +
           found.library->library.file() + ")";
  } catch (const Unavailable& e) {
    return "no matrix products of floats: " + e.why();
  }
}

}  // namespace

Gpu::Gpu(const Driver& driver, int index)
    : driver_(driver),
      index_(index),
      device_(device_of(driver, index)),
      properties_(properties_of(driver, device_)),
      context_(driver, device_),
      kernels_(std::make_unique<KernelCache>(*this)),
      staging_(std::make_unique<Staging>(*this)) {
  const Entered here(context_);
  Stream stream = nullptr;
  require(driver_.create_stream(&stream, stream_non_blocking), "making a stream");
  stream_ = OwnedStream(context_, stream);
  MemoryPoolProperties wanted = {};
  wanted.allocation_type = pinned_allocation;
  wanted.location_type = device_location;
  wanted.location_number = device_;
  MemoryPool pool = nullptr;
  require(driver_.create_pool(&pool, &wanted), "making a memory pool");
  pool_ = OwnedPool(context_, pool);
  // By default a pool gives its free memory back at each synchronisation.
  std::uint64_t kept_bytes = std::numeric_limits<std::uint64_t>::max();
  require(driver_.set_pool_attribute(pool, release_threshold_attribute, &kept_bytes),
          "setting up a memory pool");
}

Gpu::~Gpu() = default;

Multiplier* Gpu::multiplier() {
  const std::lock_guard lock(multiplier_mutex_);
  const Cublas* const library = find_cublas().library.get();
  if (library != nullptr && multiplier_ == nullptr)
    multiplier_ = std::make_unique<Multiplier>(*this, *library);
  return multiplier_.get();
}

void Gpu::require(Result result, std::string_view what) {
  if (result == success) return;
  require_alive();
  const std::string message = device_name() + ": " + std::string(what) + ": " + driver_.text(result);
  if (is_sticky(result)) {
    const std::lock_guard lock(mutex_);
    if (first_cause_.empty()) first_cause_ = message;
    dead_ = true;
  }
  throw Error(message);
}

void Gpu::require_alive() const {
  if (!dead_) return;
  const std::lock_guard lock(mutex_);
  throw Error(device_name() +
              " can no longer be used by this process, since an earlier failure: " + first_cause_);
}

void Gpu::synchronize(std::string_view what) {
  const Entered here(context_);
  require(driver_.synchronize_stream(stream()), what);
}

Address Gpu::allocate(std::size_t bytes) {
  require_alive();
  const Entered here(context_);
  Address address = 0;
  Result result = driver_.allocate(&address, bytes, pool_.get(), stream());
  if (result == out_of_memory) {
    synchronize("waiting for memory to be given back");
    require(driver_.trim_pool(pool_.get(), 0), "giving back memory");
    result = driver_.allocate(&address, bytes, pool_.get(), stream());
  }
  if (result == out_of_memory) {
    std::size_t free_bytes = 0, all_bytes = 0;
    require(driver_.memory_info(&free_bytes, &all_bytes), "asking for free memory");
    throw OutOfDeviceMemory(device_name() + ": out of memory: " + std::to_string(bytes) +
                            " bytes are asked for, " + std::to_string(free_bytes) + " of " +
                            std::to_string(all_bytes) + " are free");
  }
  require(result, "allocating memory");
  return address;
}

void Gpu::release(Address address) noexcept {
  const Entered here(context_);
  driver_.free(address, stream());  // on a GPU that has failed there is nothing to give back
}

int gpu_count(const Driver& driver) {
  int count = 0;
  ask(driver, driver.device_count(&count), "cuDeviceGetCount");
  return count;
}

Gpu& open_gpu(int index) {
  static std::mutex mutex;
  static auto* const opened = new std::map<int, std::unique_ptr<Gpu>>;
  const std::lock_guard lock(mutex);
  std::unique_ptr<Gpu>& gpu = (*opened)[index];
  if (gpu == nullptr) gpu = std::make_unique<Gpu>(driver(), index);
  return *gpu;
}

std::string describe() {
  const Driver& with = driver();
  std::string text = "  driver for CUDA " + version_text(with.version / 1000, with.version % 1000 / 10) +
                     " (" + with.library.file() + ")\n";
  text += "  NVRTC " + version_text(nvrtc().major(), nvrtc().minor()) + " (" + nvrtc().file() + ")\n";
  text += "  " + cublas_text() + "\n";
  const int count = gpu_count(with);
  if (count == 0) unavailable("the driver finds no GPU");
  for (int i = 0; i < count; ++i) {
    const Properties gpu = properties_of(with, device_of(with, i));
    text += "  cuda:" + std::to_string(i) + " " + gpu.name + ", sm_" + std::to_string(gpu.sm) + ", " +
            std::to_string(gpu.multiprocessors) + " multiprocessors, " + std::to_string(gpu.bytes) +
            " bytes\n";
  }
  return text;
}

}  // namespace accrue::gpu
