#include "src/storage.h"

#include <utility>

#include "src/pool.h"

namespace accrue {

std::shared_ptr<Storage> Storage::pooled(std::size_t bytes) {
  std::shared_ptr<Storage> storage(new Storage);  // first: a failure below must not lose the block
  storage->block_ = host_pool().allocate(bytes);
  storage->bytes_ = bytes;
  return storage;
}

std::shared_ptr<Storage> Storage::foreign(std::shared_ptr<void> owner, Device device) {
  std::shared_ptr<Storage> storage(new Storage);
  storage->owner_ = std::move(owner);
  storage->device_ = device;
  return storage;
}

Storage::~Storage() {
  if (block_ != nullptr) host_pool().release(block_, bytes_);
}

}  // namespace accrue
