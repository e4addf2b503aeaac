// What load_npy and save_npy say, whole, about every file of golden/bad_npy and beyond.
#include <filesystem>
#include <map>
#include <sstream>

#include "accrue/npy.hpp"
#include "src/npy.h"
#include "tests/support/catch.h"
#include "tests/support/json_lines.h"
#include "tests/support/message_of.h"
#include "tests/support/temporary_folder.h"

using namespace accrue;
using test::message_of;
using test::TemporaryFolder;

namespace {

const std::string bad_npy = ACCRUE_TEST_DATA_DIR "/bad_npy/";

// File -> the message, behind "load_npy: PATH: ".
const std::map<std::string, std::string> messages = {
    {"00_empty_file", "truncated: 10 bytes of magic, version and header length wanted, 0 found"},
    {"01_magic_only", "truncated: 10 bytes of magic, version and header length wanted, 6 found"},
    {"02_bad_magic", "not an .npy file: it begins with '\\x93NUMPX', not with '\\x93NUMPY'"},
    {"03_version_9_9", "version 9.9; 1.0, 2.0 and 3.0 are read"},
    {"04_version_1_1", "version 1.1; 1.0, 2.0 and 3.0 are read"},
    {"05_truncated_header_len", "truncated: 10 bytes of magic, version and header length wanted, 9 found"},
    {"06_header_len_past_end", "header of 65535 bytes; at most 10000 are read"},
    {"07_v2_header_len_4g", "header of 4294967280 bytes; at most 10000 are read"},
    {"08_header_len_0", "header is not a dict of literals: '{' expected at its byte 0, found its end"},
    {"09_header_not_dict",
     "header is not a dict of literals: '{' expected at its byte 0, found '[1,2]\\x0a'"},
    {"10_header_garbage",
     "header is not a dict of literals: '{' expected at its byte 0, found '\\xff\\xfe{{{\\x0a'"},
    {"11_missing_key", "header lacks the key 'fortran_order'"},
    {"12_extra_key", "header has the unknown key 'x'; descr, fortran_order and shape are expected"},
    {"13_fortran_order_int", "fortran_order is 1; True or False is expected"},
    {"14_shape_int", "shape is 2; a tuple of integers is expected"},
    {"15_shape_list", "shape is [2]; a tuple of integers is expected"},
    {"16_negative_dim", "shape holds the negative dim -2; dims are 0 or more"},
    {"17_float_dim", "shape is (2.0,); a tuple of integers is expected"},
    {"18_product_2_64", "float32[4294967296, 4294967296] takes more than 2^63-1 bytes"},
    {"19_product_wraps_to_2", "shape holds the dim 9223372036854775809; dims are below 2^63"},
    {"20_dim_2_63", "shape holds the dim 9223372036854775808; dims are below 2^63"},
    {"21_bytes_overflow", "float32[4611686018427387904] takes more than 2^63-1 bytes"},
    {"22_truncated_data", "truncated: float32[4] takes 16 bytes, 8 follow the header"},
    {"23_trailing_bytes", "trailing bytes: float32[2] takes 8 bytes, 10 follow the header"},
    {"24_zero_dim_times_huge", "float32[0, 9223372036854775807] takes more than 2^63-1 bytes"},
    {"26_descr_object", "dtype '|O' holds pickled Python objects, which are never read"},
    {"27_descr_unknown",
     "dtype '<q9' is not one of bool ('|b1'), int8 .. uint64 ('<i4'), float16 .. float64 ('<f4') and "
     "bfloat16 ('<V2')"},
    {"28_descr_structured",
     "dtype [('a', '<f4')] is structured; one of bool, integers and floats is expected"},
    {"29_big_endian", "dtype '>f4' is big-endian; only little-endian is read"},
    {"30_descr_zero_size",
     "dtype '|S0' is not one of bool ('|b1'), int8 .. uint64 ('<i4'), float16 .. float64 ('<f4') and "
     "bfloat16 ('<V2')"},
    {"32_33_dims", "33 dims; at most 32 are possible"},
    {"33_65_dims", "65 dims; at most 32 are possible"},
    {"37_duplicate_key", "header has the key 'descr' twice"},
    {"38_header_20000_bytes", "header of 20058 bytes; at most 10000 are read"},
    {"39_nested_5000", "header of 10056 bytes; at most 10000 are read"},
    {"42_code_in_header", "header is not a dict of literals: '{' expected at its byte 0, found '__import'"},
    {"x0_nested_4000", "header holds a value nested deeper than 16 brackets"},
    {"x2_descr_and_data_mismatch", "truncated: float64[2] takes 16 bytes, 8 follow the header"},
};

std::string printed(const Tensor& t) {
  std::ostringstream out;
  out << to_string(t.dtype()) << to_string(t.shape()) << ' ' << t;
  return out.str();
}

// A file in memory with this header and data.
std::string npy(const std::string& header, const std::string& data = "") {
  std::string bytes = "\x93NUMPY\x01";
  bytes += '\0';
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + data;
}

Tensor parse(const std::string& bytes) { return parse_npy(std::as_bytes(std::span(bytes)), "x.npy"); }

std::string message_for_header(const std::string& header) {
  return message_of([&] { parse(npy(header)); });
}

}  // namespace

TEST_CASE("every malformed .npy gets its message, which names the file") {
  std::size_t errors = 0;
  for (const test::Json& line : test::read_json_lines(bad_npy + "expected.jsonl")) {
    if (line["verdict"].text() != "error") continue;
    ++errors;
    const std::string file = line["file"].text();
    const std::string path = bad_npy + "files/" + file;
    INFO(file);
    CHECK(message_of([&] { load_npy(path); }) ==
          "load_npy: " + path + ": " + messages.at(file.substr(0, file.size() - 4)));
  }
  CHECK(errors == messages.size());
}

TEST_CASE("the odd but well-formed ones are read") {
  const std::map<std::string, std::string> expected = {
      {"25_0d", "float32[] 7.5"},
      {"31_float16", "float16[2] [1. 2.]"},
      {"34_no_newline_no_padding", "float32[2] [ 1.5 -2. ]"},
      {"35_python2_long", "float32[2] [ 1.5 -2. ]"},
      {"36_fortran_order", "float32[2, 3] [[1. 2. 3.]\n [4. 5. 6.]]"},
      {"40_bool_byte_2", "bool[2] [ True False]"},
      {"41_version_3", "float32[2] [ 1.5 -2. ]"},
      {"x1_empty_dim", "uint8[0, 3] []"},
      {"x3_int64_edges", "int64[2] [-9223372036854775808  9223372036854775807]"}};
  std::size_t good = 0;
  for (const test::Json& line : test::read_json_lines(bad_npy + "expected.jsonl")) {
    if (line["verdict"].text() != "ok") continue;
    ++good;
    const std::string file = line["file"].text();
    CHECK(printed(load_npy(bad_npy + "files/" + file)) == expected.at(file.substr(0, file.size() - 4)));
  }
  CHECK(good == expected.size());
  const Tensor bools = load_npy(bad_npy + "files/40_bool_byte_2.npy");
  CHECK(static_cast<const unsigned char*>(bools.data())[0] == 1);
}

TEST_CASE("headers: what a dict of literals may look like, and what not") {
  const std::string one = std::string(4, '\0');
  const std::string tail = ", 'fortran_order': False, 'shape': (1,)}";
  CHECK(printed(parse(npy("{'descr': '<f4'" + tail, one))) == "float32[1] [0.]");
  CHECK(printed(parse(npy("  {\"descr\":\"=i4\"\t,'shape' : ( +1 , ) ,\n'fortran_order':True,}  \n", one))) ==
        "int32[1] [0]");
  const std::string prefix = "load_npy: x.npy: ";
  const std::pair<std::string, std::string> cases[] = {
      {"{'descr': '<f4'" + tail + " x",
       "header is not a dict of literals: nothing after the dict expected at its "
       "byte 56, found 'x'"},
      {"{'descr' '<f4'" + tail,
       "header is not a dict of literals: ':' expected at its byte 9, found ''<f4', ''"},
      {"{'descr': '<f4' 'x'" + tail, "dtype '<f4' 'x' is not one string"},
      {"{'descr': ,", "header is not a dict of literals: a value expected at its byte 10, found ','"},
      {"{'descr': '<f4",
       "header is not a dict of literals: the end of a string expected at its byte 14, found its end"},
      {"{'descr': '<f4\\",
       "header is not a dict of literals: the end of a string expected at its byte 15, found its end"},
      {"{'descr': (1, 2]}",
       "header is not a dict of literals: another bracket expected at its byte 15, found ']}'"},
      {"{1: 2}", "header is not a dict of literals: a string expected at its byte 1, found '1: 2}'"},
      {"{}", "header lacks the key 'descr'"},
      {"{'descr': ''" + tail,
       "dtype '' is not one of bool ('|b1'), int8 .. uint64 ('<i4'), float16 .. float64 "
       "('<f4') and bfloat16 ('<V2')"},
      {"{'descr': '|V2'" + tail,
       "dtype '|V2' is not one of bool ('|b1'), int8 .. uint64 ('<i4'), float16 .. "
       "float64 ('<f4') and bfloat16 ('<V2')"},
      {"{'descr': '<c8'" + tail,
       "dtype '<c8' is not one of bool ('|b1'), int8 .. uint64 ('<i4'), float16 .. "
       "float64 ('<f4') and bfloat16 ('<V2')"},
      {"{'descr': '<f4', 'fortran_order': None, 'shape': (1,)}",
       "fortran_order is None; True or False is expected"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2)}",
       "shape is (2); a tuple of integers is expected"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,,)}",
       "shape is (1,,); a tuple of integers is expected"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
       "shape is (1 2); a tuple of integers is expected"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (-,)}",
       "shape is (-,); a tuple of integers is expected"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,)(2,)}",
       "shape is (1,)(2,); a tuple of integers is expected"},
  };
  for (const auto& [header, message] : cases) CHECK(message_for_header(header) == prefix + message);
}

TEST_CASE("what cannot be opened or made is named with the system's reason") {
  const TemporaryFolder folder;
  const std::string missing = folder.file("missing.npy");
  CHECK(message_of([&] { load_npy(missing); }) ==
        "load_npy: " + missing + ": cannot open: No such file or directory");
  const std::string directory = folder.path().string();
  CHECK(message_of([&] { load_npy(directory); }) ==
        "load_npy: " + directory + ": cannot read: Is a directory");
  CHECK(message_of([&] { save_npy(directory, Tensor::zeros(int8, {1})); }) ==
        "save_npy: " + directory + ": cannot create: Is a directory");
  const std::string nowhere = folder.file("no/such/folder.npy");
  CHECK(message_of([&] { save_npy(nowhere, Tensor::zeros(int8, {1})); }) ==
        "save_npy: " + nowhere + ": cannot create: No such file or directory");
}

TEST_CASE("a disk that is full") {
  if (!std::filesystem::exists("/dev/full")) return;
  CHECK(message_of([] { save_npy("/dev/full", Tensor::zeros(int8, {1})); }) ==
        "save_npy: /dev/full: cannot write: No space left on device");
}

TEST_CASE("a tensor without storage is not saved") {
  CHECK(message_of([] { save_npy("x.npy", Tensor()); }) ==
        "save_npy: x.npy: the tensor has no storage; a default-made one cannot be saved");
  CHECK(message_of([] {
          save_npz("x.npz", {{"a", Tensor()}});
        }) == "save_npz: x.npz: member 'a' has no storage; a default-made tensor cannot be saved");
}

TEST_CASE("names that an archive's members cannot have") {
  const Tensor t = Tensor::zeros(int8, {1});
  CHECK(message_of([&] {
          save_npz("x.npz", {{"a", t}, {"a", t}});
        }) == "save_npz: x.npz: member 'a' is given twice");
  CHECK(message_of([&] {
          save_npz("x.npz", {{"", t}});
        }) == "save_npz: x.npz: member '' needs a name of 1 to 1000 bytes, none of them 0");
  CHECK_FALSE(std::filesystem::exists("x.npz"));
}

TEST_CASE("members that an archive does not hold; an archive without a member's name") {
  const std::string stored = ACCRUE_TEST_DATA_DIR "/npy/stored.npz";
  CHECK(message_of([&] { load_npy(stored + ":masc"); }) ==
        "load_npy: " + stored + ": no member 'masc' (did you mean 'mask'?); it holds a, mask, f");
  const std::string empty = ACCRUE_TEST_DATA_DIR "/npy/no_members.npz";
  CHECK(message_of([&] { load_npy(empty + ":a"); }) == "load_npy: " + empty + ": no member 'a'; it is empty");
  CHECK(message_of([&] { load_npy(stored); }) ==
        "load_npy: " + stored + ": an .npz archive; name one of its members: " + stored + ":NAME");
}
