#include "src/cli/timeline.h"

#include <cstdio>

namespace accrue::cli {

void Timeline::add_stages(const std::vector<StageLog>& stages) {
  double begin = parts_.back().begin;
  for (const StageLog& stage : stages) {
    parts_.push_back({stage.name, begin, stage.seconds, 1});
    begin += stage.seconds;
  }
}

std::string Timeline::text() const {
  std::string text;
  char line[96];
  for (const Part& part : parts_) {
    std::snprintf(line, sizeof line, "  %*s%-*s %.6f\n", 2 * part.depth, "", 20 - 2 * part.depth,
                  part.name.c_str(), part.seconds);
    text += line;
  }
  return text;
}

std::string Timeline::chrome_trace() const {
  std::string text = "{\"traceEvents\": [";
  char event[192];
  for (const Part& part : parts_) {
    std::snprintf(
        event, sizeof event,
        "%s\n  {\"name\": \"%s\", \"ph\": \"X\", \"ts\": %.3f, \"dur\": %.3f, \"pid\": 1, \"tid\": 1}",
        &part == parts_.data() ? "" : ",", part.name.c_str(), part.begin * 1e6, part.seconds * 1e6);
    text += event;
  }
  return text + "\n]}\n";
}

}  // namespace accrue::cli
