// How long programs take on a GPU, beside a copy there and other libraries.
#pragma once

#include <string>
#include <vector>

#include "accrue/tensor.hpp"

namespace accrue::test {

/// A library that takes part: its name, and the program that times it (peer.h).
struct PeerCommand {
  std::string name, command;
};

struct TimesOptions {
  std::int64_t divisor = 1;  // 1: the full sizes; they shrink with it
  int rounds = 21;           // whose median is told
  double seconds = 1e9;      // no case is begun later
  std::vector<PeerCommand> peers;
};

/// Prints a table: each program's time, its bytes per second as a fraction of a copy's, how many times as
/// long others take, and what is aimed at. In each round everybody has one turn: several runs between two
/// waits, by the clock of the host.
///   returns  how many of accrue's programs failed
int print_times(Device gpu, const TimesOptions& options);

}  // namespace accrue::test
