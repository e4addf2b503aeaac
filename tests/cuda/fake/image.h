// What the fake NVRTC gives out as a cubin and the fake driver takes: a header, then a shared object with two
// symbols for each kernel.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace accrue::fake {

inline constexpr std::string_view image_magic = "fakecubin1";
inline constexpr std::size_t image_header_bytes =
    image_magic.size() + sizeof(std::uint64_t);  // the object's bytes

/// Runs a kernel's grid.
using LaunchKernel = void(const unsigned* grid, const unsigned* block, const void* parameters);
inline const std::string launch_prefix = "fake_launch_";
inline const std::string parameter_bytes_prefix = "fake_parameter_bytes_";

}  // namespace accrue::fake
