// Every scalar function and fold is declared in ops.hpp, under a docstring.
#include <fstream>
#include <set>
#include <sstream>

#include "graph/op_table.h"
#include "tests/support/catch.h"

namespace {

// Names of the functions that ops.hpp declares at the start of a line right below a docstring.
std::set<std::string> documented_functions() {
  std::ifstream file(std::string(ACCRUE_SOURCE_DIR) + "/include/accrue/ops.hpp");
  std::set<std::string> names;
  bool documented = false;
  for (std::string line; std::getline(file, line);) {
    const std::size_t expr = line.find("Expr "), bracket = line.find('(');
    const bool declares = line.starts_with("inline Expr") || line.starts_with("ACCRUE_API Expr");
    if (declares && documented && bracket != std::string::npos)
      names.insert(line.substr(expr + 5, bracket - expr - 5));
    documented = line.starts_with("///");
  }
  return names;
}

}  // namespace

TEST_CASE("every scalar function is declared with a docstring") {
  const std::set<std::string> names = documented_functions();
  for (const accrue::FnInfo& info : accrue::fn_infos) {
    INFO(info.name);
    CHECK(names.count(std::string(info.name)) == 1);
  }
}

TEST_CASE("every fold is declared with a docstring") {
  const std::set<std::string> names = documented_functions();
  for (const auto& spec : accrue::fold_specs)
    for (const char* name : {spec.scan, spec.reduce}) {
      if (name == nullptr) continue;
      INFO(name);
      CHECK(names.count(name) == 1);
    }
}
