// Archives of .npy files: written and read back, NumPy's (npy_test.cpp), and damaged ones.
#include <sstream>

#include "accrue/npy.hpp"
#include "src/byte_stream.h"
#include "src/crc32.h"
#include "src/npy.h"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"
#include "tests/support/temporary_folder.h"

using namespace accrue;
using test::message_of;
using test::read_bytes;
using test::TemporaryFolder;
using test::write_bytes;

namespace {

std::string printed(const Tensor& t) {
  std::ostringstream out;
  out << t;
  return out.str();
}

Tensor parse(const std::string& bytes, const std::string& member) {
  return parse_npz(std::as_bytes(std::span(bytes)), "x.npz", member);
}

std::string message_for(const std::string& bytes, const std::string& member = "a") {
  return message_of([&] { parse(bytes, member); });
}

// NumPy's archives of a, mask and f (and, deflated, zeros).
std::string stored_archive() { return read_bytes(ACCRUE_TEST_DATA_DIR "/npy/stored.npz"); }
std::string deflated_archive() { return read_bytes(ACCRUE_TEST_DATA_DIR "/npy/deflated.npz"); }

std::string small_archive(const TemporaryFolder& folder) {
  const Tensor t = Tensor::copy_of<std::int8_t>({1, 2, 3}, {3});
  save_npz(folder.file("x.npz"), {{"a", t}, {"b", t}});
  return read_bytes(folder.file("x.npz"));
}

// Overwrites bytes with a little-endian number.
std::string with_number(std::string bytes, std::size_t at, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i)
    bytes[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> 8 * i & 0xFF);
  return bytes;
}

// Where the n-th directory entry of an archive begins.
std::size_t entry(const std::string& bytes, int n) {
  std::size_t at = bytes.find("PK\x01\x02");
  while (n-- > 0) at = bytes.find("PK\x01\x02", at + 1);
  return at;
}
std::size_t end_record(const std::string& bytes) { return bytes.rfind("PK\x05\x06"); }

}  // namespace

TEST_CASE("crc32: known values, and in parts") {
  const std::string text = "123456789";
  const auto* bytes = reinterpret_cast<const std::byte*>(text.data());
  CHECK(crc32_of(bytes, 9) == 0xCBF43926);
  CHECK(crc32_of(bytes, 0) == 0);
  for (std::size_t cut = 0; cut <= 9; ++cut)
    CHECK(crc32_of(bytes + cut, 9 - cut, crc32_of(bytes, cut)) == 0xCBF43926);
}

TEST_CASE("save_npz: every member comes back; the same tensors give the same bytes") {
  const TemporaryFolder folder;
  const std::vector<std::pair<std::string, Tensor>> members = {
      {"a", Tensor::copy_of<float>({1, 2.5, 3}, {3})},
      {"mask", Tensor::copy_of<bool>({true, false}, {2, 1})},
      {"empty", Tensor::zeros(int64, {0, 4})},
      {"größe", Tensor::copy_of<double>({7}, {})},
      {"with:colon", Tensor::copy_of<std::uint8_t>({9}, {1})}};
  save_npz(folder.file("x.npz"), members);
  save_npz(folder.file("y.npz"), members);
  for (const auto& [name, tensor] : members)
    CHECK(printed(load_npy(folder.file("x.npz") + ":" + name)) == printed(tensor));
  CHECK(printed(load_npy(folder.file("x.npz") + ":a.npy")) == "[1.  2.5 3. ]");
  CHECK(read_bytes(folder.file("x.npz")) == read_bytes(folder.file("y.npz")));
}

TEST_CASE("large members of our own archives are mapped: their data lie at multiples of 64") {
  const TemporaryFolder folder;
  const Tensor large = Tensor::zeros(float64, {10000});
  save_npz(folder.file("x.npz"), {{"odd name", Tensor::zeros(int8, {3})}, {"large", large}});
  const Tensor t = load_npy(folder.file("x.npz:large"));
  CHECK(t.read_only());
  CHECK(reinterpret_cast<std::uintptr_t>(t.data()) % 64 == 0);
  CHECK(t.item<double>(9999) == 0);
}

TEST_CASE("an archive without members") {
  const TemporaryFolder folder;
  save_npz(folder.file("x.npz"), {});
  CHECK(message_of([&] { load_npy(folder.file("x.npz:a")); }) ==
        "load_npy: " + folder.file("x.npz") + ": no member 'a'; it is empty");
}

TEST_CASE("a path whose folder looks like an archive is a path") {
  const TemporaryFolder folder;
  save_npy(folder.file("odd.npz:name"), Tensor::zeros(int8, {2}));
  CHECK(load_npy(folder.file("odd.npz:name")).elements() == 2);
}

TEST_CASE("damaged archives: what is wrong, and nothing read outside them") {
  const TemporaryFolder folder;
  const std::string good = small_archive(folder);
  CHECK(printed(parse(good, "a")) == "[1 2 3]");
  const std::string prefix = "load_npy: x.npz: ";
  const std::size_t first = entry(good, 0), second = entry(good, 1), end = end_record(good);

  CHECK(message_for("") == prefix + "damaged archive: it has no end record (cut, or not an .npz)");
  CHECK(message_for(good.substr(0, good.size() - 1)) ==
        prefix + "damaged archive: it has no end record (cut, or not an .npz)");
  CHECK(message_for(with_number(good, end + 4, 1, 2)) ==
        prefix + "an archive of several disks; one file is expected");
  CHECK(message_for(with_number(good, end + 16, 4000000000, 4)) ==
        prefix + "damaged archive: its directory would lie at bytes 4000000000..4000000102 of " +
            std::to_string(good.size()));
  CHECK(message_for(with_number(good, end + 12, 50, 4)) == prefix + "damaged archive: its directory is cut");
  CHECK(message_for(with_number(good, end + 10, 3, 2)) ==
        prefix + "damaged archive: its directory holds 2 members, not the 3 of its end record");
  CHECK(message_for(with_number(good, second, 0, 4)) ==
        prefix + "damaged archive: its directory holds no entry where one is due");
  CHECK(message_for(with_number(good, first + 8, 1, 2)) == prefix + "member 'a.npy' is encrypted");
  CHECK(message_for(with_number(good, first + 10, 12, 2)) ==
        prefix + "member 'a.npy' is packed by method 12; stored (0) and deflated (8) ones are read");
  CHECK(message_for(with_number(good, first + 24, 5, 4)) ==
        prefix + "damaged archive: member 'a.npy' is stored, but in 131 bytes for 5");
  CHECK(message_for(with_number(good, first + 42, 1, 4)) ==
        prefix + "damaged archive: member 'a.npy' does not begin where the directory says");
  CHECK(message_for(with_number(good, first + 42, 4000000000, 4)) ==
        prefix + "damaged archive: member 'a.npy' would lie at bytes 4000000000..4000000030 of " +
            std::to_string(good.size()));
  CHECK(message_for(with_number(good, second + 46, 'a', 1)) ==
        prefix + "damaged archive: it holds the member 'a.npy' twice");
  CHECK(message_for(with_number(good, 30, 'c', 1)) ==
        prefix + "damaged archive: member 'a.npy' has another name in its own header");
  const std::string longer = with_number(with_number(good, first + 20, 1000, 4), first + 24, 1000, 4);
  CHECK(message_for(longer) == prefix + "damaged archive: member 'a.npy' would end beyond the archive's " +
                                   std::to_string(good.size()) + " bytes");
}

TEST_CASE("a member whose bytes do not fit its checksum") {
  const TemporaryFolder folder;
  std::string bytes = small_archive(folder);
  bytes[64 + 128 + 1] ^= 1;  // the second element
  CHECK(message_for(bytes) == "load_npy: x.npz:a: damaged: the archive's checksum does not fit the bytes");
}

TEST_CASE("deflated members: false sizes, damage, claims beyond what deflate can do") {
  const std::string good = deflated_archive();
  const std::size_t zeros = entry(good, 0), a = entry(good, 1);
  const std::string prefix = "load_npy: x.npz:";
  if (!can_inflate()) {
    CHECK(message_for(good) == prefix +
                                   "a: it is compressed, and this accrue was built without zlib; "
                                   "numpy.savez writes uncompressed ones");
    return;
  }
  CHECK(printed(parse(good, "zeros")) == "[0. 0. 0. ... 0. 0. 0.]");
  CHECK(message_for(with_number(good, a + 24, 176, 4)) ==
        prefix + "a: trailing bytes: int64[5] takes 40 bytes, 48 follow the header");
  CHECK(message_for(with_number(good, a + 24, 4000000, 4)) ==
        prefix + "a: 81 packed bytes cannot unpack to the 4000000 that the archive names");
  CHECK(message_for(with_number(good, zeros + 16, 0, 4), "zeros") ==
        prefix + "zeros: damaged: the archive's checksum does not fit the bytes");
  CHECK(message_for(with_number(good, zeros + 20, 120, 4), "zeros") ==
        prefix + "zeros: truncated: its packed bytes end before the 120128 bytes that the archive names");
}

TEST_CASE("a deflated member that unpacks to more than the archive names") {
  if (!can_inflate()) return;
  const TemporaryFolder folder;
  std::string bytes = small_archive(folder);
  // Five bytes of the local header's padding become the head of a deflate block of 131 bytes, uncompressed.
  const std::size_t first = entry(bytes, 0), data = 64, extra_length = 28;
  bytes = with_number(with_number(bytes, data - 5, 1, 1), data - 4, 131, 2);
  bytes = with_number(bytes, data - 2, 0xFFFF - 131, 2);
  bytes = with_number(bytes, extra_length, static_cast<unsigned char>(bytes[extra_length]) - 5u, 2);
  bytes = with_number(with_number(bytes, first + 10, 8, 2), first + 20, 136, 4);
  CHECK(printed(parse(bytes, "a")) == "[1 2 3]");
  bytes[bytes.find("(3,)") + 1] = '2';
  CHECK(message_for(with_number(bytes, first + 24, 130, 4)) ==
        "load_npy: x.npz:a: it unpacks to more than the 130 bytes that the archive names");
}

TEST_CASE("a stored archive of NumPy's own: members at any place") {
  const std::string bytes = stored_archive();
  CHECK(printed(parse(bytes, "a")) == "[0 1 2 3 4]");
  CHECK(printed(parse(bytes, "f.npy")) == "[[1. 0. 0.]\n [0. 1. 0.]\n [0. 0. 1.]]");
}
