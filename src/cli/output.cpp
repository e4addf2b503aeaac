#include "src/cli/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

#include "accrue/error.hpp"
#include "graph/graph.h"

namespace accrue::cli {

void write_file(const std::string& path, std::string_view text) {
  const std::string temporary = path + ".tmp" + std::to_string(getpid());
  std::ofstream out(temporary, std::ios::binary);
  out << text;
  out.close();
  if (out && std::rename(temporary.c_str(), path.c_str()) == 0) return;
  const std::string reason = std::strerror(errno);
  std::remove(temporary.c_str());
  throw Error("cannot write '" + path + "': " + reason);
}

void write_result(std::string_view text) {
  std::cout << text << std::flush;
  if (!std::cout) throw Error("cannot write to standard output");
}

std::string tensor_text(std::string_view name, const Tensor& t) {
  std::ostringstream text;
  text << name << ": " << type_text(t.dtype(), t.shape()) << '\n' << t << '\n';
  return text.str();
}

}  // namespace accrue::cli
