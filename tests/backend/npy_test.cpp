// Reading and writing .npy: NumPy's own files both ways, mapping, and what happens to the file meanwhile.
#include "accrue/npy.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <sstream>
#include <thread>

#include "src/npy.h"
#include "src/pool.h"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"
#include "tests/support/temporary_folder.h"

using namespace accrue;
using test::message_of;
using test::read_bytes;
using test::TemporaryFolder;
using test::write_bytes;

namespace {

const std::string folder_of_cases = ACCRUE_TEST_DATA_DIR "/npy/";

struct Case {
  std::string path, dtype, dims, text;
};

std::vector<Case> read_cases() {
  std::ifstream file(folder_of_cases + "expected.txt");
  std::vector<Case> cases;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('|')) {
      if (!cases.back().text.empty()) cases.back().text += '\n';
      cases.back().text += line.substr(1);
    } else {
      std::istringstream words(line);
      words >> cases.emplace_back().path >> cases.back().dtype >> cases.back().dims;
    }
  }
  return cases;
}

std::string dims_text(const Shape& shape) {
  std::string text;
  for (std::int64_t dim : shape) text += (text.empty() ? "" : ",") + std::to_string(dim);
  return text.empty() ? "-" : text;
}

std::string printed(const Tensor& t) {
  std::ostringstream out;
  out << t;
  return out.str();
}

Tensor counting(std::int64_t count) {
  Tensor t = Tensor::empty(float64, {count});
  std::iota(t.data<double>(), t.data<double>() + count, 0.0);
  return t;
}

bool lies_in_the_pool(const Tensor& t) { return !t.read_only(); }

// What becomes of a process that does this.
template <class Action>
int status_of_child(Action action) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGBUS, SIG_DFL);
    action();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return status;
}

}  // namespace

TEST_CASE("what NumPy wrote is read: every dtype, order and rank, members stored and deflated") {
  const std::vector<Case> cases = read_cases();
  REQUIRE(cases.size() == 24);
  for (const Case& c : cases) {
    if (c.path.starts_with("deflated") && !can_inflate()) continue;
    INFO(c.path);
    const Tensor t = load_npy(folder_of_cases + c.path);
    CHECK(to_string(t.dtype()) == c.dtype);
    CHECK(dims_text(t.shape()) == c.dims);
    CHECK(printed(t) == c.text);
  }
}

TEST_CASE("what is written has the very bytes that NumPy writes") {
  const TemporaryFolder folder;
  for (const Case& c : read_cases()) {
    if (!c.path.ends_with(".npy") || c.path == "fortran.npy") continue;
    INFO(c.path);
    save_npy(folder.file("copy.npy"), load_npy(folder_of_cases + c.path));
    CHECK(read_bytes(folder.file("copy.npy")) == read_bytes(folder_of_cases + c.path));
  }
}

TEST_CASE("Fortran order is read as strides, without a copy of the elements' order, and written row-major") {
  const Tensor t = load_npy(folder_of_cases + "fortran.npy");
  CHECK(t.strides() == Strides{1, 2, 6});
  const TemporaryFolder folder;
  save_npy(folder.file("rows.npy"), t);
  const Tensor rows = load_npy(folder.file("rows.npy"));
  CHECK(rows.strides() == Strides{12, 4, 1});
  CHECK(printed(rows) == printed(t));
}

TEST_CASE("strided tensors are written element by element") {
  const TemporaryFolder folder;
  std::int32_t memory[] = {0, 1, 2, 3, 4, 5};
  save_npy(folder.file("flipped.npy"), Tensor::borrow(memory + 5, int32, {2, 3}, {-3, -1}));
  CHECK(printed(load_npy(folder.file("flipped.npy"))) == "[[5 4 3]\n [2 1 0]]");
}

TEST_CASE("bfloat16 is written as '<V2', as NumPy writes its usual extension, and read back") {
  const TemporaryFolder folder;
  const Tensor t = Tensor::copy_of(std::vector<BFloat16>{BFloat16(1.5), BFloat16(-300)}, {2});
  save_npy(folder.file("b.npy"), t);
  const std::string bytes = read_bytes(folder.file("b.npy"));
  CHECK(bytes.size() == 132);
  CHECK(bytes.substr(10, 55) == "{'descr': '<V2', 'fortran_order': False, 'shape': (2,),");
  const Tensor back = load_npy(folder.file("b.npy"));
  CHECK(back.dtype() == bfloat16);
  CHECK(printed(back) == printed(t));
}

TEST_CASE("large files are mapped, read-only; small ones and bools are copied") {
  const TemporaryFolder folder;
  save_npy(folder.file("large.npy"), counting(10000));
  save_npy(folder.file("small.npy"), counting(1000));
  save_npy(folder.file("bools.npy"), Tensor::zeros(boolean, {100000}));
  const std::size_t live = host_pool().stats().live_bytes;
  const Tensor large = load_npy(folder.file("large.npy"));
  CHECK(large.read_only());
  CHECK(host_pool().stats().live_bytes == live);
  CHECK(large.item<double>(9999) == 9999);
  CHECK(lies_in_the_pool(load_npy(folder.file("small.npy"))));
  CHECK(lies_in_the_pool(load_npy(folder.file("bools.npy"))));
  CHECK(lies_in_the_pool(read_npy(folder.file("large.npy"), false)));
}

TEST_CASE("large data that begin at an odd place are copied") {
  const TemporaryFolder folder;
  std::string bytes = read_bytes(folder_of_cases + "one_dim.npy").substr(0, 8);
  const std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (10000,)}";
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  const Tensor values = counting(10000);
  write_bytes(folder.file("odd.npy"),
              bytes + header + std::string(static_cast<const char*>(values.data()), values.bytes()));
  const Tensor t = load_npy(folder.file("odd.npy"));
  CHECK(lies_in_the_pool(t));
  CHECK(t.item<double>(9999) == 9999);
}

TEST_CASE("a mapped tensor outlives its file's name") {
  const TemporaryFolder folder;
  save_npy(folder.file("x.npy"), counting(10000));
  const Tensor t = load_npy(folder.file("x.npy"));
  save_npy(folder.file("x.npy"), Tensor::zeros(float64, {10000}));  // a new file takes the name
  CHECK(t.item<double>(77) == 77);
  std::filesystem::remove(folder.file("x.npy"));
  CHECK(t.item<double>(78) == 78);
}

TEST_CASE("a file cut while it is mapped: SIGBUS; read into memory or small: no harm") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x.npy");
  const auto cut_after_reading = [&](std::int64_t count, bool may_map) {
    save_npy(path, counting(count));
    return status_of_child([&] {
      const Tensor t = read_npy(path, may_map);
      std::filesystem::resize_file(path, 0);
      if (t.item<double>(count - 1) != static_cast<double>(count - 1)) _exit(1);
    });
  };
  const int mapped = cut_after_reading(100000, true);
  CHECK((WIFSIGNALED(mapped) && WTERMSIG(mapped) == SIGBUS));
  CHECK(cut_after_reading(100000, false) == 0);
  CHECK(cut_after_reading(1000, true) == 0);
}

TEST_CASE("a failed save leaves the old file and nothing else") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x.npy");
  save_npy(path, counting(3));
  const int status = status_of_child([&] {
    const rlimit most_bytes = {1000, 1000};  // of a file: the disk is full early
    setrlimit(RLIMIT_FSIZE, &most_bytes);
    std::signal(SIGXFSZ, SIG_IGN);
    const std::string message = message_of([&] { save_npy(path, counting(1000)); });
    _exit(message == "save_npy: " + path + ": cannot write: File too large" ? 0 : 1);
  });
  CHECK(status == 0);
  const auto files = std::filesystem::directory_iterator(folder.path());
  CHECK(std::distance(begin(files), end(files)) == 1);
  CHECK(printed(load_npy(path)) == "[0. 1. 2.]");
}

TEST_CASE("no temporary file stays behind a save") {
  const TemporaryFolder folder;
  save_npy(folder.file("x.npy"), counting(3));
  save_npy(folder.file("x.npy"), counting(4));
  const auto files = std::filesystem::directory_iterator(folder.path());
  CHECK(std::distance(begin(files), end(files)) == 1);
  CHECK(load_npy(folder.file("x.npy")).elements() == 4);
}

TEST_CASE("a symbolic link stays one: its target is written") {
  const TemporaryFolder folder;
  save_npy(folder.file("target.npy"), counting(1));
  std::filesystem::create_symlink("target.npy", folder.path() / "link.npy");
  save_npy(folder.file("link.npy"), counting(2));
  CHECK(std::filesystem::is_symlink(folder.path() / "link.npy"));
  CHECK(load_npy(folder.file("target.npy")).elements() == 2);
}

TEST_CASE("devices are written, not replaced") {
  save_npy("/dev/null", counting(3));
  CHECK(std::filesystem::is_character_file("/dev/null"));
}

TEST_CASE("a pipe is read to its end") {
  const TemporaryFolder folder;
  const std::string pipe = folder.file("pipe.npy");
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  save_npy(folder.file("x.npy"), counting(30000));
  std::thread writer([&] { write_bytes(pipe, read_bytes(folder.file("x.npy"))); });
  const Tensor t = load_npy(pipe);
  writer.join();
  CHECK(lies_in_the_pool(t));
  CHECK(t.item<double>(29999) == 29999);
}

TEST_CASE("nothing is allocated on a header's word") {
  const TemporaryFolder folder;
  write_bytes(folder.file("big.npy"), read_bytes(folder_of_cases + "float32.npy"));
  std::string bytes = read_bytes(folder.file("big.npy"));
  bytes.replace(bytes.find("(2, 3), }     "), 14, "(1000000000,)}");
  write_bytes(folder.file("big.npy"), bytes);
  host_pool().reset_peak();
  const std::size_t before = host_pool().stats().peak_bytes;
  CHECK(message_of([&] { load_npy(folder.file("big.npy")); }) ==
        "load_npy: " + folder.file("big.npy") +
            ": truncated: float32[1000000000] takes 4000000000 bytes, 24 follow the header");
  CHECK(host_pool().stats().peak_bytes == before);
}
