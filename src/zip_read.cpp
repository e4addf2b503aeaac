#include <algorithm>
#include <unordered_set>

#include "src/zip.h"
#include "src/zip_format.h"

namespace accrue {
namespace {

using Bytes = std::vector<std::byte>;

// Reads a part whose place some field of the archive claims.
Bytes read_part(const InputBytes& archive, std::uint64_t offset, std::uint64_t count, const char* what) {
  if (offset > archive.size() || count > archive.size() - offset)
    archive.fail(std::string("damaged archive: ") + what + " would lie at bytes " + std::to_string(offset) +
                 ".." + std::to_string(offset + count) + " of " + std::to_string(archive.size()));
  Bytes bytes(count);
  archive.read_at(offset, bytes.data(), bytes.size());
  return bytes;
}

struct DirectoryPlace {
  std::uint64_t offset = 0, bytes = 0, members = 0;
};

// Searches the end record from the back: a comment of up to 65535 bytes may follow it.
std::uint64_t find_end_record(const InputBytes& archive) {
  const std::uint64_t tail_bytes = std::min<std::uint64_t>(archive.size(), zip::end_bytes + 0xFFFF);
  const Bytes tail = read_part(archive, archive.size() - tail_bytes, tail_bytes, "the end record");
  for (std::size_t i = tail.size() + 1; i-- > zip::end_bytes;) {
    const std::byte* record = tail.data() + (i - zip::end_bytes);
    const bool fits = zip::end_bytes + little_endian(record + 20, 2) == tail.size() - (i - zip::end_bytes);
    if (little_endian(record, 4) == zip::end_signature && fits)
      return archive.size() - tail_bytes + (i - zip::end_bytes);
  }
  archive.fail("damaged archive: it has no end record (cut, or not an .npz)");
}

DirectoryPlace find_directory(const InputBytes& archive) {
  const std::uint64_t end = find_end_record(archive);
  const Bytes record = read_part(archive, end, zip::end_bytes, "the end record");
  if (little_endian(&record[4], 2) != 0 || little_endian(&record[6], 2) != 0)
    archive.fail("an archive of several disks; one file is expected");
  DirectoryPlace place{little_endian(&record[16], 4), little_endian(&record[12], 4),
                       little_endian(&record[10], 2)};
  if (end < zip::end64_locator_bytes) return place;
  const Bytes locator =
      read_part(archive, end - zip::end64_locator_bytes, zip::end64_locator_bytes, "a locator");
  if (little_endian(&locator[0], 4) != zip::end64_locator_signature) return place;
  const Bytes wide =
      read_part(archive, little_endian(&locator[8], 8), zip::end64_bytes, "the 64-bit end record");
  if (little_endian(&wide[0], 4) != zip::end64_signature)
    archive.fail("damaged archive: no 64-bit end record where its locator points");
  return {little_endian(&wide[48], 8), little_endian(&wide[40], 8), little_endian(&wide[32], 8)};
}

// The bytes of one directory entry's variable part, with bounds.
class Fields {
 public:
  Fields(const InputBytes& archive, const std::byte* begin, std::uint64_t count)
      : archive_(archive), next_(begin), left_(count) {}

  std::uint64_t left() const { return left_; }
  const std::byte* take(std::uint64_t count) {
    if (count > left_) archive_.fail("damaged archive: its directory is cut");
    left_ -= count;
    return std::exchange(next_, next_ + count);
  }
  std::uint64_t number(std::size_t bytes) { return little_endian(take(bytes), bytes); }

 private:
  const InputBytes& archive_;
  const std::byte* next_;
  std::uint64_t left_;
};

// 64-bit values stand in an extra field, in this order, for those of the entry that are all ones.
void read_wide_values(const InputBytes& archive, Fields extra, ZipMember& member) {
  while (extra.left() >= 4) {
    const std::uint64_t id = extra.number(2), bytes = extra.number(2);
    Fields content(archive, extra.take(bytes), bytes);
    if (id != zip::wide_extra) continue;
    for (std::uint64_t* value : {&member.bytes, &member.packed_bytes, &member.header_offset})
      if (*value == zip::all_ones) *value = content.number(8);
  }
}

ZipMember read_entry(const InputBytes& archive, Fields& directory) {
  const std::byte* entry = directory.take(zip::entry_bytes);
  if (little_endian(entry, 4) != zip::entry_signature)
    archive.fail("damaged archive: its directory holds no entry where one is due");
  const std::uint64_t flags = little_endian(entry + 8, 2), method = little_endian(entry + 10, 2);
  const std::uint64_t name_bytes = little_endian(entry + 28, 2), extra_bytes = little_endian(entry + 30, 2);
  ZipMember member;
  member.checksum = static_cast<std::uint32_t>(little_endian(entry + 16, 4));
  member.packed_bytes = little_endian(entry + 20, 4);
  member.bytes = little_endian(entry + 24, 4);
  member.header_offset = little_endian(entry + 42, 4);
  member.name.assign(reinterpret_cast<const char*>(directory.take(name_bytes)), name_bytes);
  read_wide_values(archive, Fields(archive, directory.take(extra_bytes), extra_bytes), member);
  directory.take(little_endian(entry + 32, 2));  // a comment
  if ((flags & zip::encrypted) != 0) archive.fail("member '" + member.name + "' is encrypted");
  if (method != zip::stored && method != zip::deflated)
    archive.fail("member '" + member.name + "' is packed by method " + std::to_string(method) +
                 "; stored (0) and deflated (8) ones are read");
  member.deflated = method == zip::deflated;
  if (!member.deflated && member.bytes != member.packed_bytes)
    archive.fail("damaged archive: member '" + member.name + "' is stored, but in " +
                 std::to_string(member.packed_bytes) + " bytes for " + std::to_string(member.bytes));
  return member;
}

}  // namespace

bool is_zip(const InputBytes& archive) {
  if (archive.size() < 4) return false;
  std::byte first[4];
  archive.read_at(0, first, sizeof first);
  const std::uint64_t signature = little_endian(first, 4);
  return signature == zip::local_signature || signature == zip::end_signature;
}

std::vector<ZipMember> read_zip_directory(const InputBytes& archive) {
  const DirectoryPlace place = find_directory(archive);
  const Bytes bytes = read_part(archive, place.offset, place.bytes, "its directory");
  Fields directory(archive, bytes.data(), bytes.size());
  std::vector<ZipMember> members;
  std::unordered_set<std::string> names;
  while (directory.left() > 0) {
    members.push_back(read_entry(archive, directory));
    if (!names.insert(members.back().name).second)
      archive.fail("damaged archive: it holds the member '" + members.back().name + "' twice");
  }
  if (members.size() != place.members)
    archive.fail("damaged archive: its directory holds " + std::to_string(members.size()) +
                 " members, not the " + std::to_string(place.members) + " of its end record");
  return members;
}

Range locate(const InputBytes& archive, const ZipMember& member) {
  const std::string what = "member '" + member.name + "'";
  const Bytes header = read_part(archive, member.header_offset, zip::local_bytes, what.c_str());
  if (little_endian(&header[0], 4) != zip::local_signature)
    archive.fail("damaged archive: " + what + " does not begin where the directory says");
  const std::uint64_t name_bytes = little_endian(&header[26], 2), extra_bytes = little_endian(&header[28], 2);
  const Bytes name = read_part(archive, member.header_offset + zip::local_bytes, name_bytes, what.c_str());
  if (!std::equal(name.begin(), name.end(), reinterpret_cast<const std::byte*>(member.name.data()),
                  reinterpret_cast<const std::byte*>(member.name.data()) + member.name.size()))
    archive.fail("damaged archive: " + what + " has another name in its own header");
  const std::uint64_t offset = member.header_offset + zip::local_bytes + name_bytes + extra_bytes;
  if (offset > archive.size() || member.packed_bytes > archive.size() - offset)
    archive.fail("damaged archive: " + what + " would end beyond the archive's " +
                 std::to_string(archive.size()) + " bytes");
  return {offset, member.packed_bytes, member.bytes};
}

}  // namespace accrue
