#include "tests/cuda/emulator.h"

#include <cstring>
#include <deque>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "tests/cuda/emulated_device.h"
#include "tests/cuda/fiber.h"
#include "tests/cuda/races.h"

namespace accrue::test {
namespace {

constexpr unsigned warp_size = 32;
constexpr int most_rounds_of_block = 100'000;  // that no block ends in, each thread running once

/// Ends a fiber once something is wrong.
struct Abandoned {};

struct Block;

struct Thread {
  enum class State : std::uint8_t { ready, at_barrier, at_exchange, done };
  EmulatedThread place{};
  unsigned number = 0;  // in the block
  Block* block = nullptr;
  State state = State::ready;
  bool spinning = false;
  std::size_t shared_arrays = 0;  // that it has declared
  int line = 0;                   // where it waits
  EmulatedExchange exchange = exchange_warp_sync;
  unsigned mask = 0;
  unsigned long given = 0, received = 0;
  int argument = 0;
  std::unique_ptr<Fiber> fiber;

  unsigned lane() const { return number % warp_size; }
  unsigned warp() const { return number / warp_size; }
};

/// Threads that wait for each other again and again: what comes before in one comes before what comes after
/// in all. Turns alternate, as one thread may be at the next when another has not left this one.
class Order {
 public:
  void* of_this_turn() { return &turns_[turn_ % 2]; }
  void next_turn() { ++turn_; }

 private:
  std::uint64_t turns_[2] = {};  // only their addresses count
  unsigned turn_ = 0;
};

struct SharedArray {
  std::unique_ptr<std::byte[]> bytes;  // of its own on the heap: the address sanitizer sees its ends
  std::size_t size = 0;
};

struct Block {
  std::deque<Thread> threads;
  std::vector<unsigned> arrived;  // by warp: lanes that wait at an exchange
  std::vector<Order> warp_order;
  Order order;
  std::vector<SharedArray> shared;
  unsigned at_barrier = 0, done = 0;
  int barrier_line = 0;
};

std::string name_of(const Thread& t) {
  return "block " + std::to_string(t.place.block.x) + " thread " + std::to_string(t.number);
}
std::string at_line(int line) { return " at line " + std::to_string(line); }

/// One launch under way.
class Launch {
 public:
  Launch(EmulatedKernel kernel, const void* parameters, const Schedule& schedule)
      : kernel_(kernel), parameters_(parameters), schedule_(schedule), random_(schedule.seed * 2 + 1) {}

  void run(const EmulatedIndex& grid, const EmulatedIndex& block);

  // What the kernel calls.
  void barrier(int line);
  unsigned long exchange(EmulatedExchange kind, unsigned mask, unsigned long value, int argument, int line);
  void* shared(std::size_t bytes, int line);
  void pause(bool spinning);

 private:
  void begin_block(std::uint64_t number, const EmulatedIndex& grid, const EmulatedIndex& size);
  bool run_round();
  bool run_block(Block& block);
  bool resume(Thread& thread);
  void end_finished_blocks();
  void give_way();
  void maybe_preempt();
  void release_barrier(Block& block);
  void complete_exchange(Block& block, unsigned warp);
  [[noreturn]] void fail(const std::string& what);
  std::string deadlock() const;
  void abandon();
  std::uint64_t random(std::uint64_t below);

  const EmulatedKernel kernel_;
  const void* const parameters_;
  const Schedule schedule_;
  std::uint64_t random_;
  std::deque<std::unique_ptr<Block>> live_;
  Thread* current_ = nullptr;
  std::string error_;
  const int races_before_ = races::reported();
};

Launch* current_launch = nullptr;

std::uint64_t Launch::random(std::uint64_t below) {
  random_ = random_ * 6364136223846793005u + 1442695040888963407u;
  return (random_ >> 33) % below;
}

void Launch::begin_block(std::uint64_t number, const EmulatedIndex& grid, const EmulatedIndex& size) {
  auto block = std::make_unique<Block>();
  const EmulatedIndex index{static_cast<unsigned>(number % grid.x),
                            static_cast<unsigned>(number / grid.x % grid.y),
                            static_cast<unsigned>(number / grid.x / grid.y)};
  const unsigned threads = size.x * size.y * size.z;
  block->arrived.resize((threads + warp_size - 1) / warp_size);
  block->warp_order.resize(block->arrived.size());
  for (unsigned i = 0; i < threads; ++i) {
    Thread& t = block->threads.emplace_back();
    t.place = {{i % size.x, i / size.x % size.y, i / size.x / size.y}, index, size, grid};
    t.number = i;
    t.block = block.get();
    t.fiber = std::make_unique<Fiber>([this] {
      try {
        kernel_(parameters_);
      } catch (const Abandoned&) {
      }
      current_->state = Thread::State::done;
      races::release(this);
    });
  }
  live_.push_back(std::move(block));
}

/// Whether the thread got on: it ran, and not only to find that it has to wait on.
bool Launch::resume(Thread& thread) {
  if (thread.state != Thread::State::ready) return false;
  thread.spinning = false;
  current_ = &thread;
  accrue_emulated_thread = &thread.place;
  thread.fiber->resume();
  if (thread.state != Thread::State::done) return !thread.spinning;
  Block& block = *thread.block;
  ++block.done;
  if (block.at_barrier > 0 && error_.empty())
    error_ =
        name_of(thread) + " ended while others of its block wait at a barrier" + at_line(block.barrier_line);
  return true;
}

bool Launch::run_block(Block& block) {
  bool progress = false;
  const std::size_t threads = block.threads.size();
  for (std::size_t i = 0; i < threads && error_.empty(); ++i) {
    std::size_t next = i;
    if (schedule_.order == Schedule::Order::random) next = random(threads);
    if (schedule_.order == Schedule::Order::descending) next = threads - 1 - i;
    progress |= resume(block.threads[next]);
  }
  return progress;
}

bool Launch::run_round() {
  bool progress = false;
  const std::size_t blocks = live_.size();
  for (std::size_t i = 0; i < blocks && error_.empty(); ++i) {
    std::size_t next = i;
    if (schedule_.order == Schedule::Order::random) next = random(blocks);
    const bool newest_first = schedule_.order == Schedule::Order::newest_block_first;
    if (newest_first || schedule_.order == Schedule::Order::descending) next = blocks - 1 - i;
    progress |= run_block(*live_[next]);
    if (newest_first && progress) break;
  }
  return progress;
}

void Launch::end_finished_blocks() {
  std::erase_if(live_, [](const auto& block) { return block->done == block->threads.size(); });
}

/// Every fiber has to leave its kernel before its stack goes.
void Launch::abandon() {
  for (const auto& block : live_)
    for (Thread& thread : block->threads)
      while (thread.state != Thread::State::done) {
        thread.state = Thread::State::ready;
        current_ = &thread;
        thread.fiber->resume();
      }
}

void Launch::run(const EmulatedIndex& grid, const EmulatedIndex& size) {
  const std::uint64_t blocks = std::uint64_t{grid.x} * grid.y * grid.z;
  // A random round may pass a thread over: many without progress are needed to be sure.
  const int patience = schedule_.order == Schedule::Order::random ? 2000 : 4;
  int idle = 0, rounds = 0;
  for (std::uint64_t begun = 0; begun < blocks || !live_.empty();) {
    while (live_.size() < schedule_.resident_blocks && begun < blocks) {
      begin_block(schedule_.last_blocks_first ? blocks - 1 - begun : begun, grid, size);
      ++begun;
    }
    idle = run_round() ? 0 : idle + 1;
    const std::size_t unfinished = live_.size();
    if (idle > patience && error_.empty()) error_ = deadlock();
    if (!error_.empty()) {
      abandon();
      throw EmulatorError(error_);
    }
    end_finished_blocks();
    rounds = live_.size() < unfinished ? 0 : rounds + 1;
    if (rounds > most_rounds_of_block) error_ = "no block ends: they go on for ever";
  }
  races::acquire(this);
  if (races::reported() > races_before_) throw EmulatorError("data race, see the report");
}

std::string Launch::deadlock() const {
  std::string text = "deadlock:";
  int shown = 0;
  for (const auto& block : live_)
    for (const Thread& t : block->threads) {
      if (t.state == Thread::State::done || t.lane() != 0 || shown++ == 8) continue;
      const char* const waits[] = {" spins", " waits at a barrier", " waits for its warp", ""};
      text += " [" + name_of(t) + waits[static_cast<int>(t.state)] +
              (t.state == Thread::State::ready ? "" : at_line(t.line)) + "]";
    }
  return text;
}

void Launch::fail(const std::string& what) {
  if (error_.empty()) error_ = what;
  throw Abandoned();
}

void Launch::give_way() {
  if (races::reported() > races_before_) fail("data race, see the report: " + name_of(*current_));
  current_->fiber->suspend();
  if (!error_.empty()) throw Abandoned();
}

void Launch::maybe_preempt() {
  if (schedule_.preempt_one_in != 0 && random(schedule_.preempt_one_in) == 0) give_way();
}

void Launch::pause(bool spinning) {
  if (!spinning) return maybe_preempt();
  current_->spinning = true;
  give_way();
}

void Launch::release_barrier(Block& block) {
  block.at_barrier = 0;
  block.order.next_turn();
  for (Thread& t : block.threads)
    if (t.state == Thread::State::at_barrier) t.state = Thread::State::ready;
}

void Launch::barrier(int line) {
  Thread& t = *current_;
  Block& block = *t.block;
  if (block.done > 0) fail(name_of(t) + " is at a barrier" + at_line(line) + ", others have ended");
  if (block.at_barrier == 0) block.barrier_line = line;
  if (block.barrier_line != line)
    fail("divergent barrier: " + name_of(t) + " is" + at_line(line) + ", others" +
         at_line(block.barrier_line));
  ++block.at_barrier;
  t.state = Thread::State::at_barrier;
  t.line = line;
  void* const order = block.order.of_this_turn();
  races::release(order);
  if (block.at_barrier < block.threads.size()) {
    give_way();
  } else {
    release_barrier(block);
    maybe_preempt();
  }
  races::acquire(order);
}

void Launch::complete_exchange(Block& block, unsigned warp) {
  const unsigned lanes = std::exchange(block.arrived[warp], 0);
  const auto thread = [&](unsigned lane) -> Thread& { return block.threads[warp * warp_size + lane]; };
  unsigned long in_all = ~0ul;
  for (unsigned lane = 0; lane < warp_size; ++lane)
    if ((lanes >> lane & 1) != 0) in_all &= thread(lane).given;
  for (unsigned lane = 0; lane < warp_size; ++lane) {
    if ((lanes >> lane & 1) == 0) continue;
    Thread& t = thread(lane);
    const auto argument = static_cast<unsigned>(t.argument);
    unsigned from = lane;
    if (t.exchange == exchange_up && lane >= argument) from = lane - argument;
    if (t.exchange == exchange_down && lane + argument < warp_size) from = lane + argument;
    if (t.exchange == exchange_from) from = argument % warp_size;
    if (t.exchange == exchange_xor) from = (lane ^ argument) % warp_size;
    if ((lanes >> from & 1) == 0)
      fail(name_of(t) + " reads lane " + std::to_string(from) + ", which is not there" + at_line(t.line));
    t.received = t.exchange == exchange_all ? in_all : thread(from).given;
    t.state = Thread::State::ready;
  }
}

unsigned long Launch::exchange(EmulatedExchange kind, unsigned mask, unsigned long value, int argument,
                               int line) {
  Thread& t = *current_;
  Block& block = *t.block;
  unsigned& arrived = block.arrived[t.warp()];
  if ((mask >> t.lane() & 1) == 0)
    fail(name_of(t) + " is not in the mask of its own exchange" + at_line(line));
  if (arrived != 0) {
    const Thread& other = block.threads[t.warp() * warp_size + static_cast<unsigned>(__builtin_ctz(arrived))];
    if (other.line != line || other.exchange != kind || other.mask != mask)
      fail("divergent warp: " + name_of(t) + " is" + at_line(line) + ", others" + at_line(other.line));
  }
  t.exchange = kind;
  t.mask = mask;
  t.given = value;
  t.argument = argument;
  t.line = line;
  t.state = Thread::State::at_exchange;
  arrived |= 1u << t.lane();
  void* const order = block.warp_order[t.warp()].of_this_turn();
  const bool orders = kind == exchange_warp_sync;  // shuffles do not
  if (orders) races::release(order);
  if (arrived != mask) {
    give_way();
  } else {
    complete_exchange(block, t.warp());
    block.warp_order[t.warp()].next_turn();
    maybe_preempt();
  }
  if (orders) races::acquire(order);
  return t.received;
}

void* Launch::shared(std::size_t bytes, int line) {
  Thread& t = *current_;
  std::vector<SharedArray>& arrays = t.block->shared;
  const std::size_t number = t.shared_arrays++;
  if (number == arrays.size()) {
    arrays.push_back({std::make_unique<std::byte[]>(bytes), bytes});
    std::memset(arrays.back().bytes.get(), 0xa5, bytes);  // nobody may count on what it holds
  }
  if (arrays[number].size != bytes) fail(name_of(t) + " declares another shared array" + at_line(line));
  return arrays[number].bytes.get();
}

EmulatedIndex index_of(const std::array<std::uint32_t, 3>& a) { return {a[0], a[1], a[2]}; }

}  // namespace

void run_emulated(EmulatedKernel kernel, const std::array<std::uint32_t, 3>& grid,
                  const std::array<std::uint32_t, 3>& block, const void* parameters,
                  const Schedule& schedule) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  Launch launch(kernel, parameters, schedule);
  current_launch = &launch;
  launch.run(index_of(grid), index_of(block));
}

}  // namespace accrue::test

using accrue::test::current_launch;

extern "C" {
const EmulatedThread* accrue_emulated_thread = nullptr;

void accrue_emulated_barrier(int line) { current_launch->barrier(line); }
unsigned long accrue_emulated_exchange(EmulatedExchange kind, unsigned mask, unsigned long value,
                                       int argument, int line) {
  return current_launch->exchange(kind, mask, value, argument, line);
}
void* accrue_emulated_shared(unsigned long bytes, int line) { return current_launch->shared(bytes, line); }
void accrue_emulated_pause(bool spinning) { current_launch->pause(spinning); }
}
