#include "src/cuda/disk_cache.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

#include "accrue/error.hpp"
#include "src/crc32.h"
#include "src/input_file.h"
#include "src/output_file.h"

namespace accrue::gpu {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view magic = "accrueK1";
constexpr std::string_view prefix = "kernel-", suffix = ".accrue";

constexpr std::size_t number_bytes = 8;
constexpr std::size_t header_bytes = magic.size() + 4 * number_bytes;  // checksum, lengths of key, image, log

std::uint32_t checksum(const std::string& text) {
  return crc32_of(reinterpret_cast<const std::byte*>(text.data()), text.size());
}

void append_number(std::string& text, std::uint64_t number) {
  for (std::size_t i = 0; i < number_bytes; ++i) text += static_cast<char>(number >> 8 * i & 0xFF);
}

std::string entry_text(const std::string& key, const Image& image) {
  std::string lengths;
  for (const std::string* part : {&key, &image.bytes, &image.log}) append_number(lengths, part->size());
  const std::string body = lengths + key + image.bytes + image.log;
  std::string text(magic);
  append_number(text, checksum(body));
  return text + body;
}

// The image of an entry's text, if it is whole and the key's.
std::optional<Image> parse_entry(const std::string& text, const std::string& key) {
  if (text.size() < header_bytes || !text.starts_with(magic)) return std::nullopt;
  const auto number = [&](std::size_t i) {
    return little_endian(reinterpret_cast<const std::byte*>(text.data()) + magic.size() + i * number_bytes,
                         number_bytes);
  };
  if (number(0) != checksum(text.substr(magic.size() + number_bytes))) return std::nullopt;
  const std::uint64_t key_bytes = number(1), image_bytes = number(2), log_bytes = number(3);
  if (key_bytes != key.size() || text.compare(header_bytes, key.size(), key) != 0) return std::nullopt;
  const std::size_t rest = text.size() - header_bytes - key.size();
  if (image_bytes > rest || log_bytes != rest - image_bytes) return std::nullopt;
  return Image{text.substr(header_bytes + key.size(), image_bytes), text.substr(text.size() - log_bytes)};
}

std::uint64_t hash_of(const std::string& key) {  // FNV-1a; the key itself is compared
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::string file_text(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

struct Entry {
  fs::path file;
  std::uintmax_t bytes;
  fs::file_time_type used;
};

std::vector<Entry> entries_of(const std::string& folder) {
  std::vector<Entry> entries;
  std::error_code ignored;
  for (fs::directory_iterator file(folder, ignored), end; file != end; file.increment(ignored)) {
    const std::string name = file->path().filename().string();
    if (!name.starts_with(prefix) || !name.ends_with(suffix)) continue;
    std::error_code failed;  // another process may have removed it
    const auto bytes = file->file_size(failed);
    if (failed) continue;
    const auto used = file->last_write_time(failed);
    if (!failed) entries.push_back({file->path(), bytes, used});
  }
  return entries;
}

}  // namespace

std::string DiskCache::file_of(const std::string& key) const {
  std::array<char, 17> hash{};
  std::snprintf(hash.data(), hash.size(), "%016llx", static_cast<unsigned long long>(hash_of(key)));
  return folder_ + "/" + std::string(prefix) + hash.data() + std::string(suffix);
}

std::optional<Image> DiskCache::find(const std::string& key) const {
  if (folder_.empty()) return std::nullopt;
  const std::string file = file_of(key);
  std::error_code ignored;
  if (fs::file_size(file, ignored) > most_bytes_) return std::nullopt;
  auto image = parse_entry(file_text(file), key);
  if (image) fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
  return image;
}

void DiskCache::keep(const std::string& key, const Image& image) const {
  if (folder_.empty()) return;
  const std::string text = entry_text(key, image);
  if (text.size() > most_bytes_) return;
  std::error_code ignored;
  fs::create_directories(folder_, ignored);
  try {
    OutputFile file("CUDA cache", file_of(key));
    file.write(text.data(), text.size());
    file.commit();
  } catch (const Error&) {  // read-only or full: then it is compiled again
    return;
  }
  trim();
}

void DiskCache::trim() const {
  std::vector<Entry> entries = entries_of(folder_);
  std::uintmax_t all_bytes = 0;
  for (const Entry& entry : entries) all_bytes += entry.bytes;
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const Entry& entry : entries) {
    if (all_bytes <= most_bytes_) return;
    std::error_code ignored;
    fs::remove(entry.file, ignored);
    all_bytes -= entry.bytes;
  }
}

}  // namespace accrue::gpu
