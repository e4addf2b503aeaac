// Faults put into the kernels: each is reported. And many schedules under which right kernels stay right.
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <cstdio>

#include "accrue/accrue.hpp"
#include "tests/cuda/emulated_batch.h"
#include "tests/support/catch.h"
#include "tests/support/random.h"
#include "tests/support/temporary_folder.h"

namespace accrue::test {
namespace {

using Order = Schedule::Order;
const std::vector<Schedule> schedules = {
    {.order = Order::ascending, .resident_blocks = 1},
    {.order = Order::ascending, .resident_blocks = 4},
    {.order = Order::descending, .resident_blocks = 3},
    {.order = Order::newest_block_first, .resident_blocks = 5},
    {.order = Order::random, .resident_blocks = 4, .preempt_one_in = 7, .seed = 11},
    {.order = Order::random,
     .resident_blocks = 6,
     .last_blocks_first = true,
     .preempt_one_in = 3,
     .seed = 12},
    {.order = Order::ascending, .resident_blocks = 3, .last_blocks_first = true},
};

/// Values that cancel, so that the order of additions shows.
Tensor cancelling(const Shape& shape) {
  Random random(31);
  std::vector<double> values;
  for (std::int64_t i = 0; i < elements(shape); ++i)
    values.push_back(std::ldexp(random.uniform() - 0.5, static_cast<int>(random.below(50))));
  return Tensor::copy_of<double>(values, shape);
}

/// A scan, and in another kernel scans, reductions and several phases along a dim.
void add_folds(EmulatedBatch& batch, const Shape& shape, std::int64_t dim) {
  Graph graph;
  const Expr x = graph.input("x", float64, shape), running = cumsum(x, dim);
  const Tensor values = cancelling(shape);
  batch.add(to_string(shape), graph, {{"running", running}}, {{"x", values}});
  batch.add(to_string(shape), graph,
            {{"running", running},
             {"twice", cumsum(cummax(x, dim), dim, {.exclusive = true})},
             {"mean", mean(x, dim)},
             {"soft", softmax(x, dim)}},
            {{"x", values}});
}

/// Lines of a few elements, a tile and several tiles, spread over blocks and not.
void add_lines(EmulatedBatch& batch) {
  for (const Shape& shape : {Shape{9, 20}, Shape{3, 701}, Shape{2, 16500}, Shape{5, 16500}})
    add_folds(batch, shape, 1);
}
/// The same, side by side.
void add_columns(EmulatedBatch& batch) {
  for (const Shape& shape : {Shape{20, 9}, Shape{600, 3}, Shape{600, 40}, Shape{600, 70}})
    add_folds(batch, shape, 0);
}

/// Lines that begin at any address.
void add_misaligned(EmulatedBatch& batch) {
  Graph graph;
  const Expr x = graph.input("x", float64, {3, 701});
  batch.add("misaligned", graph,
            {{"part", cumsum(slice(x, {{0, 3}, {1, 700}}), 1)}, {"back", cumsum(x, 1, {.reverse = true})}},
            {{"x", cancelling({3, 701})}});
}

/// What is reported under any of the schedules.
std::string report_of(const std::string& right, const std::string& wrong,
                      void (*add)(EmulatedBatch&) = add_lines) {
  EmulatedBatch batch;
  add(batch);
  batch.plant(right, wrong);
  return batch.first_difference(schedules);
}

}  // namespace

TEST_CASE("emulated kernels: any schedule gives the same bits") {
  EmulatedBatch batch;
  add_lines(batch);
  add_columns(batch);
  CHECK(batch.first_difference(schedules) == "");
}

const std::string before_nodes = "    if (this_warp() == 0) {  // from the nodes' totals to their bases\n";

TEST_CASE("emulated kernels: a barrier that is missing is reported") {
  CHECK_THAT(report_of("    __syncthreads();\n" + before_nodes, before_nodes),
             ContainsSubstring("elements differ"));
}

TEST_CASE("emulated kernels: a barrier that is missing between tiles is reported") {
  CHECK_THAT(report_of("    __syncthreads();  // m.leaf has been read\n", "", add_columns),
             ContainsSubstring("elements differ"));
}

TEST_CASE("emulated kernels: elements that change hands without a barrier are reported") {
  const std::string of_block = "    __syncthreads();  // elements change hands\n",
                    of_warp = "      __syncwarp();  // elements change hands\n";
  CHECK_THAT(report_of(of_block, "", add_columns), ContainsSubstring("elements differ"));
  CHECK_THAT(report_of(of_warp, "", add_misaligned), ContainsSubstring("elements differ"));
}

TEST_CASE("emulated kernels: halves of leaves that are swapped wrongly are reported") {
  CHECK_THAT(report_of("from_lane_beside(is_odd() ? moved[i] : moved[half + i]);",
                       "from_lane_beside(is_odd() ? moved[half + i] : moved[i]);"),
             ContainsSubstring("elements differ"));
}

TEST_CASE("emulated kernels: a swap that a part of a warp comes to is reported") {
  CHECK_THAT(report_of("__all_sync(whole_warp, is_whole && is_aligned)", "(is_whole && is_aligned)"),
             ContainsSubstring("divergent warp"));
}

TEST_CASE("emulated kernels: accesses of 32 bytes, as of sm_100 on") {
  EmulatedBatch batch;
  add_lines(batch);
  add_misaligned(batch);
  batch.plant("constexpr int most_bytes_of_access = 16;", "constexpr int most_bytes_of_access = 32;");
  CHECK(batch.first_difference() == "");
}

TEST_CASE("emulated kernels: a barrier under a condition is reported") {
  CHECK_THAT(report_of(before_nodes, "if (this_warp() != 0) __syncthreads();\n" + before_nodes),
             ContainsSubstring("divergent barrier"));
}

TEST_CASE("emulated kernels: threads that leave before a barrier are reported") {
  CHECK_THAT(report_of(before_nodes, "if (this_warp() != 0) return;\n" + before_nodes),
             ContainsSubstring("others have ended"));
}

TEST_CASE("emulated kernels: tiles numbered by their blocks are reported") {
  CHECK_THAT(report_of("DEVICE void take(u32* counter, int turn) { number[turn] = atomicAdd(counter, 1u); }",
                       "u32 round;\n"
                       "DEVICE void take(u32*, int turn) {\n"
                       "  if (number[0] == number[1]) round = 0;  // shared memory is filled with one byte\n"
                       "  number[turn] = blockIdx.x + gridDim.x * round++;\n"
                       "}"),
             ContainsSubstring("deadlock"));
}

TEST_CASE("emulated kernels: a total that is published before it is there is reported") {
  CHECK_THAT(report_of("store_relaxed(p + i, u64(1) << 32 | value.half[i]);",
                       "store_relaxed(p + i, u64(1) << 32); UNROLL for (int i = 0; i < words; ++i)"
                       " store_relaxed(p + i, u64(1) << 32 | value.half[i]);"),
             ContainsSubstring("elements differ"));
}

TEST_CASE("emulated kernels: a shuffle that half a warp reaches is reported") {
  CHECK_THAT(
      report_of("    const typename F::State before = from_lane_before(x, d);\n",
                "    typename F::State before = x; if (child >= d) before = from_lane_before(x, d);\n"),
      ContainsSubstring("divergent warp"));
}

TEST_CASE("emulated kernels: a warp's threads that do not wait for each other are reported") {
  CHECK_THAT(report_of("DEVICE void wait() const { __syncwarp(); }", "DEVICE void wait() const {}"),
             ContainsSubstring("elements differ"));
}

#ifdef __SANITIZE_ADDRESS__
TEST_CASE("emulated kernels: accesses outside memory, and vectors that are not aligned, are reported") {
  const auto crash_of = [](const std::string& right, const std::string& wrong) {
    const TemporaryFolder folder;
    const std::string file = folder.file("report");
    const pid_t child = fork();
    if (child == 0) {
      if (std::freopen(file.c_str(), "w", stderr) == nullptr) _exit(2);
      report_of(right, wrong);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return read_bytes(file);
  };
  CHECK_THAT(crash_of("if (moved(i) < this->left(tile, l))\n          to[", "if (true) to["),
             ContainsSubstring("AddressSanitizer"));
  CHECK_THAT(crash_of("typename F::State total[nodes];", "typename F::State total[nodes - 1];"),
             ContainsSubstring("index"));
  CHECK_THAT(crash_of("return (u64(p) & (sizeof(word) - 1)) == 0;", "return true;"),
             ContainsSubstring("misaligned address"));
}
#endif

TEST_CASE("emulated kernels: another order of additions is reported") {
  CHECK_THAT(
      report_of(
          "x[k] = F::combine(x[k - d], x[k]);  // old values",
          "if (d == 1) x[leaf_elements - k] = F::combine(x[leaf_elements - k - 1], x[leaf_elements - k]);"),
      ContainsSubstring("elements differ"));
  CHECK_THAT(report_of("if (lane == warp_lanes - 1) end[l] = m.base[node + 1];",
                       "if (lane == warp_lanes - 1) end[l] = F::combine(base[l], total[l]);"),
             ContainsSubstring("elements differ"));
}

}  // namespace accrue::test
