// Kernels under ThreadSanitizer, which sees what no result shows: an access that nothing orders. The process
// is started with its runtime in front (cuda.cmake); otherwise there is nothing to see.
#include "tests/cuda/races.h"
#include "accrue/accrue.hpp"
#include "tests/cuda/emulated_batch.h"
#include "tests/support/catch.h"
#include "tests/support/compare.h"
#include "tests/support/random_values.h"

namespace accrue::test {
namespace {

const std::vector<Schedule> schedules = {
    {.order = Schedule::Order::ascending, .resident_blocks = 2},
    {.order = Schedule::Order::random, .resident_blocks = 2, .preempt_one_in = 7, .seed = 11},
};

/// A scan of values that a reduction of the line goes into: in another phase, or in a launch of its own.
void add_scan(EmulatedBatch& batch, const Shape& shape, std::int64_t dim) {
  Graph graph;
  const Expr x = graph.input("x", float64, shape);
  Random random(5);
  batch.add(to_string(shape), graph, {{"y", cumsum(x - max(x, {dim}, {.keepdim = true}), dim)}},
            {{"x", to_tensor(random_values(random, float64, shape))}});
}

/// Warps with several lines, a block a line, tiles of a line spread over blocks; lines side by side.
void add_lines(EmulatedBatch& batch) {
  for (const Shape& shape : {Shape{9, 20}, Shape{3, 701}, Shape{2, 16500}}) add_scan(batch, shape, 1);
}
void add_columns(EmulatedBatch& batch) {
  for (const Shape& shape : {Shape{600, 20}, Shape{600, 70}}) add_scan(batch, shape, 0);
}

std::string report_of(void (*add)(EmulatedBatch&), const std::string& right, const std::string& wrong) {
  EmulatedBatch batch;
  add(batch);
  batch.plant(right, wrong);
  return batch.first_difference(schedules);
}

const std::string before_nodes = "    if (this_warp() == 0) {  // from the nodes' totals to their bases\n";
const std::string publish = "store_relaxed(p + i, u64(1) << 32 | value.half[i]);";

}  // namespace

TEST_CASE("races: there are none", "[.races]") {
  REQUIRE(races::are_watched());
  EmulatedBatch batch;
  add_lines(batch);
  add_columns(batch);
  CHECK(batch.first_difference(schedules) == "");
}

TEST_CASE("races: a barrier that is missing is reported", "[.races]") {
  CHECK_THAT(report_of(add_lines, "    __syncthreads();\n" + before_nodes, before_nodes),
             ContainsSubstring("data race"));
  CHECK_THAT(report_of(add_columns, "    __syncthreads();  // m.leaf has been read\n", ""),
             ContainsSubstring("data race"));
}

TEST_CASE("races: a warp's threads that do not wait for each other are reported", "[.races]") {
  CHECK_THAT(
      report_of(add_lines, "DEVICE void wait() const { __syncwarp(); }", "DEVICE void wait() const {}"),
      ContainsSubstring("data race"));
}

TEST_CASE("races: a total that is published by a plain store is reported", "[.races]") {
  CHECK_THAT(report_of(add_lines, publish, "p[i] = u64(1) << 32 | value.half[i];"),
             ContainsSubstring("data race"));
}

TEST_CASE("races: a flag that is published before its payload is reported", "[.races]") {
  CHECK_THAT(
      report_of(add_lines, publish,
                "{ store_relaxed(p + i, u64(1) << 32); reinterpret_cast<u32*>(p + i)[0] = value.half[i]; }"),
      ContainsSubstring("data race"));
}

}  // namespace accrue::test
