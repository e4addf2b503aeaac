// Work on a thread with little stack, as a thread of a server has.
#pragma once

#include <pthread.h>

#include <exception>
#include <functional>
#include <stdexcept>

namespace accrue::test {

/// Runs the work on a stack of 256 KiB and waits for it.
///   throws  what the work throws
inline void run_on_small_stack(const std::function<void()>& work) {
  struct Call {
    const std::function<void()>& work;
    std::exception_ptr thrown;
  } call{work, nullptr};
  pthread_attr_t attributes;
  pthread_t thread{};
  const auto start = +[](void* given) -> void* {
    auto& started = *static_cast<Call*>(given);
    try {
      started.work();
    } catch (...) {
      started.thrown = std::current_exception();
    }
    return nullptr;
  };
  bool started = pthread_attr_init(&attributes) == 0;
  started = started && pthread_attr_setstacksize(&attributes, std::size_t{256} << 10) == 0;
  started = started && pthread_create(&thread, &attributes, start, &call) == 0;
  if (!started) throw std::runtime_error("no thread with a stack of 256 KiB");
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  if (call.thrown) std::rethrow_exception(call.thrown);
}

}  // namespace accrue::test
