// Rows and tensors beyond 2^31 and 2^32 elements. Memory is mapped: a short piece over and over, or pages
// that are never touched; results that would be as long are reduced where they are made.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <numeric>
#include <stdexcept>

#include "tests/backend/cpu_check.h"
#include "tests/support/catch.h"
#include "tests/support/runners.h"

namespace accrue::test {
namespace {

constexpr std::int64_t two_to_31 = std::int64_t{1} << 31, two_to_32 = std::int64_t{1} << 32;

/// Addresses of their own, zeros, of which a page takes memory once it is written.
class SparseMemory {
 public:
  explicit SparseMemory(std::size_t bytes) : bytes_(bytes) {
    data_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (data_ == MAP_FAILED) throw std::runtime_error("cannot map " + std::to_string(bytes) + " bytes");
  }
  ~SparseMemory() { munmap(data_, bytes_); }
  SparseMemory(const SparseMemory&) = delete;
  SparseMemory& operator=(const SparseMemory&) = delete;

  void* data() const { return data_; }
  template <class T>
  T* at(std::int64_t element) const {
    return static_cast<T*>(data_) + element;
  }

 protected:
  void* data_;
  std::size_t bytes_;
};

/// The same bytes over and over: addresses without end on one piece of memory.
class RepeatedMemory : public SparseMemory {
 public:
  template <class T>
  RepeatedMemory(std::int64_t elements, const std::vector<T>& period)
      : SparseMemory(static_cast<std::size_t>(elements) * sizeof(T) + piece_bytes(period)) {
    std::FILE* const file = std::tmpfile();
    if (file == nullptr) throw std::runtime_error("cannot make a temporary file");
    const std::size_t piece = piece_bytes(period), period_bytes = period.size() * sizeof(T);
    for (std::size_t filled = 0; filled < piece; filled += period_bytes)
      std::fwrite(period.data(), 1, period_bytes, file);
    std::fflush(file);
    bool mapped = true;
    for (std::size_t begin = 0; begin + piece <= bytes_; begin += piece)
      mapped &= mmap(at<std::byte>(static_cast<std::int64_t>(begin)), piece, PROT_READ,
                     MAP_SHARED | MAP_FIXED, fileno(file), 0) != MAP_FAILED;
    std::fclose(file);
    if (!mapped) throw std::runtime_error("cannot map a file many times");
  }

 private:
  /// Whole periods and whole pages, about 4 MiB of them.
  template <class T>
  static std::size_t piece_bytes(const std::vector<T>& period) {
    const std::size_t unit =
        std::lcm(period.size() * sizeof(T), static_cast<std::size_t>(sysconf(_SC_PAGESIZE)));
    return (std::size_t{4} << 20) / unit * unit;
  }
};

/// The outputs, and that none of what is long between inputs and outputs was stored.
Tensors run_fused(const Graph& g, const std::vector<NamedExpr>& outputs,
                  const std::vector<NamedTensor>& inputs, int threads = 2) {
  const Program p = compile(g, outputs, {.threads = threads});
  INFO(p.dump());
  REQUIRE(p.memory().arena_bytes < std::size_t{1} << 20);
  return p.run(inputs);
}

template <class T>
std::vector<T> counted(std::int64_t begin, std::int64_t end) {
  std::vector<T> values(static_cast<std::size_t>(end - begin));
  std::iota(values.begin(), values.end(), static_cast<T>(begin));
  return values;
}

}  // namespace

TEST_CASE("2^31 + 3 ones counted in uint8 wrap every 256", "[slow]") {
  constexpr std::int64_t n = two_to_31 + 3;
  const RepeatedMemory ones(n, std::vector<std::uint8_t>(4096, 1));
  Graph g;
  const Expr x = g.input("x", uint8, {n});
  const Expr y = cumsum(x, 0, {.dtype = uint8});
  const Expr wrong = y != cast(arange(g, 1, n + 1, 1, int64), uint8);
  const std::vector<NamedExpr> outputs = {{"wrong", sum(wrong)}, {"total", sum(x)}, {"top", max(y)}};
  const Tensors t = run_fused(g, outputs, {{"x", Tensor::borrow(ones.data(), uint8, {n})}}, 3);
  CHECK(t["wrong"].item<std::int64_t>() == 0);
  CHECK(t["total"].item<std::int64_t>() == n);
  CHECK(t["top"].item<std::uint8_t>() == 255);
}

TEST_CASE("the running sum of 2^31 + 100003 elements i mod 1000 is the one in closed form", "[slow]") {
  constexpr std::int64_t n = two_to_31 + 100003;  // whole tiles lie beyond 2^31
  const RepeatedMemory memory(n, counted<std::uint16_t>(0, 1000));
  Graph g;
  const Expr y = cumsum(g.input("x", uint16, {n}), 0);
  const Expr i = arange(g, 0, n, 1, float64);  // every number here is below 2^53
  const Expr q = floor((i + 0.5) / 1000), r = i - q * 1000;
  const Expr expected = q * 499500 + r * (r + 1) * 0.5;
  const Tensors t = run_fused(g, {{"wrong", sum(cast(y, float64) != expected)}, {"last", max(y)}},
                              {{"x", Tensor::borrow(memory.data(), uint16, {n})}}, 1);
  CHECK(t["wrong"].item<std::int64_t>() == 0);
  CHECK(t["last"].item<std::int64_t>() ==
        (n - 1) / 1000 * 499500 + ((n - 1) % 1000) * ((n - 1) % 1000 + 1) / 2);
}

TEST_CASE("2^32 + 5 bools and bytes are summed in int64", "[slow]") {
  constexpr std::int64_t n = two_to_32 + 5;
  const RepeatedMemory memory(n, std::vector<std::uint8_t>(4096, 1));
  for (const DType dtype : {boolean, uint8}) {
    Graph g;
    const Expr x = g.input("x", dtype, {n});
    const Tensors t = run_fused(g, {{"total", sum(x)}, {"least", min(x)}},
                                {{"x", Tensor::borrow(memory.data(), dtype, {n})}});
    CHECK(t["total"].item<std::int64_t>() == n);
    CHECK(t["least"].dtype() == dtype);
    CHECK(*static_cast<const std::uint8_t*>(t["least"].data()) == 1);
  }
}

TEST_CASE("one element broadcast to more than 2^32 is reduced over each dim and all", "[slow]") {
  const Shape shape = {309504, 1, 16384};
  float value = 0;
  std::int8_t one = 1;
  Graph g;
  const Expr x = g.input("x", float32, shape), k = g.input("k", int8, shape);
  const Tensors t =
      run_fused(g, {{"all", max(x)}, {"rows", max(x, 0)}, {"columns", max(x, 2)}, {"count", sum(k)}},
                {{"x", Tensor::borrow(&value, float32, shape, {0, 0, 0})},
                 {"k", Tensor::borrow(&one, int8, shape, {0, 0, 0})}});
  CHECK(t["all"].item<float>() == 0);
  CHECK(difference(to_array(t["rows"]), to_array(Tensor::zeros(float32, {1, 16384}))) == "");
  CHECK(difference(to_array(t["columns"]), to_array(Tensor::zeros(float32, {309504, 1}))) == "");
  CHECK(t["count"].item<std::int64_t>() == 309504 * std::int64_t{16384});
}

TEST_CASE("the index of the largest in a row is found beyond 2^32", "[slow]") {
  constexpr std::int64_t n = two_to_32 + 5;
  const SparseMemory memory(static_cast<std::size_t>(n));
  *memory.at<std::uint8_t>(n - 2) = *memory.at<std::uint8_t>(n - 1) = 1;
  Graph g;
  const Expr x = g.input("x", uint8, {n});
  const Tensors t = run_fused(g, {{"first", argmax(x)}}, {{"x", Tensor::borrow(memory.data(), uint8, {n})}});
  CHECK(t["first"].item<std::int64_t>() == n - 2);
}

TEST_CASE("the index of the largest is found beyond 2^32 in what two short vectors span", "[slow]") {
  constexpr std::int64_t rows = 65537, columns = 65538;
  std::vector<float> a(rows, 0), b(columns, 0);
  a.back() = b[5] = b[6] = 1;
  Graph g;
  const Expr x = g.input("a", float32, {rows, 1}) + g.input("b", float32, {columns});
  const Tensors t = run_fused(g, {{"first", argmax(x)}},
                              {{"a", Tensor::borrow(a.data(), float32, {rows, 1})},
                               {"b", Tensor::borrow(b.data(), float32, {columns})}});
  CHECK(t["first"].item<std::int64_t>() == (rows - 1) * columns + 5);
}

TEST_CASE("2^31 + 100003 results are stored each in its place", "[slow]") {
  constexpr std::int64_t n = two_to_31 + 100003;
  const RepeatedMemory memory(n, counted<std::uint8_t>(0, 256));
  Graph g;
  const Tensor y = compile(g, {{"y", g.input("x", uint8, {n}) * 2 + 1}}, {.threads = 2})
                       .run({{"x", Tensor::borrow(memory.data(), uint8, {n})}})["y"];
  Graph counting;
  const Expr wrong = counting.input("y", uint8, {n}) != cast(arange(counting, 0, n, 1, int64), uint8) * 2 + 1;
  CHECK(run_fused(counting, {{"wrong", sum(wrong)}}, {{"y", y}})["wrong"].item<std::int64_t>() == 0);
}

TEST_CASE("a view far inside of a tensor finds its elements") {
  constexpr std::int64_t n = two_to_32 + 4096;
  constexpr std::int64_t first = two_to_32 + 100;
  const SparseMemory memory(static_cast<std::size_t>(n) * sizeof(std::int16_t));
  for (std::int64_t i = 0; i < 1000; ++i)
    *memory.at<std::int16_t>(first + i) = static_cast<std::int16_t>(i * i % 97);
  const Tensor whole = Tensor::borrow(memory.data(), int16, {n});
  const Tensor near = Tensor::borrow(memory.at<std::int16_t>(first), int16, {1000});

  const auto outputs = [](const Expr& part) {
    return std::vector<NamedExpr>{{"sums", cumsum(part, 0)},
                                  {"flipped", cumsum(flip(part), 0, {.dtype = int16}) * 3},
                                  {"third", slice(part, {{.start = -1, .stop = 7, .step = -3}})},
                                  {"where", argmax(part)}};
  };
  Graph far_graph, near_graph;
  const std::vector<NamedExpr> far =
      outputs(slice(far_graph.input("x", int16, {n}), {{.start = first, .stop = first + 1000}}));
  const std::vector<NamedExpr> expected = outputs(near_graph.input("x", int16, {1000}));
  const Tensors found = compile(far_graph, far).run({{"x", whole}});
  const Tensors wanted = compile(near_graph, expected, {.device = reference()}).run({{"x", near}});
  for (std::size_t i = 0; i < found.size(); ++i)
    CHECK(difference(to_array(found[i]), to_array(wanted[i])) == "");
}

TEST_CASE("rows and columns that lie more than 2^31 elements apart are read and written") {
  constexpr std::int64_t pitch = two_to_31 + 9;
  const Shape shape = {3, 40};
  const SparseMemory source(4 * pitch), target(8 * pitch);
  for (std::int64_t i = 0; i < 3; ++i)
    for (std::int64_t j = 0; j < 40; ++j)
      *source.at<std::int8_t>(3 * pitch - i * pitch + 2 * j) = static_cast<std::int8_t>(i * 40 + j - 50);
  const Tensor rows = Tensor::borrow(source.at<std::int8_t>(3 * pitch), int8, shape, {-pitch, 2});
  for (const std::int64_t dim : {0, 1}) {
    Graph g;
    const Expr y = cumsum(g.input("x", int8, shape), dim, {.dtype = int16});
    Tensor out = Tensor::borrow(target.at<std::int16_t>(0), int16, shape, {pitch, 1});
    const Program p = compile(g, {{"y", y}, {"total", sum(y, dim)}});
    const Tensors written = p.run({{"x", rows}}, {{"y", out}});
    const Tensors wanted = compile(g, {{"y", y}, {"total", sum(y, dim)}}, {.device = reference()})
                               .run({{"x", rows.contiguous()}});
    CHECK(difference(to_array(out), to_array(wanted["y"])) == "");
    CHECK(difference(to_array(written["total"]), to_array(wanted["total"])) == "");
  }
}

TEST_CASE("65536 rows and one more are each a row of their own") {
  for (const std::int64_t rows : {65535, 65536, 65537})
    for (const std::int64_t n : {1, 3}) {
      Graph g;
      const Expr x = g.input("x", float32, {rows, n});
      require_same(g,
                   {{"along rows", cumsum(x, 1)},
                    {"along columns", cumsum(x, 0, {.exclusive = true})},
                    {"sums", sum(x, 1)},
                    {"largest", argmax(x, 1)}},
                   {{"x", numbers(float32, {rows, n})}}, threads({1, 3}));
    }
}

}  // namespace accrue::test
