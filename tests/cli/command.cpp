#include "tests/cli/command.h"

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "accrue/npy.hpp"

namespace accrue::test {

Workplace::Workplace() {
  std::string name = (std::filesystem::temp_directory_path() / "accrue_cli_XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
  folder_ = name;
}

Workplace::~Workplace() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

void Workplace::write(const std::string& file, const std::string& text) const {
  std::ofstream(path(file), std::ios::binary) << text;
}

void Workplace::write(const std::string& file, const Tensor& t) const { save_npy(path(file), t); }

std::string Workplace::read(const std::string& file) const {
  std::ifstream in(path(file), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

bool Workplace::has(const std::string& file) const { return std::filesystem::exists(path(file)); }

Outcome Workplace::run(const std::string& arguments, const std::string& environment,
                       const std::string& input) const {
  write("stdin", input);
  const std::string command = "cd '" + folder_ + "' && ACCRUE_LIBCUDA=/no/libcuda.so.1 " + environment +
                              " '" + ACCRUE_BINARY + "' " + arguments + " <stdin >stdout 2>stderr";
  const int status = std::system(command.c_str());
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read("stdout"), read("stderr")};
}

std::string Workplace::shown_on_terminal(const std::string& command) const {
  const std::string line = "cd '" + folder_ + "' && ACCRUE='" + ACCRUE_BINARY + "' && " + command;
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child < 0) throw std::runtime_error("cannot open a terminal");
  if (child == 0) {
    execl("/bin/sh", "sh", "-c", line.c_str(), nullptr);
    _exit(127);
  }
  std::string shown;
  std::array<char, 4096> part;
  // Reading fails once the last holder of the other side is gone.
  for (ssize_t count; (count = ::read(terminal, part.data(), part.size())) > 0;)
    shown.append(part.data(), static_cast<std::size_t>(count));
  close(terminal);
  waitpid(child, nullptr, 0);
  return shown;
}

}  // namespace accrue::test
