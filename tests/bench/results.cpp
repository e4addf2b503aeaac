#include "tests/bench/results.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <ostream>
#include <stdexcept>

#include "graph/text/json_text.h"
#include "tests/support/json_lines.h"

namespace accrue::bench {
namespace {

using test::Json;

std::string number(double value) {
  if (!std::isfinite(value)) return "null";
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

double real(const Json& json) {
  if (std::holds_alternative<std::nullptr_t>(json.value)) return std::nan("");
  return std::stod(std::get<Json::Number>(json.value).text);
}

std::vector<double> reals(const Json& json) {
  std::vector<double> values;
  for (const Json& value : json.list()) values.push_back(real(value));
  return values;
}

bool truth(const Json& json) { return std::get<bool>(json.value); }

DType dtype(const Json& json) {
  const auto found = parse_dtype(json.text());
  if (!found) throw std::runtime_error("no dtype is called " + json.text());
  return *found;
}

Case read_case(const Json& line) {
  return {.name = line["name"].text(),
          .group = line["group"].text(),
          .kind = parse_kind(line["kind"].text()),
          .in = dtype(line["in"]),
          .out = dtype(line["out"]),
          .shape = Shape(line["shape"].integers()),
          .dim = line["dim"].integer(),
          .low = real(line["low"]),
          .high = real(line["high"]),
          .program = line["program"].text(),
          .maps = static_cast<int>(line["maps"].integer()),
          .nodes = static_cast<int>(line["nodes"].integer())};
}

void add_case(Results& results, Case c) {
  const bool known = std::any_of(results.cases.begin(), results.cases.end(),
                                 [&](const Case& k) { return k.name == c.name; });
  if (!known) results.cases.push_back(std::move(c));
}

void add_measurement(Results& results, Measurement m) {
  for (Measurement& known : results.measurements)
    if (known.case_name == m.case_name && known.entrant == m.entrant) {
      known.seconds.insert(known.seconds.end(), m.seconds.begin(), m.seconds.end());
      return;
    }
  results.measurements.push_back(std::move(m));
}

void read_line(Results& results, const Json& line) {
  const std::string& record = line["record"].text();
  if (record == "machine" && results.date.empty()) {
    results.processor = {line["processor"].text(), truth(line["zen5"]), line["targets"].text()};
    results.threads = static_cast<int>(line["threads"].integer());
    results.date = line["date"].text();
  } else if (record == "version") {
    results.versions[line["of"].text()] = line["is"].text();
  } else if (record == "case") {
    add_case(results, read_case(line));
  } else if (record == "times") {
    add_measurement(results, {line["case"].text(), parse_role(line["role"].text()), line["entrant"].text(),
                              truth(line["one_thread"]), reals(line["seconds"]), reals(line["probes"])});
  }
}

}  // namespace

void write(std::ostream& out, const Results& results) {
  const auto boolean = [](bool b) { return b ? "true" : "false"; };
  out << R"({"record": "machine", "processor": )" << json_string(results.processor.name) << R"(, "zen5": )"
      << boolean(results.processor.zen5) << R"(, "targets": )" << json_string(results.processor.column)
      << R"(, "threads": )" << results.threads << R"(, "date": )" << json_string(results.date) << "}\n";
  for (const auto& [of, is] : results.versions)
    out << R"({"record": "version", "of": )" << json_string(of) << R"(, "is": )" << json_string(is) << "}\n";
  for (const Case& c : results.cases) out << to_json(c) << "\n";
  for (const Measurement& m : results.measurements)
    out << R"({"record": "times", "case": )" << json_string(m.case_name) << R"(, "role": )"
        << json_string(to_string(m.role)) << R"(, "entrant": )" << json_string(m.entrant)
        << R"(, "one_thread": )" << boolean(m.one_thread) << R"(, "seconds": )"
        << json_list(m.seconds, number) << R"(, "probes": )" << json_list(m.probes, number) << "}\n";
}

void read_into(Results& results, const std::string& path) {
  try {
    for (const Json& line : test::read_json_lines(path)) read_line(results, line);
  } catch (const std::exception& e) {
    throw std::runtime_error(path + ": " + e.what());
  }
}

}  // namespace accrue::bench
