// Any bytes as an .npy file and as an .npz archive: an Error, or a tensor that can be read through.
#include <cstdint>
#include <span>
#include <sstream>
#include <vector>

#include "accrue/error.hpp"
#include "src/input_file.h"
#include "src/npy.h"
#include "src/zip.h"

namespace {

using Bytes = std::span<const std::byte>;

template <class Read>
void read_through(const Read& read) {
  try {
    std::ostringstream text;
    text << read();
  } catch (const accrue::Error&) {
  }
}

std::vector<accrue::ZipMember> members_of(Bytes bytes) {
  try {
    return accrue::read_zip_directory(accrue::InputMemory("x.npz", bytes));
  } catch (const accrue::Error&) {
    return {};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = std::as_bytes(std::span(data, size));
  read_through([&] { return accrue::parse_npy(bytes, "x.npy"); });
  for (const accrue::ZipMember& member : members_of(bytes))
    read_through([&] { return accrue::parse_npz(bytes, "x.npz", member.name); });
  return 0;
}
