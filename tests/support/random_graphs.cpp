#include "tests/support/random_graphs.h"

#include <algorithm>
#include <functional>

#include "accrue/ops.hpp"
#include "graph/graph.h"
#include "tests/support/random.h"
#include "tests/support/random_values.h"

namespace accrue::test {
namespace {

/// What a size allows.
struct Limits {
  std::int64_t most_elements, most_inputs, most_operations;
};
constexpr Limits limits_of(Size size) {
  return size == Size::small ? Limits{6000, 6, 14} : Limits{std::int64_t{1} << 19, 3, 6};
}

/// Adds random operations to a graph. An operation that does not fit its operands (their dtypes do not
/// promote, a bool is refused, ...) throws, and another is tried.
class Builder {
 public:
  Builder(std::uint64_t seed, Functions functions, Size size)
      : random_(seed * 0x9e3779b97f4a7c15u + 1),
        functions_(functions),
        size_(size),
        limits_(limits_of(size)) {}

  Sample build(std::uint64_t seed) {
    for (std::int64_t i = random_.between(1, limits_.most_inputs / 2); i > 0; --i)
      add_input(size_ == Size::large ? large_shape() : shape());
    const std::int64_t wanted = random_.between(1, limits_.most_operations);
    for (int made = 0, tries = 0; made < wanted && tries < 200; ++tries) made += try_operation() ? 1 : 0;
    return {seed, graph_, outputs(), inputs_};
  }

 private:
  using Operation = Expr (Builder::*)();

  bool try_operation() {
    static const std::vector<Operation> operations = {
        &Builder::map,         &Builder::map,         &Builder::map,           &Builder::map,
        &Builder::cast_value,  &Builder::scan,        &Builder::scan,          &Builder::scan,
        &Builder::reduce,      &Builder::reduce,      &Builder::reshape_value, &Builder::permute_value,
        &Builder::slice_value, &Builder::slice_value, &Builder::flip_value,    &Builder::broadcast_value,
        &Builder::joined,      &Builder::source,      &Builder::product,       &Builder::composed,
        &Builder::fresh};
    try {
      const Expr made = (this->*random_.one_of(operations))();
      if (elements(made.shape()) > limits_.most_elements) return false;
      values_.push_back(made);
      return true;
    } catch (const Error&) {
      return false;
    }
  }

  // ---- shapes, dtypes, operands

  DType dtype() { return static_cast<DType>(random_.below(dtype_count)); }

  Shape shape() {
    Shape s;
    for (std::int64_t rank = random_.one_of({0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5}); rank > 0; --rank) {
      const std::int64_t dim =
          random_.chance(70)
              ? random_.between(1, 5)
              : random_.one_of({0, 1, 7, 8, 9, 31, 32, 33, 63, 64, 65, 255, 256, 257, 300, 2049});
      s.push_back(elements(s) * dim <= limits_.most_elements ? dim : 1);
    }
    return s;
  }

  /// Rows around the boundaries of tiles and of the prefix tree's nodes, few or many of them, along any dim.
  Shape large_shape() {
    static const std::vector<Shape> shapes = {{65537},      {100003},    {262145},      {65537, 3},
                                              {3, 65537},   {262143, 1}, {3000, 33},    {40, 3000},
                                              {8193, 9},    {9, 8193},   {1025, 2, 65}, {2, 1025, 65},
                                              {5, 8193, 3}, {300, 301},  {2, 32769, 2}};
    return random_.one_of(shapes);
  }

  bool is_room() const { return static_cast<std::int64_t>(inputs_.size()) < limits_.most_inputs; }

  Expr add_input(const Shape& s) {
    const DType t = dtype();
    const std::string name = "x" + std::to_string(inputs_.size());
    inputs_[name] = random_values(random_, t, s);
    values_.push_back(graph_.input(name, t, s));
    return values_.back();
  }
  Expr fresh() { return is_room() ? add_input(shape()) : value(); }

  /// Any value so far; one of the last ones half of the time.
  Expr value() {
    const auto count = static_cast<std::int64_t>(values_.size());
    const std::int64_t from = random_.chance(50) ? std::max<std::int64_t>(0, count - 3) : 0;
    return values_[static_cast<std::size_t>(random_.between(from, count - 1))];
  }

  /// An operand that broadcasts with x: a number, a value (x itself too), or a new input.
  Operand beside(const Expr& x) {
    if (random_.chance(25)) return number();
    std::vector<Expr> fitting;
    for (const Expr& v : values_)
      if (broadcasts(x.shape(), v.shape())) fitting.push_back(v);
    if (random_.chance(85) || !is_room()) return random_.one_of(fitting);
    Shape s = x.shape();
    if (!s.empty() && random_.chance(50)) s[static_cast<std::size_t>(dim_of(x))] = 1;
    while (!s.empty() && random_.chance(20)) s.erase(0);
    return add_input(s);
  }
  Operand number() {
    if (random_.chance(60)) return Operand(random_.between(-3, 9));
    if (random_.chance(80)) return Operand(static_cast<double>(random_.between(-20, 20)) / 8);
    return random_.chance(50) ? Operand(-0.0) : Operand(random_.chance(50));
  }
  static bool broadcasts(const Shape& a, const Shape& b) {
    for (std::size_t i = 1; i <= std::min(a.size(), b.size()); ++i) {
      const std::int64_t m = a[a.size() - i], n = b[b.size() - i];
      if (m != n && m != 1 && n != 1) return false;
    }
    return true;
  }
  std::int64_t dim_of(const Expr& x) { return x.rank() == 0 ? 0 : random_.below(x.rank()); }
  std::optional<DType> maybe_dtype() { return random_.chance(40) ? std::optional(dtype()) : std::nullopt; }

  // ---- operations

  Expr map() {
    const FnInfo& f = fn_infos[static_cast<std::size_t>(random_.below(fn_infos.size()))];
    if (functions_ == Functions::exact && !f.spec.exact) return map();
    const Expr x = value();
    if (f.name == "where") return where(x.dtype() == DType::boolean ? x : x > number(), beside(x), beside(x));
    if (f.spec.arity == 1) return detail::map(f.name, {x});
    if (f.spec.arity == 2)
      return random_.chance(50) ? detail::map(f.name, {x, beside(x)}) : detail::map(f.name, {beside(x), x});
    return detail::map(f.name, {x, beside(x), beside(x)});
  }

  Expr cast_value() { return cast(value(), dtype()); }

  Expr scan() {
    const Expr x = value();
    ScanOptions options;
    options.dtype = maybe_dtype();
    options.exclusive = random_.chance(30);
    options.reverse = random_.chance(30);
    const auto f = random_.one_of({&cumsum, &cumsum, &cumprod, &cummax, &cummin});
    return f(x, dim_of(x), options);
  }

  DimList some_dims(const Expr& x) {
    if (x.rank() == 0 || random_.chance(25)) return all_dims;
    Dims dims;
    for (int dim = 0; dim < x.rank(); ++dim)
      if (random_.chance(40)) dims.push_back(random_.chance(50) ? dim : dim - x.rank());
    if (dims.empty()) dims.push_back(dim_of(x));
    return DimList(dims);
  }

  Expr reduce() {
    const Expr x = value();
    const auto f = random_.one_of({&sum, &prod, &mean, &max, &min, &any, &all, &argmax, &argmin});
    ReduceOptions options;
    options.keepdim = random_.chance(40);
    if (f == &sum || f == &prod || f == &mean) options.dtype = maybe_dtype();
    return f(x, some_dims(x), options);
  }

  Expr reshape_value() {
    const Expr x = value();
    switch (random_.below(4)) {
      case 0: return reshape(x, {-1});
      case 1: return squeeze(x);
      case 2: return unsqueeze(x, random_.between(0, x.rank()));
      default: break;
    }
    Shape s;  // the elements split into factors
    std::int64_t left = elements(x.shape());
    for (const std::int64_t factor : {2, 3, 2, 5})
      if (left > 0 && left % factor == 0 && random_.chance(50)) s.push_back(factor), left /= factor;
    s.insert(static_cast<std::size_t>(random_.between(0, static_cast<std::int64_t>(s.size()))), left);
    return reshape(x, s);
  }

  Expr permute_value() {
    const Expr x = value();
    Dims order;
    for (int dim = 0; dim < x.rank(); ++dim)
      order.insert(static_cast<std::size_t>(random_.between(0, dim)), dim);
    return permute(x, order);
  }

  Expr slice_value() {
    const Expr x = value();
    std::vector<Slice> slices;
    for (const std::int64_t n : x.shape()) {
      Slice s;
      if (random_.chance(50)) s.start = random_.between(-n, n);
      if (random_.chance(30)) s.stop = random_.between(-n, n);
      if (random_.chance(40)) s.step = random_.one_of({1, 2, 3, -1, -1, -2});
      slices.push_back(random_.chance(60) ? s : Slice{});
    }
    return slice(x, slices);
  }

  Expr flip_value() {
    const Expr x = value();
    return flip(x, some_dims(x));
  }

  Expr broadcast_value() {
    const Expr x = value();
    Shape s = x.shape();
    for (std::int64_t& dim : s)
      if (dim == 1 && random_.chance(60)) dim = random_.between(0, 9);
    if (s.size() < 5 && random_.chance(60)) s.insert(0, random_.between(1, 4));
    return broadcast_to(x, s);
  }

  Expr joined() {
    const Expr x = value();
    std::vector<Operand> all;
    for (const Expr& v : values_)
      if (v.shape() == x.shape() && all.size() < 3) all.emplace_back(v);
    if (random_.chance(50)) all.emplace_back(x);
    return random_.chance(70) ? concat(all, dim_of(x)) : stack(all, random_.between(0, x.rank()));
  }

  Expr source() {
    if (random_.chance(50))
      return full(graph_, shape(), Literal(static_cast<double>(random_.between(-8, 8)) / 4), dtype());
    return arange(graph_, random_.between(-5, 5), random_.between(-5, 300), random_.between(1, 7),
                  maybe_dtype());
  }

  Expr product() {
    if (functions_ == Functions::exact) return scan();
    const Expr a = value();
    if (a.rank() == 0) return matmul(reshape(a, {1}), reshape(a, {1}));
    const std::int64_t inner = a.shape().back();
    for (const Expr& b : values_)
      if (b.rank() > 0 && b.shape()[static_cast<std::size_t>(std::max(0, b.rank() - 2))] == inner &&
          random_.chance(50))
        return matmul(a, b);
    return matmul(a, a.rank() == 1 ? a : transpose(a, -1, -2));
  }

  Expr composed() {
    const Expr x = value();
    switch (functions_ == Functions::exact ? 0 : random_.below(4)) {
      case 0: return var(x, some_dims(x), random_.between(0, 1), random_.chance(30));
      case 1: return softmax(x, dim_of(x));
      case 2: return log_softmax(x, dim_of(x));
      default: return logsumexp(x, some_dims(x), random_.chance(30));
    }
  }

  // ---- outputs

  /// The last value, most of those that nothing reads, often one that is read; sometimes an input, or one
  /// value twice.
  std::vector<NamedExpr> outputs() {
    const Arena& arena = *graph_.arena();
    std::vector<bool> read(arena.size(), false);
    for (NodeId id = 0; id < arena.size(); ++id)
      for (const NodeId input : arena[id].inputs) read[input] = true;
    std::vector<Expr> chosen{values_.back()};
    for (const Expr& v : values_)
      if (!read[v.id()] && chosen.size() < 5 && random_.chance(70)) chosen.push_back(v);
    while (random_.chance(35)) chosen.push_back(value());
    std::vector<NamedExpr> named;
    for (const Expr& v : chosen) named.push_back({"y" + std::to_string(named.size()), v});
    return named;
  }

  Random random_;
  Functions functions_;
  Size size_;
  Limits limits_;
  Graph graph_;
  std::vector<Expr> values_;
  std::map<std::string, Array> inputs_;
};

}  // namespace

Sample random_sample(std::uint64_t seed, Functions functions, Size size) {
  return Builder(seed, functions, size).build(seed);
}

std::vector<NamedTensor> bind(const std::map<std::string, Array>& inputs) {
  std::vector<NamedTensor> bound;
  for (const auto& [name, value] : inputs) bound.push_back({name, to_tensor(value)});
  return bound;
}

bool is_exact(const Node& node) {
  if (node.kind == Kind::matmul) return !is_floating(node.dtype);
  if (node.kind != Kind::map || info(node.fn).spec.exact) return true;
  return !is_floating(node.dtype);  // pow of integers
}

}  // namespace accrue::test
