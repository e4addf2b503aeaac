#include "src/zip.h"
#include "src/zip_format.h"

namespace accrue {
namespace {

constexpr std::uint16_t plain_version = 20, wide_version = 45;  // of the format, needed to read
constexpr std::uint16_t first_of_january_1980 = 0x21;  // always: the same tensors give the same bytes
constexpr std::uint64_t data_alignment = 64;

// A record of little-endian numbers.
class Record {
 public:
  Record& u16(std::uint64_t value) { return number(value, 2); }
  Record& u32(std::uint64_t value) { return number(value, 4); }
  Record& u64(std::uint64_t value) { return number(value, 8); }
  Record& text(const std::string& bytes) {
    bytes_ += bytes;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  Record& number(std::uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_ += static_cast<char>(value >> 8 * i & 0xFF);
    return *this;
  }
  std::string bytes_;
};

bool is_wide(std::uint64_t value) { return value >= zip::all_ones; }
std::uint64_t narrow(std::uint64_t value) { return is_wide(value) ? zip::all_ones : value; }

// The 64-bit values that have no room in the record itself. A local header has both sizes or none.
std::string wide_fields(const ZipMember& member, bool with_offset) {
  Record values;
  if (is_wide(member.bytes)) values.u64(member.bytes).u64(member.packed_bytes);
  if (with_offset && is_wide(member.header_offset)) values.u64(member.header_offset);
  if (values.bytes().empty()) return "";
  return Record().u16(zip::wide_extra).u16(values.bytes().size()).text(values.bytes()).bytes();
}

// Fills up so that what follows lies at a multiple of data_alignment.
std::string padding(std::uint64_t offset) {
  constexpr std::uint64_t field_header = 4;
  const std::uint64_t room = data_alignment - (offset + field_header) % data_alignment;
  return Record().u16(zip::padding_extra).u16(room).text(std::string(room, '\0')).bytes();
}

Record& common_fields(Record& record, const ZipMember& member, bool wide) {
  return record.u16(wide ? wide_version : plain_version)
      .u16(zip::utf8_names)
      .u16(zip::stored)
      .u16(0)  // midnight
      .u16(first_of_january_1980)
      .u32(member.checksum)
      .u32(narrow(member.packed_bytes))
      .u32(narrow(member.bytes))
      .u16(member.name.size());
}

std::string local_header(const ZipMember& member) {
  const std::string wide = wide_fields(member, false);
  const std::string extra =
      wide + padding(member.header_offset + zip::local_bytes + member.name.size() + wide.size());
  Record record;
  common_fields(record.u32(zip::local_signature), member, !wide.empty());
  return record.u16(extra.size()).text(member.name).text(extra).bytes();
}

std::string directory_entry(const ZipMember& member) {
  const std::string extra = wide_fields(member, true);
  Record record;
  common_fields(record.u32(zip::entry_signature).u16(wide_version), member, !extra.empty());
  record.u16(extra.size()).u16(0).u16(0).u16(0).u32(0);  // no comment, first disk, binary, no attributes
  return record.u32(narrow(member.header_offset)).text(member.name).text(extra).bytes();
}

std::string end_records(std::uint64_t members, std::uint64_t offset, std::uint64_t bytes) {
  Record record;
  if (members >= 0xFFFF || is_wide(offset) || is_wide(bytes)) {
    record.u32(zip::end64_signature).u64(zip::end64_bytes - 12).u16(wide_version).u16(wide_version);
    record.u32(0).u32(0).u64(members).u64(members).u64(bytes).u64(offset);
    record.u32(zip::end64_locator_signature).u32(0).u64(offset + bytes).u32(1);
  }
  const std::uint64_t counted = members >= 0xFFFF ? 0xFFFF : members;
  record.u32(zip::end_signature).u16(0).u16(0).u16(counted).u16(counted);
  return record.u32(narrow(bytes)).u32(narrow(offset)).u16(0).bytes();
}

}  // namespace

void ZipWriter::begin(const std::string& name, std::uint64_t bytes, std::uint32_t checksum) {
  const ZipMember member{name, checksum, false, out_.written(), bytes, bytes};
  members_.push_back(member);
  const std::string header = local_header(member);
  out_.write(header.data(), header.size());
}

void ZipWriter::finish() {
  const std::uint64_t offset = out_.written();
  for (const ZipMember& member : members_) {
    const std::string entry = directory_entry(member);
    out_.write(entry.data(), entry.size());
  }
  const std::string end = end_records(members_.size(), offset, out_.written() - offset);
  out_.write(end.data(), end.size());
}

}  // namespace accrue
