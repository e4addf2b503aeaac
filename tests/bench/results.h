// What was measured, as a file of JSON lines: written by this program and by peers.py, joined by report.h.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/harness.h"
#include "tests/bench/targets.h"

namespace accrue::bench {

struct Results {
  Processor processor;
  int threads = 0;
  std::string date;                             // of the first file
  std::map<std::string, std::string> versions;  // of all that took part
  std::vector<Case> cases;
  std::vector<Measurement> measurements;
};

/// One JSON object a line: the machine, the versions, each case, each measurement.
void write(std::ostream& out, const Results& results);

/// Adds what a file holds: the same entrant's rounds in the same case are put together.
///   throws  std::runtime_error: the file cannot be read, or is none of ours
void read_into(Results& results, const std::string& path);

}  // namespace accrue::bench
