// The accrue command as a user calls it.
#pragma once

#include <string>

#include "accrue/tensor.hpp"

namespace accrue::test {

struct Outcome {
  int exit_code;
  std::string out, err;
};

/// A folder of its own, gone with the object; commands run in it.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  void write(const std::string& file, const std::string& text) const;
  void write(const std::string& file, const Tensor& t) const;
  std::string read(const std::string& file) const;
  bool has(const std::string& file) const;
  std::string path(const std::string& file) const { return folder_ + "/" + file; }

  /// Runs `accrue ARGUMENTS` by the shell; it finds no CUDA driver. `environment` goes before it
  /// ("ACCRUE_THREADS=2"), `input` is what it reads.
  Outcome run(const std::string& arguments, const std::string& environment = "",
              const std::string& input = "") const;

  /// What a terminal shows of a shell's command, both outputs together; $ACCRUE is the command's name.
  std::string shown_on_terminal(const std::string& command) const;

 private:
  std::string folder_;
};

}  // namespace accrue::test
