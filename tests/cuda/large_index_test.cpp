// Tiles beyond 2^33 elements: the memory is there where it is touched, all tiles but the last ones count as
// done.
#include <sys/mman.h>

#include <cstring>

#include "accrue/accrue.hpp"
#include "graph/pipeline.h"
#include "src/cuda/emit.h"
#include "tests/cuda/emulated_library.h"
#include "tests/support/catch.h"

namespace accrue::test {
namespace {

/// Memory that is zero, and takes room only where it is written.
class SparseMemory {
 public:
  explicit SparseMemory(std::size_t bytes) : bytes_(bytes) {
    void* const mapped =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    data_ = static_cast<std::byte*>(mapped);
  }
  ~SparseMemory() { munmap(data_, bytes_); }
  SparseMemory(const SparseMemory&) = delete;
  SparseMemory& operator=(const SparseMemory&) = delete;

  std::byte* data() const { return data_; }
  std::uint8_t& operator[](std::int64_t i) const { return reinterpret_cast<std::uint8_t*>(data_)[i]; }

 private:
  std::size_t bytes_;
  std::byte* data_;
};

/// The one launch of a graph's one kernel, on memory of its own.
struct SparseLaunch {
  gpu::KernelLaunches kernel;
  SparseMemory state;
  std::byte* published = nullptr;
  std::uint32_t* counter = nullptr;

  SparseLaunch(const gpu::LoweredKernels& lowered, const SparseMemory& in, const SparseMemory& out)
      : kernel(lowered.row_major().at(0)), state(kernel.state_bytes) {
    gpu::Launch& launch = kernel.launches.at(0);
    for (const gpu::Launch::Pointer& p : launch.pointers) {
      const bool is_state = p.buffer == gpu::Launch::state_buffer;
      std::byte* const base = is_state ? state.data() : p.buffer == 0 ? in.data() : out.data();
      std::byte* const address = base + p.byte_offset;
      std::memcpy(&launch.parameters[p.offset], &address, sizeof address);
      if (is_state && counter == nullptr)
        counter = reinterpret_cast<std::uint32_t*>(address);  // the first one
      else if (is_state)
        published = address;
    }
  }

  void run() const {
    const gpu::Launch& launch = kernel.launches[0];
    const EmulatedLibrary library(launch.source->program());
    run_emulated(library.kernel(launch.source->entry), launch.grid, launch.block, launch.parameters.data());
  }
};

}  // namespace

TEST_CASE("emulated kernels: a running sum is right beyond 2^33 elements") {
  constexpr std::int64_t tile = 8192, n = (std::int64_t{1} << 33) + 2 * tile + 5;
  constexpr std::int64_t tiles = (n + tile - 1) / tile, first = tiles - 3;
  Graph graph;
  const Expr x = graph.input("x", uint8, {n});
  const gpu::LoweredKernels lowered(std::make_shared<const Plan>(
      run_pipeline(select(graph, {{"y", cumsum(x, 0, {.dtype = uint8})}}), {}, true).plan));
  const SparseMemory in(n), out(n);
  for (std::int64_t i = first * tile; i < n; ++i) in[i] = static_cast<std::uint8_t>(i % 7);

  const SparseLaunch launch(lowered, in, out);
  *launch.counter = static_cast<std::uint32_t>(first);
  constexpr std::uint64_t of_tile = 3;  // the total of each tile before
  auto* word = reinterpret_cast<std::uint64_t*>(launch.published);
  std::uint64_t total = of_tile;
  for (std::int64_t nodes = tiles, level_nodes = 1; nodes > 0; nodes /= 32, level_nodes *= 32, total *= 32) {
    for (std::int64_t node = 0; node < first / level_nodes; ++node)
      word[node] = std::uint64_t{1} << 32 | (total & 0xff);
    word += nodes;
  }
  launch.run();

  std::uint64_t sum = of_tile * static_cast<std::uint64_t>(first);
  std::int64_t wrong = 0;
  for (std::int64_t i = first * tile; i < n; ++i) {
    sum += in[i];
    wrong += out[i] != static_cast<std::uint8_t>(sum) ? 1 : 0;
  }
  CHECK(wrong == 0);
}

/// Columns of 2^29 rows; lines: those that a block takes.
void check_columns(std::int64_t columns, std::int64_t lines) {
  constexpr std::int64_t tile = 256, n = (std::int64_t{1} << 29) + 2 * tile + 5;  // rows
  constexpr std::int64_t tiles = (n + tile - 1) / tile, first = tiles - 3;
  Graph graph;
  const Expr x = graph.input("x", uint8, {n, columns});
  const gpu::LoweredKernels lowered(std::make_shared<const Plan>(
      run_pipeline(select(graph, {{"y", cumsum(x, 0, {.dtype = uint8})}}), {}, true).plan));
  const auto bytes = static_cast<std::size_t>(n * columns);
  const SparseMemory in(bytes), out(bytes);
  for (std::int64_t i = first * tile * columns; i < n * columns; ++i)
    in[i] = static_cast<std::uint8_t>(i % 7);

  const SparseLaunch launch(lowered, in, out);
  const std::int64_t strips = (columns + lines - 1) / lines, words = strips * lines;
  *launch.counter = static_cast<std::uint32_t>(first * strips);
  auto* word = reinterpret_cast<std::uint64_t*>(launch.published);
  std::uint64_t total = 3;
  for (std::int64_t nodes = tiles, level_nodes = 1; nodes > 0; nodes /= 32, level_nodes *= 32, total *= 32) {
    const std::int64_t done = first / level_nodes;
    for (std::int64_t node = std::max<std::int64_t>(0, done - 32); node < done;
         ++node)  // what can be asked for
      for (std::int64_t line = 0; line < words; ++line)
        word[node * words + line] = std::uint64_t{1} << 32 | (total & 0xff);
    word += nodes * words;
  }
  launch.run();

  std::int64_t wrong = 0;
  for (std::int64_t column = 0; column < columns; ++column) {
    std::uint64_t sum = 3 * static_cast<std::uint64_t>(first);
    for (std::int64_t i = first * tile * columns + column; i < n * columns; i += columns) {
      sum += in[i];
      wrong += out[i] != static_cast<std::uint8_t>(sum) ? 1 : 0;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("emulated kernels: a running sum of columns is right beyond 2^33 elements") {
  check_columns(20, 20);
  check_columns(40, 32);
}

}  // namespace accrue::test
