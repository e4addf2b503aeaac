#include <algorithm>
#include <unordered_set>

#include "accrue/error.hpp"
#include "graph/nearest.h"
#include "src/crc32.h"
#include "src/npy.h"
#include "src/npy_header.h"
#include "src/output_file.h"
#include "src/zip.h"

namespace accrue {
namespace {

constexpr std::string_view npy_ending = ".npy";

// As users name members: without the ending that the archive stores.
std::string_view plain_name(std::string_view name) {
  return name.ends_with(npy_ending) ? name.substr(0, name.size() - npy_ending.size()) : name;
}

[[noreturn]] void no_such_member(const InputBytes& archive, const std::vector<ZipMember>& members,
                                 const std::string& wanted) {
  constexpr std::size_t most = 20;
  std::vector<std::string_view> names;
  for (const ZipMember& member : members) names.push_back(plain_name(member.name));
  std::string text = "no member '" + wanted + "'";
  if (const auto nearest = nearest_name(wanted, names))
    text += " (did you mean '" + std::string(*nearest) + "'?)";
  text += names.empty() ? "; it is empty" : "; it holds ";
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
    text += (i > 0 ? ", " : "") + std::string(names[i]);
  archive.fail(names.size() > most ? text + ", ..." : text);
}

void require_names(const std::string& path, const std::vector<std::pair<std::string, Tensor>>& members) {
  constexpr std::size_t longest = 1000;
  std::unordered_set<std::string_view> seen;
  for (const auto& [name, tensor] : members) {
    const std::string member = "save_npz: " + path + ": member '" + name + "'";
    if (name.empty() || name.size() > longest || name.find('\0') != std::string::npos)
      throw Error(member + " needs a name of 1 to " + std::to_string(longest) + " bytes, none of them 0");
    if (!seen.insert(name).second) throw Error(member + " is given twice");
    if (!tensor) throw Error(member + " has no storage; a default-made tensor cannot be saved");
  }
}

}  // namespace

Tensor read_member(const InputBytes& archive, const std::string& member, bool may_map) {
  const std::vector<ZipMember> members = read_zip_directory(archive);
  const auto found = std::find_if(members.begin(), members.end(), [&](const ZipMember& m) {
    return m.name == member || (plain_name(m.name) == member && m.name.size() > member.size());
  });
  if (found == members.end()) no_such_member(archive, members, member);
  const Range range = locate(archive, *found);
  const std::string name = archive.name() + ":" + member;
  const auto in = found->deflated ? inflated_stream(archive, name, range, found->checksum)
                                  : plain_stream(archive, name, range, &found->checksum);
  return read_tensor(*in, may_map);
}

void save_npz(const std::string& path, const std::vector<std::pair<std::string, Tensor>>& members) {
  require_names(path, members);
  OutputFile out("save_npz", path);
  ZipWriter archive(out);
  for (const auto& [name, tensor] : members) {
    const Tensor rows = tensor.contiguous();
    const std::string header = npy_header_text(rows.dtype(), rows.shape());
    const auto* data = static_cast<const std::byte*>(rows.data());
    const std::uint32_t header_checksum =
        crc32_of(reinterpret_cast<const std::byte*>(header.data()), header.size());
    archive.begin(name + std::string(npy_ending), header.size() + rows.bytes(),
                  crc32_of(data, rows.bytes(), header_checksum));
    out.write(header.data(), header.size());
    out.write(data, rows.bytes());
  }
  archive.finish();
  out.commit();
}

}  // namespace accrue
