#include "src/npy.h"

#include <sys/stat.h>

#include <bit>

#include "accrue/error.hpp"
#include "src/geometry.h"
#include "src/npy_header.h"
#include "src/options.h"
#include "src/output_file.h"
#include "src/zip.h"

static_assert(std::endian::native == std::endian::little, "data are written and read as they lie in memory");

namespace accrue {
namespace {

// Below this a copy costs less than a mapping, and no later change of the file can reach the tensor.
constexpr std::size_t smallest_mapping = std::size_t{1} << 16;

// Runs a parser that knows nothing of files; its errors are passed on with the stream's name.
template <class Parse>
auto parsed(const ByteStream& in, Parse parse) {
  try {
    return parse();
  } catch (const Error& error) {
    in.fail(error.message());
  }
}

std::string read_text(ByteStream& in, std::size_t bytes) {
  std::string text(bytes, '\0');
  in.read(reinterpret_cast<std::byte*>(text.data()), text.size());
  return text;
}

// The header, and in `header_end` where the data begin.
NpyHeader read_header(ByteStream& in, std::uint64_t& header_end) {
  std::string text = read_text(in, std::min<std::uint64_t>(in.size(), longest_preamble));
  const NpyPreamble preamble = parsed(in, [&] { return parse_npy_preamble(text); });
  header_end = preamble.bytes + preamble.header_bytes;
  if (header_end > in.size())
    in.fail("header of " + std::to_string(preamble.header_bytes) + " bytes; only " +
            std::to_string(in.size() - preamble.bytes) + " follow its length");
  // Where a header of 0 or 1 byte ends before the bytes already read it is refused below: it is no dict.
  if (header_end > text.size()) text += read_text(in, header_end - text.size());
  const std::string_view dict = std::string_view(text).substr(preamble.bytes, preamble.header_bytes);
  return parsed(in, [&] { return parse_npy_header(dict); });
}

void require_data_bytes(const ByteStream& in, const NpyHeader& header, std::uint64_t found) {
  const auto wanted = static_cast<std::uint64_t>(elements(header.shape)) * byte_width(header.dtype);
  if (found == wanted) return;
  const std::string sizes = type_text(header.dtype, header.shape) + " takes " + std::to_string(wanted) +
                            " bytes, " + std::to_string(found) + " follow the header";
  in.fail(found < wanted ? "truncated: " + sizes : "trailing bytes: " + sizes);
}

template <class T>
T reversed(T dims) {
  std::reverse(dims.begin(), dims.end());
  return dims;
}

// A C++ bool is 0 or 1; a file's byte may be anything.
void normalize_bools(std::byte* bytes, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) bytes[i] = bytes[i] == std::byte{0} ? std::byte{0} : std::byte{1};
}

// The data where they lie, if that is worth it and such elements may lie at their place in the file.
Mapping try_map(ByteStream& in, DType dtype, std::size_t bytes) {
  if (dtype == boolean || bytes < smallest_mapping) return {};
  Mapping mapping = in.map(bytes);
  const bool aligned = reinterpret_cast<std::uintptr_t>(mapping.data) % byte_width(dtype) == 0;
  return aligned ? mapping : Mapping{};
}

Tensor read_data(ByteStream& in, const NpyHeader& header, bool may_map) {
  const Shape stored = header.fortran_order ? reversed(header.shape) : header.shape;
  const Strides strides =
      header.fortran_order ? reversed(contiguous_strides(stored)) : contiguous_strides(stored);
  const std::size_t bytes = static_cast<std::size_t>(elements(stored)) * byte_width(header.dtype);
  const Mapping mapping = may_map ? try_map(in, header.dtype, bytes) : Mapping{};
  if (mapping.data != nullptr)
    return Tensor::adopt(mapping.owner, mapping.data, header.dtype, header.shape, strides, true);
  Tensor tensor = Tensor::empty(header.dtype, stored);
  auto* data = static_cast<std::byte*>(tensor.data());
  in.read(data, bytes);
  in.finish();
  if (header.dtype == boolean) normalize_bools(data, bytes);
  if (!header.fortran_order) return tensor;
  return Tensor::adopt(std::make_shared<Tensor>(tensor), data, header.dtype, header.shape, strides, false);
}

Tensor read_whole(const InputBytes& file, bool may_map) {
  if (is_zip(file)) file.fail("an .npz archive; name one of its members: " + file.name() + ":NAME");
  const auto in = plain_stream(file, file.name(), {0, file.size(), file.size()}, nullptr);
  return read_tensor(*in, may_map);
}

bool exists(const std::string& path) {
  struct stat about = {};
  return stat(path.c_str(), &about) == 0;
}

}  // namespace

Tensor read_tensor(ByteStream& in, bool may_map) {
  std::uint64_t header_end = 0;
  const NpyHeader header = read_header(in, header_end);
  require_data_bytes(in, header, in.size() - header_end);
  return read_data(in, header, may_map);
}

Tensor read_npy(const std::string& path, bool may_map) {
  constexpr std::string_view member_mark = ".npz:";
  const std::size_t mark = path.rfind(member_mark);
  if (mark == std::string::npos || exists(path)) return read_whole(InputFile(path), may_map);
  const std::size_t colon = mark + member_mark.size() - 1;
  return read_member(InputFile(path.substr(0, colon)), path.substr(colon + 1), may_map);
}

Tensor parse_npy(std::span<const std::byte> bytes, const std::string& name) {
  return read_whole(InputMemory(name, bytes), false);
}

Tensor parse_npz(std::span<const std::byte> bytes, const std::string& name, const std::string& member) {
  return read_member(InputMemory(name, bytes), member, false);
}

Tensor load_npy(const std::string& path) { return read_npy(path, options().map_files); }

void save_npy(const std::string& path, const Tensor& tensor) {
  if (!tensor)
    throw Error("save_npy: " + path + ": the tensor has no storage; a default-made one cannot be saved");
  const Tensor rows = tensor.to(cpu()).contiguous();
  const std::string header = npy_header_text(rows.dtype(), rows.shape());
  OutputFile out("save_npy", path);
  out.write(header.data(), header.size());
  out.write(rows.data(), rows.bytes());
  out.commit();
}

}  // namespace accrue
