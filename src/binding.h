// From the tensors a caller gives to the buffers a plan names: every check, and every copy that has to be made.
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
  struct WriteBack {
    Tensor from;
    Tensor to;
  };
  std::vector<BoundBuffer> buffers;    // of the plan; those of temporaries have no data yet
  Tensors results;
  std::vector<Tensor> held;            // copies of inputs, alive for the run
  std::vector<WriteBack> write_backs;  // outs whose strides no kernel can write: copied there after the run
  std::vector<std::string> copies;     // why each copy is made
  std::size_t output_bytes = 0;        // allocated for results
};

/// Binds tensors to the inputs and outputs of one plan. Immutable.
class Binder {
 public:
  explicit Binder(std::shared_ptr<const Plan> plan);

  const std::vector<Signature>& inputs() const { return inputs_.signatures; }
  const std::vector<Signature>& outputs() const { return outputs_.signatures; }

  /// Checks everything before anything is written.
  ///   throws  Error, as Program::run says
  BoundRun bind(std::span<const NamedTensor> inputs, std::span<const NamedTensor> outs) const;

 private:
  // The inputs, or the outputs: what is asked for under which name.
  struct Side {
    const char* noun;  // of a tensor given: "input", "out"
    std::vector<Signature> signatures;
    std::unordered_map<std::string_view, std::size_t> by_name;

    void add(std::string name, DType dtype, const Shape& shape);
    void index();
    std::vector<Tensor> match(std::span<const NamedTensor> given) const;
    [[noreturn]] void refuse_name(std::string_view name) const;
  };
  struct Call;  // one bind() under way

  const InPlace* in_place(std::size_t input_buffer, int output_buffer) const;
  bool expressible(int buffer, const Tensor& t) const;

  std::shared_ptr<const Plan> plan_;
  Side inputs_{"input", {}, {}};
  Side outputs_{"out", {}, {}};
  std::vector<Tensor> bound_outs_;           // cumsum(..., {.out = t}): behind the outputs in plan.kernels.outputs
  std::vector<std::string> bound_out_names_;
  std::vector<BoundBuffer> template_;        // by buffer: row-major strides, the data of constants
  std::vector<Tensor> constants_;            // those that are one value repeated
  std::vector<std::vector<Shape>> views_;    // by buffer: the shapes it is read or written as, beside its own
  std::vector<int> donor_;                   // by output: the input whose slot it shares, or -1
};

}  // namespace accrue
