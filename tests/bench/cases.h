// What is measured: the cases, each an input, what is computed of it, and how it is counted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "accrue/dtype.hpp"
#include "accrue/shape.hpp"

namespace accrue::bench {

enum class Kind : std::uint8_t {
  scan,        // cumsum along `dim`, into an output that is reused
  fresh,       // the same, into an output that the call allocates
  chain,       // int32 cast to float32, `maps` maps, cumsum
  program,     // one of the programs in ours.cpp, by name
  call,        // a cumsum so small that the call itself is what is measured
  first_call,  // a chain of `nodes` operations: built, compiled, run once
  compile      // the same, built and compiled
};

struct Case {
  std::string name;
  std::string group;  // the cases of one group are interleaved and share a table
  Kind kind = Kind::scan;
  DType in = float32;
  DType out = float32;
  Shape shape;
  std::int64_t dim = 0;
  double low = -0.5;  // the input is uniform in low .. high, without high
  double high = 0.5;
  std::string program = {};
  int maps = 0;
  int nodes = 0;

  std::int64_t count() const { return elements(shape); }
  std::int64_t out_count() const;  // one for programs that end in a number
  std::int64_t bytes_read_and_written() const;
};

/// What a time is divided by, and the factor from seconds.
struct Unit {
  std::string_view name;
  double per_second;  // how many units of time a second has
  double divisor;
};
Unit unit_of(const Case& c);

/// Every case. `size`: elements of the large ones, a power of two; 0 for the sizes that the targets are for.
std::vector<Case> all_cases(std::int64_t size);

/// A case as a JSON object, and back.
std::string to_json(const Case& c);

std::string_view to_string(Kind kind);
Kind parse_kind(std::string_view name);

}  // namespace accrue::bench
