// How long each part of a command took.
#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "graph/pipeline.h"
#include "src/cli/progress.h"

namespace accrue::cli {

class Timeline {
 public:
  /// Does the work and notes how long it took; while it takes long, standard error says so.
  template <class Work>
  auto time(const std::string& name, const Work& work) {
    const Progress progress(name);
    const double begin = now();
    auto result = work();
    parts_.push_back({name, begin, now() - begin, 0});
    return result;
  }

  /// The stages that the last part went through, one after another.
  void add_stages(const std::vector<StageLog>& stages);

  /// "  parse    0.000123", a line for each part, its stages behind it.
  std::string text() const;
  /// Trace events, for Perfetto and chrome://tracing.
  std::string chrome_trace() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Part {
    std::string name;
    double begin, seconds;
    int depth;
  };
  double now() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

  Clock::time_point start_ = Clock::now();
  std::vector<Part> parts_;
};

}  // namespace accrue::cli
