#include "src/byte_stream.h"

#include "accrue/error.hpp"
#include "src/crc32.h"

#ifdef ACCRUE_HAVE_ZLIB
#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>
#endif

namespace accrue {
namespace {

[[noreturn]] void fail_with(const std::string& name, const std::string& what) {
  throw Error("load_npy: " + name + ": " + what);
}

// What both streams share: their name, and the checksum of what was read.
class CheckedStream : public ByteStream {
 public:
  CheckedStream(const std::string& name, const std::uint32_t* checksum)
      : ByteStream(name),
        has_checksum_(checksum != nullptr),
        expected_(checksum != nullptr ? *checksum : 0) {}

  void finish() override {
    if (has_checksum_ && crc_ != expected_) fail("damaged: the archive's checksum does not fit the bytes");
  }

 protected:
  void count_in(const std::byte* bytes, std::size_t count) {
    if (has_checksum_) crc_ = crc32_of(bytes, count, crc_);
  }

 private:
  bool has_checksum_;
  std::uint32_t expected_, crc_ = 0;
};

class PlainStream final : public CheckedStream {
 public:
  PlainStream(const InputBytes& bytes, const std::string& name, Range range, const std::uint32_t* checksum)
      : CheckedStream(name, checksum),
        bytes_(bytes),
        next_(range.offset),
        size_(range.bytes),
        left_(range.bytes) {}

  std::uint64_t size() const override { return size_; }

  void read(std::byte* to, std::size_t count) override {
    if (count > left_)
      fail("truncated: " + std::to_string(count) + " bytes wanted, " + std::to_string(left_) + " found");
    bytes_.read_at(next_, to, count);
    count_in(to, count);
    next_ += count;
    left_ -= count;
  }

  Mapping map(std::size_t count) override { return bytes_.map(next_, count); }

 private:
  const InputBytes& bytes_;
  std::uint64_t next_, size_, left_;
};

#ifdef ACCRUE_HAVE_ZLIB

class InflatedStream final : public CheckedStream {
 public:
  InflatedStream(const InputBytes& bytes, const std::string& name, Range range, std::uint32_t checksum)
      : CheckedStream(name, &checksum),
        bytes_(bytes),
        next_(range.offset),
        packed_left_(range.packed_bytes),
        size_(range.bytes) {
    constexpr int raw_deflate = -15;
    if (inflateInit2(&state_, raw_deflate) != Z_OK) throw std::bad_alloc();
  }
  ~InflatedStream() override { inflateEnd(&state_); }
  InflatedStream(const InflatedStream&) = delete;
  InflatedStream& operator=(const InflatedStream&) = delete;

  std::uint64_t size() const override { return size_; }

  void read(std::byte* to, std::size_t count) override {
    for (std::size_t done = 0; done < count;) {
      const std::size_t part = std::min(count - done, std::size_t{1} << 30);  // zlib counts in 32 bits
      if (unpack(to + done, part) != part)
        fail("truncated: its packed bytes end before the " + std::to_string(size_) +
             " bytes that the archive names");
      done += part;
    }
    count_in(to, count);
  }

  Mapping map(std::size_t) override { return {}; }

  void finish() override {
    std::byte beyond{};
    if (unpack(&beyond, 1) != 0)
      fail("it unpacks to more than the " + std::to_string(size_) + " bytes that the archive names");
    CheckedStream::finish();
  }

 private:
  // The next bytes, fewer than wanted at the end of the stream only.
  std::size_t unpack(std::byte* to, std::size_t count) {
    state_.next_out = reinterpret_cast<Bytef*>(to);
    state_.avail_out = static_cast<uInt>(count);
    while (state_.avail_out > 0 && !ended_) {
      if (state_.avail_in == 0) refill();
      const int result = inflate(&state_, Z_NO_FLUSH);
      ended_ = result == Z_STREAM_END;
      if (result == Z_MEM_ERROR) throw std::bad_alloc();
      if (result == Z_BUF_ERROR && packed_left_ == 0 && state_.avail_in == 0) break;  // the input ends early
      if (!ended_ && result != Z_OK && result != Z_BUF_ERROR)
        fail("damaged: its packed bytes are not deflate's");
    }
    return count - state_.avail_out;
  }

  void refill() {
    const std::size_t count = static_cast<std::size_t>(std::min<std::uint64_t>(packed_left_, buffer_.size()));
    bytes_.read_at(next_, buffer_.data(), count);
    next_ += count;
    packed_left_ -= count;
    state_.next_in = reinterpret_cast<Bytef*>(buffer_.data());
    state_.avail_in = static_cast<uInt>(count);
  }

  const InputBytes& bytes_;
  std::uint64_t next_, packed_left_, size_;
  bool ended_ = false;
  z_stream state_ = {};
  std::array<std::byte, 1 << 15> buffer_;
};

#endif

}  // namespace

void ByteStream::fail(const std::string& what) const { fail_with(name_, what); }

std::unique_ptr<ByteStream> plain_stream(const InputBytes& bytes, const std::string& name, Range range,
                                         const std::uint32_t* checksum) {
  return std::make_unique<PlainStream>(bytes, name, range, checksum);
}

#ifdef ACCRUE_HAVE_ZLIB
bool can_inflate() { return true; }

std::unique_ptr<ByteStream> inflated_stream(const InputBytes& bytes, const std::string& name, Range range,
                                            std::uint32_t checksum) {
  constexpr std::uint64_t best_ratio = 1032;  // 258 bytes from two bits
  if (range.bytes / best_ratio > range.packed_bytes)
    fail_with(name, std::to_string(range.packed_bytes) + " packed bytes cannot unpack to the " +
                        std::to_string(range.bytes) + " that the archive names");
  return std::make_unique<InflatedStream>(bytes, name, range, checksum);
}
#else
bool can_inflate() { return false; }

std::unique_ptr<ByteStream> inflated_stream(const InputBytes&, const std::string& name, Range,
                                            std::uint32_t) {
  fail_with(name,
            "it is compressed, and this accrue was built without zlib; numpy.savez writes uncompressed ones");
}
#endif

}  // namespace accrue
