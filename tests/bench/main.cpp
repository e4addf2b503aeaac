// accrue_bench: times accrue, the limit and the peers side by side; README.md says how.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>

#include "tests/bench/limit.h"
#include "tests/bench/ours.h"
#include "tests/bench/peers.h"
#include "tests/bench/report.h"

namespace accrue::bench {
namespace {

struct Arguments {
  std::string size;
  std::string filter;
  int repeat = 7;
  bool list = false;
  std::string json;
  std::string markdown;
  std::vector<std::string> join;
};

// "2^20" or "1048576".
std::int64_t parse_size(const std::string& text) {
  if (text.empty()) return 0;
  return text.starts_with("2^") ? std::int64_t{1} << std::stoi(text.substr(2)) : std::stoll(text);
}

std::vector<Case> chosen_cases(const Arguments& arguments) {
  std::vector<Case> cases = all_cases(parse_size(arguments.size));
  std::erase_if(cases, [&](const Case& c) {
    return (c.group + ": " + c.name).find(arguments.filter) == std::string::npos;
  });
  if (cases.empty())
    throw std::invalid_argument("no case has '" + arguments.filter + "' in its group or name");
  return cases;
}

std::string today() {
  const std::time_t now = std::time(nullptr);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", std::gmtime(&now));
  return text;
}

// A group's buffers are made for it and freed behind it.
std::vector<Measurement> measure_group(const std::vector<Case>& cases, int rounds) {
  constexpr double least_seconds = 2e-3;
  const Buffers buffers(cases);
  std::vector<Contest> contests;
  for (const Case& c : cases) {
    Contest contest{c, {}};
    for (const auto& invite : {ours, by_hand, limits, peers})
      for (Entrant& entrant : invite(c, buffers)) contest.entrants.push_back(std::move(entrant));
    contests.push_back(std::move(contest));
  }
  return measure(contests, rounds, least_seconds);
}

Results measured(const Arguments& arguments) {
  Results results{this_processor(), hardware_threads(),      today(),
                  peer_versions(),  chosen_cases(arguments), {}};
  for (auto first = results.cases.begin(); first != results.cases.end();) {
    const auto last =
        std::find_if(first, results.cases.end(), [&](const Case& c) { return c.group != first->group; });
    std::cerr << first->group << "\n";
    for (Measurement& m : measure_group({first, last}, arguments.repeat))
      results.measurements.push_back(std::move(m));
    first = last;
  }
  return results;
}

Results joined(const std::vector<std::string>& paths) {
  Results results;
  for (const std::string& path : paths) read_into(results, path);
  return results;
}

void write_file(const std::string& path, const std::function<void(std::ostream&)>& write) {
  std::ofstream file(path);
  write(file);
  file.close();
  if (!file) throw std::runtime_error(path + ": cannot be written");
}

int run(const Arguments& arguments) {
  if (arguments.list) {
    for (const Case& c : chosen_cases(arguments)) std::cout << c.group << ": " << c.name << "\n";
    return 0;
  }
  const Results results = arguments.join.empty() ? measured(arguments) : joined(arguments.join);
  const std::vector<Summary> summaries = summarise(results);
  print_report(std::cout, results, summaries);
  if (!arguments.json.empty())
    write_file(arguments.json, [&](std::ostream& out) {
      write(out, results);
      write_summaries(out, summaries);
    });
  if (!arguments.markdown.empty())
    write_file(arguments.markdown, [&](std::ostream& out) {
      out << "# Results\n\nWritten by `tests/bench/run.sh`; README.md says how it measures.\n\n";
      print_report(out, results, summaries);
    });
  const bool all_agree = std::all_of(summaries.begin(), summaries.end(), [](const Summary& s) {
    return std::all_of(s.rivals.begin(), s.rivals.end(), [](const Rival& r) { return r.agrees; });
  });
  if (!all_agree) std::cerr << "accrue_bench: some results differ from accrue's\n";
  return all_agree ? 0 : 1;
}

// Threads of OpenMP that spin between its loops would slow down everyone else; it reads these when it is
// loaded.
void put_openmp_to_sleep(char** argv) {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  setenv("OMP_WAIT_POLICY", "passive", 1);
  setenv("GOMP_SPINCOUNT", "0", 1);
  execv("/proc/self/exe", argv);
}

}  // namespace
}  // namespace accrue::bench

int main(int argc, char** argv) {
  accrue::bench::put_openmp_to_sleep(argv);
  accrue::bench::Arguments arguments;
  CLI::App app("Times accrue beside copies of the same bytes and beside other libraries.");
  app.add_option("--size", arguments.size,
                 "Elements of the large cases, as 2^20; by default those of the targets");
  app.add_option("--filter", arguments.filter, "Only cases with this text in 'group: name'");
  app.add_option("--repeat", arguments.repeat, "Rounds")->capture_default_str()->check(CLI::Range(1, 1000));
  app.add_flag("--list", arguments.list, "Print the cases and stop");
  app.add_option("--json", arguments.json, "Write times and summaries to this file, a JSON object a line");
  app.add_option("--markdown", arguments.markdown, "Write the tables to this file");
  app.add_option("--join", arguments.join,
                 "Measure nothing; put together files that --json and peers.py wrote");
  app.footer("Example:\n  accrue_bench --filter 'scan float32' --size 2^22 --json times.jsonl");
  CLI11_PARSE(app, argc, argv);
  try {
    return accrue::bench::run(arguments);
  } catch (const std::exception& e) {
    std::cerr << "accrue_bench: " << e.what() << "\n";
    return 2;
  }
}
