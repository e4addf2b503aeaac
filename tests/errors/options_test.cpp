// The ACCRUE_* variables: what they take, and every message about them, whole.
#include "src/options.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "accrue/accrue.hpp"
#include "tests/support/catch.h"
#include "tests/support/message_of.h"

using namespace accrue;

namespace {

Options parse(std::string_view name, std::string_view text) {
  const Variable variables[] = {{name, text}};
  return parse_options(variables);
}

std::string message_of(std::string_view name, std::string_view text) {
  return test::message_of([&] { parse(name, text); });
}

std::string unknown_text(std::string_view name) {
  const Variable variables[] = {{name, "1"}};
  const auto unknown = unknown_variables(variables);
  return unknown.empty() ? "known" : to_string(unknown[0]);
}

// What a command writes to standard error.
std::string errors_of(const std::string& command) {
  FILE* const pipe = popen(("{ " + command + "; } 2>&1 >/dev/null").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string text;
  for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  CHECK(pclose(pipe) == 0);
  return text;
}

}  // namespace

TEST_CASE("the defaults") {
  const Options defaults = parse_options({});
  CHECK(defaults.threads == 0);
  CHECK(defaults.instruction_set == InstructionSet::automatic);
  CHECK_FALSE(defaults.check);
  CHECK(defaults.pool_bytes > 0);
  CHECK(defaults.pool_bytes <= std::size_t{4} << 30);
}

TEST_CASE("an empty text is as good as none") { CHECK(parse("ACCRUE_THREADS", "").threads == 0); }

TEST_CASE("ACCRUE_THREADS") {
  CHECK(parse("ACCRUE_THREADS", "3").threads == 3);
  CHECK(parse("ACCRUE_THREADS", "auto").threads == 0);
  for (std::string text : {"0", "-1", "+1", " 1", "1 ", "1025", "two", "1.5", "99999999999999999999"})
    CHECK(message_of("ACCRUE_THREADS", text) ==
          "ACCRUE_THREADS: '" + text + "' is not valid; expected auto or a whole number from 1 to 1024");
}

TEST_CASE("ACCRUE_PARALLEL_ELEMENTS") {
  CHECK(parse("ACCRUE_PARALLEL_ELEMENTS", "1").parallel_elements == 1);
  CHECK(parse("ACCRUE_PARALLEL_ELEMENTS", "auto").parallel_elements == 262144);
  for (std::string text : {"0", "-1", "64K", "9999999999999999999"})
    CHECK(message_of("ACCRUE_PARALLEL_ELEMENTS", text) ==
          "ACCRUE_PARALLEL_ELEMENTS: '" + text + "' is not valid; expected auto or a whole number above 0");
}

TEST_CASE("ACCRUE_ISA") {
  CHECK(parse("ACCRUE_ISA", "v2").instruction_set == InstructionSet::v2);
  CHECK(parse("ACCRUE_ISA", "v3").instruction_set == InstructionSet::v3);
  CHECK(parse("ACCRUE_ISA", "v4").instruction_set == InstructionSet::v4);
  CHECK(parse("ACCRUE_ISA", "auto").instruction_set == InstructionSet::automatic);
  CHECK(message_of("ACCRUE_ISA", "avx2") == "ACCRUE_ISA: 'avx2' is not valid; expected auto, v2, v3 or v4");
}

TEST_CASE("ACCRUE_STREAM_BYTES") {
  CHECK(parse("ACCRUE_STREAM_BYTES", "1").stream_bytes == 1);
  CHECK(parse("ACCRUE_STREAM_BYTES", "64M").stream_bytes == std::size_t{64} << 20);
  CHECK(parse("ACCRUE_STREAM_BYTES", "auto").stream_bytes > 0);
  CHECK(message_of("ACCRUE_STREAM_BYTES", "all") ==
        "ACCRUE_STREAM_BYTES: 'all' is not valid; expected auto or a whole number of bytes, which may end in "
        "K, M or G");
}

TEST_CASE("ACCRUE_POOL_BYTES") {
  CHECK(parse("ACCRUE_POOL_BYTES", "0").pool_bytes == 0);
  CHECK(parse("ACCRUE_POOL_BYTES", "12345").pool_bytes == 12345);
  CHECK(parse("ACCRUE_POOL_BYTES", "16K").pool_bytes == std::size_t{16} << 10);
  CHECK(parse("ACCRUE_POOL_BYTES", "512M").pool_bytes == std::size_t{512} << 20);
  CHECK(parse("ACCRUE_POOL_BYTES", "2G").pool_bytes == std::size_t{2} << 30);
  for (std::string text : {"K", "1T", "1k", "-1", "1.5G", "18446744073709551615", "8589934592G"})
    CHECK(message_of("ACCRUE_POOL_BYTES", text) ==
          "ACCRUE_POOL_BYTES: '" + text +
              "' is not valid; expected auto or a whole number of bytes, which may end in K, M or G");
}

TEST_CASE("ACCRUE_CHECK") {
  CHECK(parse("ACCRUE_CHECK", "1").check);
  CHECK_FALSE(parse("ACCRUE_CHECK", "0").check);
  CHECK(message_of("ACCRUE_CHECK", "yes") == "ACCRUE_CHECK: 'yes' is not valid; expected 0 or 1");
}

TEST_CASE("ACCRUE_LIBCUDA, ACCRUE_LIBNVRTC, ACCRUE_LIBCUBLAS") {
  CHECK(parse("ACCRUE_LIBCUDA", "auto").libcuda.empty());
  CHECK(parse("ACCRUE_LIBCUDA", "/opt/libcuda.so.1").libcuda == "/opt/libcuda.so.1");
  CHECK(parse("ACCRUE_LIBNVRTC", "/opt/libnvrtc.so.13").libnvrtc == "/opt/libnvrtc.so.13");
  CHECK(parse("ACCRUE_LIBCUBLAS", "/opt/libcublas.so.13").libcublas == "/opt/libcublas.so.13");
  CHECK(parse("ACCRUE_LIBCUBLAS", "off").libcublas == "off");
}

TEST_CASE("ACCRUE_CUDA_CACHE") {
  CHECK(parse("ACCRUE_CUDA_CACHE", "off").cuda_cache.empty());
  CHECK(parse("ACCRUE_CUDA_CACHE", "/var/kernels").cuda_cache == "/var/kernels");
  setenv("XDG_CACHE_HOME", "/caches", 1);
  CHECK(parse("ACCRUE_CUDA_CACHE", "auto").cuda_cache == "/caches/accrue");
  unsetenv("XDG_CACHE_HOME");
  CHECK(parse("ACCRUE_CUDA_CACHE_BYTES", "auto").cuda_cache_bytes == std::size_t{256} << 20);
  CHECK(parse("ACCRUE_CUDA_CACHE_BYTES", "1M").cuda_cache_bytes == std::size_t{1} << 20);
  CHECK(parse("ACCRUE_CUDA_SYNC", "1").cuda_sync);
}

TEST_CASE("unknown variables are named, with the nearest name") {
  CHECK(unknown_text("ACCRUE_THREAD") ==
        "unknown variable ACCRUE_THREAD in the environment; did you mean ACCRUE_THREADS?");
  CHECK(unknown_text("ACCRUE_POOL_BYTE") ==
        "unknown variable ACCRUE_POOL_BYTE in the environment; did you mean ACCRUE_POOL_BYTES?");
  CHECK(unknown_text("ACCRUE_FROBNICATE") == "unknown variable ACCRUE_FROBNICATE in the environment");
  CHECK(unknown_text("ACCRUE_") == "unknown variable ACCRUE_ in the environment");
  for (const OptionInfo& option : all_options()) CHECK(unknown_text(option.name) == "known");
}

TEST_CASE("the environment's ACCRUE_ variables are found, others are not") {
  setenv("ACCRUE_TEST_PROBE", "a=b", 1);
  setenv("NOT_ACCRUE_TEST_PROBE", "1", 1);
  bool found = false;
  for (const Variable& variable : accrue_variables()) {
    CHECK(variable.name.starts_with("ACCRUE_"));
    found |= variable.name == "ACCRUE_TEST_PROBE" && variable.text == "a=b";
  }
  CHECK(found);
  unsetenv("ACCRUE_TEST_PROBE");
  unsetenv("NOT_ACCRUE_TEST_PROBE");
}

TEST_CASE("two programs in one process") {
  Graph g;
  const Expr x = g.input("x", int32, {2});
  for (const Expr& y : {x + 1, x + 2})
    CHECK(compile(g, {{"y", y}}).run({{"x", Tensor::zeros(int32, {2})}})["y"].shape() == Shape{2});
}

TEST_CASE("a process is warned of an unknown variable, once") {
  // In a process of its own: the environment is read once.
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  CHECK(errors_of("ACCRUE_THREAD=2 '" + self + "' 'two programs in one process'") ==
        "accrue: unknown variable ACCRUE_THREAD in the environment; did you mean ACCRUE_THREADS?\n");
  CHECK(errors_of("ACCRUE_THREADS=2 '" + self + "' 'two programs in one process'") == "");
}
