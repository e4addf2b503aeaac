#include "tests/cuda/races.h"

#include <dlfcn.h>

#include <atomic>

namespace accrue::test::races {
namespace {

std::atomic<int> reports = 0;

/// Of the runtime's interface.
struct Runtime {
  void* (*create)(unsigned flags);
  void (*destroy)(void*);
  void* (*current)();
  void (*switch_to)(void*, unsigned flags);
  void (*acquire)(void*);
  void (*release)(void*);
};

template <class Function>
void find(Function*& function, const char* name) {
  function = reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

const Runtime& runtime() {
  static const Runtime found = [] {
    Runtime r;
    find(r.create, "__tsan_create_fiber");
    find(r.destroy, "__tsan_destroy_fiber");
    find(r.current, "__tsan_get_current_fiber");
    find(r.switch_to, "__tsan_switch_to_fiber");
    find(r.acquire, "__tsan_acquire");
    find(r.release, "__tsan_release");
    return r;
  }();
  return found;
}

}  // namespace

bool are_watched() { return runtime().create != nullptr; }

void* create_thread() { return are_watched() ? runtime().create(0) : nullptr; }
void destroy_thread(void* thread) {
  if (are_watched()) runtime().destroy(thread);
}
void* current_thread() { return are_watched() ? runtime().current() : nullptr; }
void switch_to(void* thread) {
  constexpr unsigned without_order = 1;
  if (are_watched()) runtime().switch_to(thread, without_order);
}

void release(void* address) {
  if (are_watched()) runtime().release(address);
}
void acquire(void* address) {
  if (are_watched()) runtime().acquire(address);
}

int reported() { return reports; }

}  // namespace accrue::test::races

/// The runtime calls it with each report.
extern "C" __attribute__((visibility("default"))) void __tsan_on_report(void*) {
  ++accrue::test::races::reports;
}
