// The whole message of the Error that an action throws.
#pragma once

#include <string>

#include "accrue/error.hpp"

namespace accrue::test {

/// what() of the Error, or "no error".
template <class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace accrue::test
