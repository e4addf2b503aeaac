// How long programs take on a GPU, beside a copy there.
#pragma once

#include <string>

#include "accrue/tensor.hpp"

namespace accrue::test {

/// A table: each program's time, bytes per second, fraction of a copy's, and what is aimed at.
///   divisor  1: the full sizes; they shrink with it
///   rounds   whose median is told
std::string times(Device gpu, std::int64_t divisor, int rounds);

}  // namespace accrue::test
