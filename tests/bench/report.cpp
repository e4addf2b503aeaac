#include "tests/bench/report.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ostream>

#include "graph/text/json_text.h"

namespace accrue::bench {
namespace {

using Table = std::vector<std::vector<std::string>>;  // rows of cells; the first row is the heading

// Three significant digits, never an exponent.
std::string three_digits(double value) {
  const double size = std::abs(value);
  const int decimals = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", decimals, value);
  return text;
}

std::string optional_text(const std::optional<double>& value) { return value ? three_digits(*value) : "-"; }

void print_table(std::ostream& out, const Table& table) {
  std::vector<std::size_t> widths(table[0].size());
  for (const auto& row : table)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  const auto print_row = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i)
      out << (i == 0 ? "| " : " | ") << row[i] << std::string(widths[i] - row[i].size(), ' ');
    out << " |\n";
  };
  print_row(table[0]);
  for (const std::size_t width : widths) out << "|" << std::string(width + 2, '-');
  out << "|\n";
  std::for_each(table.begin() + 1, table.end(), print_row);
}

std::string verdict_text(const Verdict& v) {
  const std::string wanted = (more_is_better(v.target.measure) ? ">= " : "<= ") + three_digits(v.bound) +
                             " " + std::string(to_string(v.target.measure));
  if (!v.reached) return wanted + ": not measured";
  return wanted + ": " + three_digits(*v.reached) + (v.met ? ", met" : ", MISSED");
}

std::string verdicts_text(const Summary& s) {
  std::string text;
  for (const Verdict& v : s.verdicts) text += (text.empty() ? "" : "; ") + verdict_text(v);
  return text.empty() ? "-" : text;
}

// Everyone who took part in one of the cases, in the order of their appearance.
std::vector<std::string> rivals_of(const std::vector<const Summary*>& group) {
  std::vector<std::string> names;
  for (const Summary* s : group)
    for (const Rival& rival : s->rivals)
      if (std::find(names.begin(), names.end(), rival.entrant) == names.end()) names.push_back(rival.entrant);
  return names;
}

std::string rival_text(const Summary& s, const std::string& name) {
  for (const Rival& rival : s.rivals)
    if (rival.entrant == name) return rival.agrees ? three_digits(rival.times_faster) + "x" : "wrong result";
  return "-";
}

bool moves_memory(const Case& c) { return c.kind <= Kind::program; }

Table table_of(const std::vector<const Summary*>& group) {
  const bool memory = moves_memory(group[0]->c);
  std::vector<std::string> heading = {"case", std::string(unit_of(group[0]->c).name)};
  if (memory) heading.insert(heading.end(), {"GB/s", "of limit", "1 thread, of its limit"});
  const std::vector<std::string> rivals = rivals_of(group);
  heading.insert(heading.end(), rivals.begin(), rivals.end());
  heading.push_back("targets");
  Table table = {heading};
  for (const Summary* s : group) {
    const Unit unit = unit_of(s->c);
    std::vector<std::string> row = {s->c.name, three_digits(s->seconds * unit.per_second / unit.divisor)};
    if (memory)
      row.insert(row.end(),
                 {three_digits(static_cast<double>(s->c.bytes_read_and_written()) * 1e-9 / s->seconds),
                  optional_text(s->of_limit), optional_text(s->of_limit_one_thread)});
    for (const std::string& rival : rivals) row.push_back(rival_text(*s, rival));
    row.push_back(verdicts_text(*s));
    table.push_back(row);
  }
  return table;
}

void print_machine(std::ostream& out, const Results& results) {
  out << "Machine: " << results.processor.name << ", " << results.threads << " threads. Targets of "
      << results.processor.column << ". Measured " << results.date << ".\n\n";
  std::string versions;
  for (const auto& [of, is] : results.versions) versions += (versions.empty() ? "" : ", ") + of + " " + is;
  out << "Versions: " << versions << ".\n\n"
      << "Medians. \"of limit\": the time of the fastest copy or cast of the same bytes over ours. Under "
         "each "
         "rival: its time over ours.\n";
}

void print_missed(std::ostream& out, const std::vector<Summary>& summaries) {
  std::size_t all = 0;
  Table missed = {{"case", "target"}};
  for (const Summary& s : summaries)
    for (const Verdict& v : s.verdicts) {
      ++all;
      if (!v.met) missed.push_back({s.c.name, verdict_text(v)});
    }
  out << "\n## Targets: " << all - (missed.size() - 1) << " of " << all << " met\n";
  if (missed.size() == 1) return;
  out << "\n";
  print_table(out, missed);
}

}  // namespace

void print_report(std::ostream& out, const Results& results, const std::vector<Summary>& summaries) {
  print_machine(out, results);
  std::vector<std::string> done;
  for (const Summary& first : summaries) {
    if (std::find(done.begin(), done.end(), first.c.group) != done.end()) continue;
    done.push_back(first.c.group);
    std::vector<const Summary*> group;
    for (const Summary& s : summaries)
      if (s.c.group == first.c.group) group.push_back(&s);
    out << "\n## " << first.c.group << "\n\n";
    print_table(out, table_of(group));
  }
  print_missed(out, summaries);
}

void write_summaries(std::ostream& out, const std::vector<Summary>& summaries) {
  const auto number = [](const std::optional<double>& value) {
    return value ? three_digits(*value) : std::string("null");
  };
  for (const Summary& s : summaries) {
    const Unit unit = unit_of(s.c);
    out << R"({"record": "summary", "case": )" << json_string(s.c.name) << R"(, "unit": )"
        << json_string(unit.name) << R"(, "value": )" << number(s.seconds * unit.per_second / unit.divisor)
        << R"(, "of_limit": )" << number(s.of_limit) << R"(, "of_limit_one_thread": )"
        << number(s.of_limit_one_thread) << R"(, "rivals": )"
        << json_list(s.rivals,
                     [&](const Rival& r) {
                       return R"({"name": )" + json_string(r.entrant) + R"(, "role": )" +
                              json_string(to_string(r.role)) + R"(, "times_faster": )" +
                              number(r.times_faster) + R"(, "agrees": )" + (r.agrees ? "true" : "false") +
                              "}";
                     })
        << R"(, "targets": )"
        << json_list(s.verdicts,
                     [&](const Verdict& v) {
                       return R"({"measure": )" + json_string(to_string(v.target.measure)) +
                              R"(, "bound": )" + number(v.bound) + R"(, "reached": )" + number(v.reached) +
                              R"(, "met": )" + (v.met ? "true" : "false") + "}";
                     })
        << "}\n";
  }
}

}  // namespace accrue::bench
