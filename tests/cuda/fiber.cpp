#include "tests/cuda/fiber.h"

#include <sys/mman.h>

#include <new>
#include <utility>
#include <vector>

#include "tests/cuda/races.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace accrue::test {
namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t stack_bytes = 256 << 10;

void leave_stack(void** own_frames, const void* to, std::size_t bytes) {
  __sanitizer_start_switch_fiber(own_frames, to, bytes);
}
void arrive_on_stack(void* own_frames, const void** from, std::size_t* bytes) {
  __sanitizer_finish_switch_fiber(own_frames, from, bytes);
}
void forget_contents(void* memory, std::size_t bytes) { __asan_unpoison_memory_region(memory, bytes); }
#else
constexpr std::size_t stack_bytes = 64 << 10;

void leave_stack(void**, const void*, std::size_t) {}
void arrive_on_stack(void*, const void**, std::size_t*) {}
void forget_contents(void*, std::size_t) {}
#endif

std::vector<void*>& free_stacks() {
  static std::vector<void*> stacks;
  return stacks;
}

/// Hands out stacks again that fibers have ended on: mapping memory takes longer than most kernels.
struct StackPool {
  boost::context::stack_context allocate() {
    void* bottom;
    if (free_stacks().empty()) {
      bottom = mmap(nullptr, stack_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                    -1, 0);
      if (bottom == MAP_FAILED) throw std::bad_alloc();
    } else {
      bottom = free_stacks().back();
      free_stacks().pop_back();
      forget_contents(bottom, stack_bytes);
    }
    boost::context::stack_context stack;
    stack.size = stack_bytes;
    stack.sp = static_cast<char*>(bottom) + stack_bytes;
    return stack;
  }
  void deallocate(boost::context::stack_context& stack) {
    if (races::are_watched()) {  // who has it next must not be thought to race with who had it
      munmap(static_cast<char*>(stack.sp) - stack.size, stack.size);
      return;
    }
    free_stacks().push_back(static_cast<char*>(stack.sp) - stack.size);
  }
};

/// A stack that is there already.
struct GivenStack {
  boost::context::stack_context stack;
  void deallocate(boost::context::stack_context& given) { StackPool().deallocate(given); }
};

}  // namespace

Fiber::Fiber(std::function<void()> body)
    : body_(std::move(body)), stack_(StackPool().allocate()), own_thread_(races::create_thread()) {
  self_ = boost::context::fiber(
      std::allocator_arg, boost::context::preallocated(stack_.sp, stack_.size, stack_), GivenStack{stack_},
      [this](boost::context::fiber&& caller) { return enter(std::move(caller)); });
}

Fiber::~Fiber() { races::destroy_thread(own_thread_); }

boost::context::fiber Fiber::enter(boost::context::fiber&& caller) {
  arrive_on_stack(nullptr, &caller_stack_, &caller_stack_bytes_);
  caller_ = std::move(caller);
  body_();
  leave_stack(nullptr, caller_stack_, caller_stack_bytes_);
  races::switch_to(caller_thread_);
  return std::move(caller_);
}

void Fiber::resume() {
  void* frames = nullptr;
  leave_stack(&frames, static_cast<char*>(stack_.sp) - stack_.size, stack_.size);
  caller_thread_ = races::current_thread();
  races::switch_to(own_thread_);
  self_ = std::move(self_).resume();
  arrive_on_stack(frames, nullptr, nullptr);
}

void Fiber::suspend() {
  leave_stack(&own_frames_, caller_stack_, caller_stack_bytes_);
  races::switch_to(caller_thread_);
  caller_ = std::move(caller_).resume();
  arrive_on_stack(own_frames_, &caller_stack_, &caller_stack_bytes_);
}

}  // namespace accrue::test
