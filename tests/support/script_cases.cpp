#include "tests/support/script_cases.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace accrue::test {

std::vector<ScriptCase> read_script_cases(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<ScriptCase> cases;
  std::string* text = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("==== ")) {
      const std::size_t bar = std::min(line.find(" | "), line.size());
      cases.push_back({line.substr(5, bar - 5), line.substr(std::min(bar + 3, line.size())), {}, {}});
      text = &cases.back().script;
    } else if (line == "----" && !cases.empty()) {
      text = &cases.back().expected;
    } else if (text != nullptr) {
      *text += line + '\n';
    }
  }
  if (cases.empty()) throw std::runtime_error("no case in " + path);
  return cases;
}

std::vector<ScriptCase> all_script_cases(const std::string& folder) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    paths.push_back(entry.path().string());
  std::sort(paths.begin(), paths.end());
  std::vector<ScriptCase> all;
  for (const std::string& path : paths)
    for (ScriptCase& read : read_script_cases(path)) all.push_back(std::move(read));
  return all;
}

}  // namespace accrue::test
