// What the fake NVRTC gives out as a cubin and the fake driver takes: a header, then a shared object.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace accrue::fake {

inline constexpr std::string_view image_magic = "fakecubin1";
inline constexpr std::size_t image_header_bytes =
    image_magic.size() + sizeof(std::uint64_t);  // the object's bytes

/// Before a kernel's name: a constant, how many bytes its parameters have.
inline const std::string parameter_bytes_prefix = "fake_parameter_bytes_";

}  // namespace accrue::fake
