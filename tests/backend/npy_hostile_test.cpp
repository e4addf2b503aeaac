// Files cut at every byte and with each byte changed: an Error or a tensor, nothing else. (Built with the
// address sanitizer this also shows that nothing is read outside the bytes.)
#include <memory>
#include <set>
#include <sstream>

#include "src/npy.h"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"
#include "tests/support/temporary_folder.h"

using namespace accrue;
using test::message_of;
using test::read_bytes;

namespace {

const std::string folder = ACCRUE_TEST_DATA_DIR "/npy/";

// In a block of its own size: the sanitizer sees the first byte beyond it.
std::span<const std::byte> exactly(const std::string& bytes, std::unique_ptr<std::byte[]>& block) {
  block = std::make_unique<std::byte[]>(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) block[i] = static_cast<std::byte>(bytes[i]);
  return {block.get(), bytes.size()};
}

// "no error", or the message; a tensor is read through.
std::string outcome(const std::string& bytes, const std::string& member) {
  std::unique_ptr<std::byte[]> block;
  const auto exact = exactly(bytes, block);
  return message_of([&] {
    const Tensor t = member.empty() ? parse_npy(exact, "x.npy") : parse_npz(exact, "x.npz", member);
    std::ostringstream out;
    out << t;
  });
}

struct File {
  std::string name, member;
};
const File files[] = {{"float32.npy", ""}, {"bool.npy", ""},
                      {"fortran.npy", ""}, {"empty.npy", ""},
                      {"scalar.npy", ""},  {"many_dims.npy", ""},
                      {"stored.npz", "f"}, {can_inflate() ? "deflated.npz" : "stored.npz", "a"}};

}  // namespace

TEST_CASE("every beginning of a good file is an error") {
  for (const File& file : files) {
    const std::string good = read_bytes(folder + file.name);
    REQUIRE(outcome(good, file.member) == "no error");
    for (std::size_t kept = 0; kept < good.size(); ++kept) {
      INFO(file.name << " cut to " << kept);
      CHECK(outcome(good.substr(0, kept), file.member).starts_with("load_npy: x.np"));
    }
  }
}

TEST_CASE("each byte of a good file changed: an error, or other values") {
  for (const File& file : files) {
    const std::string good = read_bytes(folder + file.name);
    std::set<std::string> outcomes;
    for (std::size_t i = 0; i < good.size(); ++i)
      for (int change : {0x01, 0x80, 0xFF, 0x20}) {
        std::string changed = good;
        changed[i] = static_cast<char>(changed[i] ^ change);
        const std::string result = outcome(changed, file.member);
        CHECK((result == "no error" || result.starts_with("load_npy: x.np")));
        outcomes.insert(result);
      }
    CHECK(outcomes.size() > 20);  // the reader tells many mistakes apart
  }
}

TEST_CASE("each digit of a header replaced by every other") {
  const std::string good = read_bytes(folder + "fortran.npy");
  for (std::size_t i = 10; i < 70; ++i)
    for (char c : std::string("0123456789(),-+'\"{}[]LTF: \n")) {
      std::string changed = good;
      changed[i] = c;
      const std::string result = outcome(changed, "");
      CHECK((result == "no error" || result.starts_with("load_npy: x.npy: ")));
    }
}
