// Compiled kernels on disk: whole, cut, changed, foreign, too many, shared.
#include "src/cuda/disk_cache.h"

#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace accrue;
using gpu::DiskCache;
using gpu::Image;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t plenty = std::size_t{1} << 20;

std::string text_of(const std::optional<Image>& image) {
  return image ? image->bytes + " | " + image->log : "none";
}

std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& file : fs::directory_iterator(folder)) files.push_back(file.path().string());
  return files;
}

std::string read(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write(const std::string& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace

TEST_CASE("an image is found under its key, and under no other") {
  const test::TemporaryFolder folder;
  const DiskCache cache(folder.file("made/on/demand"), plenty);
  CHECK(text_of(cache.find("key")) == "none");
  cache.keep("key", {"code", "log"});
  CHECK(text_of(cache.find("key")) == "code | log");
  CHECK(text_of(cache.find("other key")) == "none");
  cache.keep("key", {"newer code", ""});
  CHECK(text_of(DiskCache(folder.file("made/on/demand"), plenty).find("key")) == "newer code | ");
  CHECK(files_in(folder.file("made/on/demand")).size() == 1);
}

TEST_CASE("an entry that is cut or changed anywhere is no entry") {
  const test::TemporaryFolder folder;
  const DiskCache cache(folder.path().string(), plenty);
  cache.keep("key", {"code", "log"});
  const std::string file = files_in(folder.path())[0], whole = read(file);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    write(file, whole.substr(0, i));
    CHECK(text_of(cache.find("key")) == "none");
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    write(file, changed);
    CHECK(text_of(cache.find("key")) == "none");
  }
  write(file, whole + "x");
  CHECK(text_of(cache.find("key")) == "none");
  cache.keep("key", {"code", "log"});
  CHECK(text_of(cache.find("key")) == "code | log");
}

TEST_CASE("another key's entry in a key's place is no entry") {
  const test::TemporaryFolder folder;
  const DiskCache cache(folder.path().string(), plenty);
  cache.keep("key a", {"code", ""});
  const std::string file = files_in(folder.path())[0];
  cache.keep("key b", {"other code", ""});
  for (const std::string& other : files_in(folder.path()))
    if (other != file) fs::rename(other, file);
  CHECK(text_of(cache.find("key a")) == "none");
}

TEST_CASE("those longest unused go first") {
  const test::TemporaryFolder folder;
  const std::string large(1000, 'x');
  const DiskCache cache(folder.path().string(), 3500);
  for (const char* key : {"a", "b", "c"}) {
    cache.keep(key, {large, ""});
    for (const std::string& file : files_in(folder.path()))  // times apart, whatever the file system's clock
      fs::last_write_time(file, fs::last_write_time(file) - std::chrono::seconds(10));
  }
  CHECK(text_of(cache.find("a")) != "none");
  cache.keep("d", {large, ""});
  CHECK(text_of(cache.find("a")) != "none");
  CHECK(text_of(cache.find("b")) == "none");
  CHECK(text_of(cache.find("c")) != "none");
  CHECK(text_of(cache.find("d")) != "none");
}

TEST_CASE("an image larger than the whole cache is not kept, and files of others stay") {
  const test::TemporaryFolder folder;
  write(folder.file("notes.txt"), std::string(5000, 'x'));
  const DiskCache cache(folder.path().string(), 1000);
  cache.keep("small", {"code", ""});
  cache.keep("large", {std::string(2000, 'x'), ""});
  CHECK(text_of(cache.find("large")) == "none");
  CHECK(text_of(cache.find("small")) == "code | ");
  CHECK(fs::exists(folder.file("notes.txt")));
}

TEST_CASE("a folder that cannot be written, and none at all") {
  for (const char* folder : {"/dev/null/cache", "/proc/cache", ""}) {
    const DiskCache cache(folder, plenty);
    cache.keep("key", {"code", "log"});
    CHECK(text_of(cache.find("key")) == "none");
  }
}

TEST_CASE("writers and readers at once see whole entries") {
  const test::TemporaryFolder folder;
  const auto image_of = [](int i) { return Image{std::string(5000, static_cast<char>('a' + i)), "log"}; };
  std::atomic<int> wrong = 0, found = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      const DiskCache cache(folder.path().string(), 12000);  // two of the three: entries vanish all the time
      for (int round = 0; round < 100; ++round) {
        const int i = round % 3;
        const auto image = cache.find(std::to_string(i));
        if (image) ++found;
        if (image && image->bytes != image_of(i).bytes) ++wrong;
        if (!image) cache.keep(std::to_string(i), image_of(i));
      }
    });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(found > 0);
}
