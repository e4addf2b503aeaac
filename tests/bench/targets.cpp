#include "tests/bench/targets.h"

#include <fstream>
#include <map>

namespace accrue::bench {
namespace {

using enum Measure;

// The one place where targets are written down. Measured on two cores of each processor.
constexpr Target targets[] = {
    // case, measure, Zen 5, Zen 4
    {"scan float64 2^26", of_limit_one_thread, 0.95, 0.95},
    {"scan float64 2^26", of_limit, 0.92, 0.92},
    {"scan int64 2^26", of_limit_one_thread, 0.95, 0.95},
    {"scan int64 2^26", of_limit, 0.92, 0.92},
    {"scan int32->int64 2^26", of_limit_one_thread, 0.95, 0.95},
    {"scan int32->int64 2^26", of_limit, 0.92, 0.92},
    {"scan uint8->int64 2^26", of_limit_one_thread, 0.95, 0.95},
    {"scan uint8->int64 2^26", of_limit, 0.92, 0.92},
    {"scan float32->int32 2^26", of_limit_one_thread, 0.95, 0.95},
    {"scan float32->int32 2^26", of_limit, 0.92, 0.92},
    {"scan float32 2^26", of_limit_one_thread, 0.80, 0.80},
    {"scan float32 2^26", of_limit, 0.90, 0.70},
    {"scan int32->float32 2^26", of_limit, 0.85, 0.65},
    {"scan float16->float32 2^26", of_limit, 0.85, 0.65},

    {"scan float32 2^26", times_torch, 4.5, 4.5},
    {"scan int32->int64 2^26", times_torch, 8, 8},
    {"scan uint8->int64 2^26", times_torch, 8, 8},
    {"scan float32->int32 2^26", times_torch, 8, 8},
    {"scan int32->float32 2^26", times_torch, 8, 8},
    {"scan float16->float32 2^26", times_torch, 8, 8},
    {"cached scan float32 2^16", times_torch, 5, 5},

    {"layout 4096x4096 dim 0", of_limit, 0.92, 0.92},
    {"layout 4096x4096 dim 1", of_limit, 0.92, 0.92},
    {"layout 1048576x16 dim 0", of_limit, 0.92, 0.92},
    {"layout 1048576x16 dim 1", of_limit, 0.92, 0.92},
    {"layout 16x1048576 dim 0", of_limit, 0.92, 0.92},
    {"layout 16x1048576 dim 1", of_limit, 0.92, 0.92},
    {"layout 64x512x512 dim 1", of_limit, 0.92, 0.92},
    {"layout 4096x4096 dim 0", times_torch, 40, 40},
    {"layout 64x512x512 dim 1", times_torch, 40, 40},

    {"fresh output float32 2^26", times_torch, 5, 5},

    {"chain of 3 maps 2^26", times_torch, 18, 18},
    {"chain of 6 maps 2^26", times_torch, 25, 25},
    {"chain of 12 maps 2^26", times_torch, 35, 35},
    {"chain of 3 maps 2^26", times_by_hand, 0.8, 0.8},
    {"chain of 6 maps 2^26", times_by_hand, 0.8, 0.8},
    {"chain of 12 maps 2^26", times_by_hand, 0.8, 0.8},

    {"program clipped_root 2^24", of_limit, 0.5, 0.333},
    {"program affine 2^24", of_limit, 0.5, 0.333},
    {"program softmax_cdf 2^24", of_limit, 0.5, 0.333},
    {"program drawdown 2^24", of_limit, 0.5, 0.333},
    {"program normalised 2^24", of_limit, 0.5, 0.333},
    {"program clipped_root 2^24", times_fastest_peer, 7, 7},
    {"program affine 2^24", times_fastest_peer, 7, 7},
    {"program softmax_cdf 2^24", times_fastest_peer, 7, 7},
    {"program drawdown 2^24", times_fastest_peer, 7, 7},
    {"program normalised 2^24", times_fastest_peer, 7, 7},

    {"call n=1", us_beyond_bare_loop, 0.1, 0.1},
    {"call n=16", us_beyond_bare_loop, 0.1, 0.1},
    {"call n=256", us_beyond_bare_loop, 0.1, 0.1},

    {"first call 10 nodes", ms_beyond_next_call, 2, 2},
    {"first call 1000 nodes", ms_beyond_next_call, 2, 2},

    {"compile 1000 nodes", ns_per_node, 1000, 1000},
    {"compile 10000 nodes", ns_per_node, 1000, 1000},
    {"compile 100000 nodes", ns_per_node, 1000, 1000},
    {"compile 1000000 nodes", ns_per_node, 1000, 1000}};

// The first processor's lines of /proc/cpuinfo: key and value.
std::map<std::string, std::string> processor_facts() {
  std::map<std::string, std::string> facts;
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line) && !line.empty();) {
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::size_t key_end = line.find_last_not_of(" \t", colon - 1);
    facts[line.substr(0, key_end + 1)] = colon + 2 <= line.size() ? line.substr(colon + 2) : "";
  }
  return facts;
}

}  // namespace

std::vector<Target> targets_of(const Case& c) {
  std::vector<Target> found;
  for (const Target& target : targets)
    if (target.case_name == c.name) found.push_back(target);
  return found;
}

std::string_view to_string(Measure measure) {
  switch (measure) {
    case of_limit: return "of the limit";
    case of_limit_one_thread: return "of the limit, 1 thread";
    case times_torch: return "times torch";
    case times_fastest_peer: return "times the fastest peer";
    case times_by_hand: return "times the loop by hand";
    case us_beyond_bare_loop: return "us beyond the bare loop";
    case ms_beyond_next_call: return "ms beyond the next call";
    case ns_per_node: return "ns a node";
  }
  return "";
}

bool more_is_better(Measure measure) { return measure <= times_by_hand; }

Processor this_processor() {
  std::map<std::string, std::string> facts = processor_facts();
  Processor p;
  p.name = facts["model name"] + " (family " + facts["cpu family"] + ", model " + facts["model"] + ")";
  const bool amd = facts["vendor_id"] == "AuthenticAMD";
  const bool wide = facts["flags"].find("avx512f") != std::string::npos;  // family 25 without it is Zen 3
  p.zen5 = amd && facts["cpu family"] == "26";
  p.column = p.zen5                                       ? "Zen 5"
             : amd && wide && facts["cpu family"] == "25" ? "Zen 4"
                                                          : "Zen 4, for want of its own";
  return p;
}

}  // namespace accrue::bench
