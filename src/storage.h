// What a tensor's bytes lie in: a block of the pool, or memory that someone else owns.
#pragma once

#include <cstddef>
#include <memory>

#include "accrue/tensor.hpp"

namespace accrue {

class Storage {
 public:
  /// A block of the host pool, given back when the last tensor lets go.
  ///   throws  std::bad_alloc; Error: an ACCRUE_* variable is malformed
  static std::shared_ptr<Storage> pooled(std::size_t bytes);

  /// Someone else's memory, which `owner` (it may be null: the caller's own) keeps alive.
  static std::shared_ptr<Storage> foreign(std::shared_ptr<void> owner, Device device = cpu());

  ~Storage();
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  /// The pool's block; null for foreign memory.
  void* block() const { return block_; }
  Device device() const { return device_; }

 private:
  Storage() = default;

  void* block_ = nullptr;
  std::size_t bytes_ = 0;
  std::shared_ptr<void> owner_;
  Device device_ = cpu();
};

}  // namespace accrue
