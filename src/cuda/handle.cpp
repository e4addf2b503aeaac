#include "src/cuda/handle.h"

#include "accrue/error.hpp"

namespace accrue::gpu {

PrimaryContext::PrimaryContext(const Driver& driver, DeviceNumber device) : driver_(driver), device_(device) {
  if (const Result result = driver_.retain_primary_context(&handle_, device_); result != success)
    throw Error("CUDA: the driver makes no context: " + driver_.text(result));
}

PrimaryContext::~PrimaryContext() { driver_.release_primary_context(device_); }

}  // namespace accrue::gpu
