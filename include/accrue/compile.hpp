// From a graph to a program that runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "accrue/graph.hpp"
#include "accrue/tensor.hpp"

namespace accrue {

struct CompileOptions {
  Device device = cpu();
  int threads = 0;  // 0: ACCRUE_THREADS, else the arena of the caller; results never depend on it
  /// Kernels of fewer elements run on the calling thread alone; 0: ACCRUE_PARALLEL_ELEMENTS.
  std::int64_t parallel_elements = 0;
  std::string instruction_set = {};  // "v2", "v3", "v4" of x86-64; empty: ACCRUE_ISA, else the best there is
  std::size_t stream_bytes = 0;      // kernels that move more write past the caches; 0: ACCRUE_STREAM_BYTES
  std::vector<std::string> disable = {};  // rewrites by name, or "fusion"
  std::vector<std::string> donate = {};   // inputs whose storage the program may write over
};

/// A value of a graph under the name it will have as an output.
struct NamedExpr {
  std::string name;
  Expr expr;
};

/// A tensor under the name of an input or output; `name` is read during the call only.
struct NamedTensor {
  std::string_view name;
  Tensor tensor;
};
using TensorList = std::initializer_list<NamedTensor>;

/// What a run returns: tensors by output name, in the order of the outputs.
class Tensors {
 public:
  struct Item {
    std::string name;
    Tensor tensor;
  };
  Tensors() = default;
  explicit Tensors(std::vector<Item> items) : items_(std::move(items)) {}
  /// throws Error: no output of that name; it lists those there are
  ACCRUE_API const Tensor& operator[](std::string_view name) const;
  const Tensor& operator[](std::size_t i) const { return items_[i].tensor; }
  std::size_t size() const { return items_.size(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<Item> items_;
};

/// An input or output of a program.
struct Signature {
  std::string name;
  DType dtype;
  Shape shape;
};

/// Bytes, as planned; a run allocates exactly arena_bytes (when no arena is free) and output_bytes (for the
/// outputs it returns).
struct MemoryReport {
  std::size_t input_bytes = 0;
  std::size_t output_bytes = 0;
  std::size_t constant_bytes = 0;
  std::size_t arena_bytes = 0;         // temporaries of one run
  std::size_t planned_peak_bytes = 0;  // all of these
};

/// What one run did.
struct RunStats {
  std::size_t arena_bytes = 0;      // taken from the pool for temporaries
  std::size_t output_bytes = 0;     // allocated for outputs
  std::vector<std::string> copies;  // inputs copied before the run, each with the reason
};

/// A program on the tensors that it was bound to (Program::bind): all checks are done, all memory is there,
/// and a run repeats the kernels. Copies of the handle share one binding.
class ACCRUE_API BoundProgram {
 public:
  class Impl;
  BoundProgram() = default;
  explicit BoundProgram(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  /// Reads the inputs as they are now and writes all outputs again. One thread at a time.
  ///   cost    that of the kernels; on the CPU, once run, no allocation, lock or string where one thread is
  ///           enough
  ///   throws  Error: no memory for what a kernel works with; it names the outs, which may be written in part
  void run() const;

  /// All outputs: the outs given to bind(), and storage of the binding's own for the others.
  const Tensors& results() const;

 private:
  std::shared_ptr<const Impl> impl_;
};

/// A compiled graph, immutable: any number of threads may run it at once, each run in an arena of its own.
class ACCRUE_API Program {
 public:
  class Impl;
  Program() = default;
  explicit Program(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

  /// Runs, with every input bound by name. Outputs bound in `outs` are written there directly; the others get
  /// new storage, on the program's device. All outputs are returned.
  ///
  /// On a GPU, inputs and outs may lie there or on the host, and the run returns once its work is enqueued
  /// and what lies on the host was read and written: synchronize() waits for the rest.
  ///   throws  Error, before anything is written: an input that is missing, unknown or given twice; a dtype,
  ///   shape
  ///           or device other than the program's; an out that is read-only, whose elements share addresses,
  ///           or that overlaps an input (unless it is exactly that input) or another out
  ///   throws  std::bad_alloc (a GPU's memory: Error), before anything is written: no memory for results and
  ///           temporaries
  ///   throws  Error: no memory for what a kernel works with, or a GPU has failed; it names the outs, which
  ///   may
  ///           be written in part
  Tensors run(TensorList inputs, TensorList outs = {}, RunStats* stats = nullptr) const;
  Tensors run(const std::vector<NamedTensor>& inputs, const std::vector<NamedTensor>& outs = {},
              RunStats* stats = nullptr) const;

  /// The first half of run(), for calls that repeat: the same checks and the same memory, kept with the
  /// tensors for as long as the result lives. A donated input is written over by every run.
  ///   throws  Error, std::bad_alloc, before anything is written, as run() does
  BoundProgram bind(TensorList inputs, TensorList outs = {}) const;
  BoundProgram bind(const std::vector<NamedTensor>& inputs, const std::vector<NamedTensor>& outs = {}) const;

  const std::vector<Signature>& inputs() const;
  const std::vector<Signature>& outputs() const;
  const MemoryReport& memory() const;

  /// The stages as text: the graph as given and as rewritten, kernels with reasons, slots with reasons.
  std::string dump() const;

  const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

/// Plans and lowers the values that these names stand for.
///   throws  Error: no outputs, values of different graphs, a doubled or invalid name, an unknown rewrite to
///           disable; a device that is not there, or cannot do what the graph asks for
ACCRUE_API Program compile(const Graph& graph, const std::vector<NamedExpr>& outputs,
                           const CompileOptions& options = {});

/// Compiles and runs a value whose graph has no inputs.
///   throws  Error: the graph has inputs that the value depends on; it names them
ACCRUE_API Tensor eval(const Expr& value, const CompileOptions& options = {});

namespace detail {
/// A bounded cache of programs by the dtypes and shapes of their arguments, least recently used first out.
class ACCRUE_API JitCache {
 public:
  using Trace = std::function<std::vector<Expr>(const std::vector<Expr>&)>;
  JitCache(CompileOptions options, std::size_t capacity);
  /// Runs the program for these arguments; `trace` builds its graph where there is none yet.
  std::vector<Tensor> run(const std::vector<Tensor>& arguments, const Trace& trace) const;
  std::size_t size() const;  // programs kept

 private:
  struct State;
  std::shared_ptr<State> state_;
};

template <class R>
struct Results {
  static std::vector<Expr> exprs(const R& r) { return {r.begin(), r.end()}; }
  static std::vector<Tensor> tensors(std::vector<Tensor> t) { return t; }
};
template <>
struct Results<Expr> {
  static std::vector<Expr> exprs(const Expr& e) { return {e}; }
  static Tensor tensors(std::vector<Tensor> t) { return std::move(t[0]); }
};
template <class... E>
struct Results<std::tuple<E...>> {
  static std::vector<Expr> exprs(const std::tuple<E...>& t) {
    return std::apply([](const auto&... e) { return std::vector<Expr>{e...}; }, t);
  }
  template <std::size_t... i>
  static auto pack(std::vector<Tensor>& t, std::index_sequence<i...>) {
    return std::make_tuple(t[i]...);
  }
  static auto tensors(std::vector<Tensor> t) { return pack(t, std::index_sequence_for<E...>{}); }
};

template <class F, std::size_t... i>
auto run_jitted(const JitCache& cache, const F& function, const std::vector<Tensor>& arguments,
                std::index_sequence<i...>) {
  using R = Results<decltype(function((void(i), Expr())...))>;
  return R::tensors(
      cache.run(arguments, [&function](const std::vector<Expr>& x) { return R::exprs(function(x[i]...)); }));
}
}  // namespace detail

/// A function of Exprs as a function of Tensors: traced, compiled and kept once per dtypes and shapes of its
/// arguments, for at most `capacity` of them. It takes any number of Exprs and returns an Expr, a std::tuple
/// or a std::vector of them; the result takes and returns Tensors likewise. Copies share the cache; calls
/// from several threads are safe.
template <class F>
auto jit(F function, CompileOptions options = {}, std::size_t capacity = 64) {
  return [function, cache = detail::JitCache(std::move(options), capacity)](const auto&... tensors) {
    return detail::run_jitted(cache, function, std::vector<Tensor>{tensors...},
                              std::make_index_sequence<sizeof...(tensors)>{});
  };
}

}  // namespace accrue
