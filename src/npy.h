// Reading .npy from bytes that are not a file, and with a choice of how.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "accrue/npy.hpp"
#include "src/byte_stream.h"

namespace accrue {

/// load_npy. `may_map` false: everything is read into memory, so that what happens to the file afterwards
/// cannot touch the tensor.
Tensor read_npy(const std::string& path, bool may_map);

/// An .npy file, or a member of an .npz, that lies in memory; the tensor is a copy. `name` is what messages
/// call it.
Tensor parse_npy(std::span<const std::byte> bytes, const std::string& name);
Tensor parse_npz(std::span<const std::byte> bytes, const std::string& name, const std::string& member);

/// The tensor that a stream of an .npy file's bytes holds.
Tensor read_tensor(ByteStream& in, bool may_map);

/// A member of an archive; messages call it NAME:MEMBER.
Tensor read_member(const InputBytes& archive, const std::string& member, bool may_map);

}  // namespace accrue
