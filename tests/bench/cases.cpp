#include "tests/bench/cases.h"

#include <bit>
#include <stdexcept>
#include <utility>

#include "graph/text/json_text.h"

namespace accrue::bench {
namespace {

constexpr std::string_view kind_names[] = {"scan", "fresh",      "chain",  "program",
                                           "call", "first_call", "compile"};

struct Types {
  DType in;
  DType out;
  double low;
  double high;
};

// Ranges such that sums stay small beside their count (float32 accumulators lose nothing that matters), and
// that a float32 cast to int32 is not 0.
constexpr Types scan_types[] = {{float32, float32, -0.5, 0.5}, {float64, float64, -0.5, 0.5},
                                {int64, int64, -40, 40},       {int32, int64, -40, 40},
                                {uint8, int64, 0, 256},        {float32, int32, -8, 8},
                                {int32, float32, -40, 40},     {float16, float32, -0.5, 0.5}};

std::string types_text(DType in, DType out) {
  std::string text(to_string(in));
  if (in != out) text += "->" + std::string(to_string(out));
  return text;
}

std::string power_text(int log2) { return "2^" + std::to_string(log2); }

std::string shape_text(const Shape& shape) {
  std::string text;
  for (const std::int64_t extent : shape) text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text;
}

std::int64_t power(int log2) { return std::int64_t{1} << log2; }

void add_scans(std::vector<Case>& cases, int log2) {
  for (const Types& t : scan_types)
    cases.push_back({.name = "scan " + types_text(t.in, t.out) + " " + power_text(log2),
                     .group = "scans of " + power_text(log2) + " elements",
                     .in = t.in,
                     .out = t.out,
                     .shape = {power(log2)},
                     .low = t.low,
                     .high = t.high});
}

void add_cache_scan(std::vector<Case>& cases, int log2) {
  cases.push_back(
      {.name = "cached scan float32 " + power_text(log2), .group = "scans in cache", .shape = {power(log2)}});
}

void add_layouts(std::vector<Case>& cases, int log2) {
  const auto add = [&](const Shape& shape, std::int64_t dim) {
    cases.push_back({.name = "layout " + shape_text(shape) + " dim " + std::to_string(dim),
                     .group = "rows, columns and planes, float32",
                     .shape = shape,
                     .dim = dim});
  };
  const Shape square = {power(log2 / 2), power(log2 - log2 / 2)};
  const Shape narrow = {power(log2 - 4), 16};
  const Shape flat = {16, power(log2 - 4)};
  for (const Shape& shape : {square, narrow, flat})
    for (const std::int64_t dim : {0, 1}) add(shape, dim);
  const int planes = log2 / 4;
  const int rows = (log2 - planes) / 2;
  add({power(planes), power(rows), power(log2 - planes - rows)}, 1);
}

void add_chains(std::vector<Case>& cases, int log2) {
  for (const int maps : {3, 6, 12})
    cases.push_back({.name = "chain of " + std::to_string(maps) + " maps " + power_text(log2),
                     .group = "cast, maps and scan, int32 to float32",
                     .kind = Kind::chain,
                     .in = int32,
                     .shape = {power(log2)},
                     .low = -40,
                     .high = 40,
                     .maps = maps});
}

void add_programs(std::vector<Case>& cases, int log2) {
  const Shape line = {power(log2)};
  const Shape square = {power(log2 / 2), power(log2 - log2 / 2)};
  const auto add = [&](std::string_view program, DType in, const Shape& shape, double low, double high) {
    cases.push_back({.name = "program " + std::string(program) + " " + power_text(log2),
                     .group = "programs",
                     .kind = Kind::program,
                     .in = in,
                     .shape = shape,
                     .dim = static_cast<std::int64_t>(shape.size()) - 1,
                     .low = low,
                     .high = high,
                     .program = std::string(program)});
  };
  add("clipped_root", int32, line, -40, 40);
  add("affine", int32, line, -40, 40);
  add("softmax_cdf", float32, square, -0.5, 0.5);
  add("drawdown", float32, line, 0.5, 1.5);
  add("normalised", float32, square, -0.5, 0.5);
}

void add_calls(std::vector<Case>& cases) {
  for (const std::int64_t n : {1, 16, 256, 4096})
    cases.push_back({.name = "call n=" + std::to_string(n),
                     .group = "calls of a small scan, float32",
                     .kind = Kind::call,
                     .shape = {n}});
}

void add_compilations(std::vector<Case>& cases, int most_nodes) {
  for (const int nodes : {10, 1000, 10000})
    if (nodes <= most_nodes)
      cases.push_back({.name = "first call " + std::to_string(nodes) + " nodes",
                       .group = "first calls",
                       .kind = Kind::first_call,
                       .shape = {1024},
                       .nodes = nodes});
  for (const int nodes : {1000, 10000, 100000, 1000000})
    if (nodes <= most_nodes)
      cases.push_back({.name = "compile " + std::to_string(nodes) + " nodes",
                       .group = "building, planning and lowering",
                       .kind = Kind::compile,
                       .shape = {1024},
                       .nodes = nodes});
}

}  // namespace

std::int64_t Case::out_count() const { return program == "drawdown" ? 1 : count(); }

std::int64_t Case::bytes_read_and_written() const {
  return count() * static_cast<std::int64_t>(byte_width(in)) +
         out_count() * static_cast<std::int64_t>(byte_width(out));
}

Unit unit_of(const Case& c) {
  switch (c.kind) {
    case Kind::call: return {"us/call", 1e6, 1};
    case Kind::first_call: return {"ms/call", 1e3, 1};
    case Kind::compile: return {"ns/node", 1e9, static_cast<double>(c.nodes)};
    default: return {"ns/element", 1e9, static_cast<double>(c.count())};
  }
}

std::vector<Case> all_cases(std::int64_t size) {
  if (size != 0 && (size < 256 || !std::has_single_bit(static_cast<std::uint64_t>(size))))
    throw std::invalid_argument("the size is a power of two, 2^8 at least");
  const int given = size == 0 ? 0 : std::countr_zero(static_cast<std::uint64_t>(size));
  const int long_log2 = given == 0 ? 26 : given;
  const int program_log2 = given == 0 ? 24 : given;
  std::vector<Case> cases;
  add_scans(cases, long_log2);
  add_cache_scan(cases, given == 0 ? 16 : std::min(given, 16));
  add_layouts(cases, program_log2);
  cases.push_back({.name = "fresh output float32 " + power_text(long_log2),
                   .group = "a scan whose output the call allocates",
                   .kind = Kind::fresh,
                   .shape = {power(long_log2)}});
  add_chains(cases, long_log2);
  add_programs(cases, program_log2);
  add_calls(cases);
  // A small size is asked for by whoever has little time: graphs of 10^6 nodes are left out then.
  add_compilations(cases, given != 0 && given < 20 ? 1000 : 1000000);
  return cases;
}

std::string_view to_string(Kind kind) { return kind_names[static_cast<int>(kind)]; }

Kind parse_kind(std::string_view name) {
  for (std::size_t i = 0; i < std::size(kind_names); ++i)
    if (kind_names[i] == name) return static_cast<Kind>(i);
  throw std::runtime_error("no kind of case is called " + std::string(name));
}

std::string to_json(const Case& c) {
  const auto number = [](auto value) { return std::to_string(value); };
  return R"({"record": "case", "name": )" + json_string(c.name) + R"(, "group": )" + json_string(c.group) +
         R"(, "kind": )" + json_string(to_string(c.kind)) + R"(, "in": )" + json_string(to_string(c.in)) +
         R"(, "out": )" + json_string(to_string(c.out)) + R"(, "shape": )" + json_list(c.shape, number) +
         R"(, "dim": )" + number(c.dim) + R"(, "low": )" + number(c.low) + R"(, "high": )" + number(c.high) +
         R"(, "program": )" + json_string(c.program) + R"(, "maps": )" + number(c.maps) + R"(, "nodes": )" +
         number(c.nodes) + "}";
}

}  // namespace accrue::bench
