// Marks memory that nobody may touch, where AddressSanitizer watches; nothing otherwise.
#pragma once

#include <cstddef>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ACCRUE_ADDRESS_SANITIZER 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ACCRUE_ADDRESS_SANITIZER 1
#endif

#if defined(ACCRUE_ADDRESS_SANITIZER)
#include <sanitizer/asan_interface.h>
#endif

namespace accrue {

inline void poison([[maybe_unused]] const void* begin, [[maybe_unused]] std::size_t bytes) {
#if defined(ACCRUE_ADDRESS_SANITIZER)
  ASAN_POISON_MEMORY_REGION(begin, bytes);
#endif
}

inline void unpoison([[maybe_unused]] const void* begin, [[maybe_unused]] std::size_t bytes) {
#if defined(ACCRUE_ADDRESS_SANITIZER)
  ASAN_UNPOISON_MEMORY_REGION(begin, bytes);
#endif
}

}  // namespace accrue
