// The tables, in Markdown: read as well on a terminal as in RESULTS.md.
#pragma once

#include <iosfwd>
#include <vector>

#include "tests/bench/summary.h"

namespace accrue::bench {

/// Machine and versions, then a table for each group of cases, then the targets that were missed.
void print_report(std::ostream& out, const Results& results, const std::vector<Summary>& summaries);

/// The summaries as JSON objects, one a line, to follow the measurements in a file.
void write_summaries(std::ostream& out, const std::vector<Summary>& summaries);

}  // namespace accrue::bench
