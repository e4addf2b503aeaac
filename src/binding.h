// From the tensors a caller gives to the buffers a plan names: every check, and every copy that has to be
// made.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "accrue/compile.hpp"
#include "graph/plan.h"
#include "src/backend.h"

namespace accrue {

/// What one run works on.
struct BoundRun {
  struct Copy {  // of an input, before each run
    Tensor from, to;
    std::string reason;
  };
  std::vector<BoundBuffer> buffers;  // of the plan; those of temporaries have no data yet
  Tensors results;
  std::vector<Tensor> held;  // what the buffers of inputs and outs lie in
  std::vector<Copy> copies;
  SmallVector<std::uint32_t, 4> given_outs;  // outputs that lie in memory of the caller's
  std::size_t output_bytes = 0;              // allocated for results
};

/// Binds tensors to the inputs and outputs of one plan. Immutable.
class Binder {
 public:
  /// device: where outputs that nobody gives a tensor for are allocated
  explicit Binder(std::shared_ptr<const Plan> plan, Device device = cpu());
  Binder(const Binder&) = delete;
  Binder& operator=(const Binder&) = delete;

  const std::vector<Signature>& inputs() const { return inputs_.signatures; }
  const std::vector<Signature>& outputs() const { return outputs_.signatures; }

  /// Checks everything before anything is written.
  ///   throws  Error, as Program::run says
  BoundRun bind(std::span<const NamedTensor> inputs, std::span<const NamedTensor> outs) const;

 private:
  // The inputs, or the outputs: what is asked for under which name.
  struct Side {
    const char* noun;       // of a tensor given: "input", "out"
    const char* side_noun;  // of what it is given for: "input", "output"
    const char* verb;       // the program "takes", "gives"
    std::vector<Signature> signatures;
    std::unordered_map<std::string_view, std::size_t> by_name;

    void add(std::string name, DType dtype, const Shape& shape);
    void index();
    std::vector<Tensor> match(std::span<const NamedTensor> given) const;
    std::size_t find(std::string_view name, std::size_t likely) const;
    std::string expected(std::size_t i) const;
    [[noreturn]] void refuse_name(std::string_view name) const;
  };
  class Call;  // one bind() under way

  void find_views();
  void find_donors();

  std::shared_ptr<const Plan> plan_;
  Device device_;
  Side inputs_{"input", "input", "takes", {}, {}};
  Side outputs_{"out", "output", "gives", {}, {}};
  std::vector<Tensor> bound_outs_;  // cumsum(..., {.out = t}): behind the outputs in plan.kernels.outputs
  std::vector<std::string> bound_out_names_;
  std::vector<BoundBuffer> template_;      // by buffer: row-major strides, the data of constants
  std::vector<std::vector<Shape>> views_;  // by buffer: the shapes it is read as, beside its own
  std::vector<int> donor_;                 // by output: the input whose slot it shares, or -1
};

}  // namespace accrue
