// What ends a command early.
#pragma once

#include <stdexcept>

namespace accrue::cli {

/// The command line, the script or an input file is wrong: exit code 2. what() is the whole message.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A UsageError whose message names the script's file and line itself.
class ScriptError : public UsageError {
 public:
  using UsageError::UsageError;
};

constexpr int done = 0;
constexpr int failed = 1;  // the run failed, the device is not there, or check found a difference
constexpr int misused = 2;

}  // namespace accrue::cli
