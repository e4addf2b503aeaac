// A function that can be left in its middle and gone on with later.
#pragma once

#include <boost/context/fiber.hpp>
#include <cstddef>
#include <functional>

namespace accrue::test {

class Fiber {
 public:
  explicit Fiber(std::function<void()> body);
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;
  ~Fiber();

  /// Runs the body until it suspends itself or ends.
  void resume();
  /// Called by the body: goes back to who resumed it.
  void suspend();

 private:
  boost::context::fiber enter(boost::context::fiber&& caller);

  std::function<void()> body_;
  boost::context::stack_context stack_;
  boost::context::fiber self_, caller_;
  // Of the address sanitizer, which has to know on which stack it is.
  void* own_frames_ = nullptr;
  const void* caller_stack_ = nullptr;
  std::size_t caller_stack_bytes_ = 0;
  // Of the thread sanitizer, which has to know whose accesses it sees.
  void* own_thread_;
  void* caller_thread_ = nullptr;
};

}  // namespace accrue::test
